"""The laws of `genbench check` about what a model learns and draws."""

import json
from typing import Any

import numpy as np

from genbench.check.candidate import Candidate, N, bits, digest
from genbench.check.notes import Broken, NotApplicable, Notes
from genbench.check.verdicts import Law
from genbench.ground import global_randomness
from genbench.ground.arrays import Array, as_numbers, as_samples
from genbench.ground.randomness import rng_for
from genbench.models.find import GenerativeModel, HasLogProb, is_conditional, needs_classes


def try_one_model(candidate: Candidate, notes: Notes) -> None:
    """Fit one model, and try what it alone can tell.

    Raises:
        Stop: it gave no samples.
    """
    train = candidate.toy.train.copy()
    global_randomness.seed_all(0)
    with notes.trial(Law.FIT, vital=True) as remarks:
        remarks.append(f"on {candidate.toy.name}")
        remarks += [f"shortened: {name}={n}" for name, n in candidate.shortened.items()]
        model = candidate.fitted(train)
    with notes.trial(Law.SHAPE, vital=True):
        drawn = candidate.sample(model, N, rng_for(0, "sample"))
        _check_shape(drawn, N, train)
    with notes.trial(Law.NUMBERS, vital=True):
        as_samples(drawn, name=f"sample({N})")
    with notes.trial(Law.ONE):
        _check_shape(candidate.sample(model, 1, rng_for(0, "one")), 1, train)
    with notes.trial(Law.AGAIN):
        _check_second_call(candidate, model)
    with notes.trial(Law.CLASSES):
        _check_classes(candidate, notes, model)
    with notes.trial(Law.LOG_PROB):
        _check_log_prob(candidate, notes, model)
    with notes.trial(Law.TRAIN):
        if not np.array_equal(train, candidate.toy.train):
            raise Broken("The training data were written to: work on a copy, train.copy().")


def _check_shape(drawn: Any, n: int, train: Array) -> None:
    expected = (n, *train.shape[1:])
    try:
        shape = tuple(np.shape(drawn))
    except ValueError as error:
        raise Broken(f"sample({n}) is no regular array: return one of {expected}.") from error
    if shape != expected:
        raise Broken(
            f"sample({n}) has shape {shape}: return an array of shape {expected} (or name the data "
            "that it is made for by --dataset)."
        )


def _check_second_call(candidate: Candidate, model: GenerativeModel) -> None:
    rng = rng_for(0, "sample")
    first, second = (bits(candidate.sample(model, N, rng)) for _ in range(2))
    if first != second:
        return
    if first == bits(candidate.sample(model, N, rng_for(1, "sample"))):
        raise NotApplicable("it draws the same whatever it is given")
    raise Broken(
        "Two calls of sample with one generator gave the same samples: draw from rng itself, not "
        "from a copy of it or from a generator that is seeded alike each time."
    )


def _check_classes(candidate: Candidate, notes: Notes, model: GenerativeModel) -> None:
    if not is_conditional(model):
        raise NotApplicable("it asks for none, and need not")
    train = candidate.toy.train
    drawn = []
    for one in (0, 1):
        labels = np.full(N, one)
        drawn.append(candidate.sample(model, N, rng_for(0, "sample"), labels))
        _check_shape(drawn[-1], N, train)
    # Who was to learn next to nothing may not have learned what tells classes apart.
    if bits(drawn[0]) == bits(drawn[1]) and not candidate.shortened:
        raise Broken(
            "Asked for samples of one class and of another, it drew the same: `labels` of sample "
            "are the classes wanted, one for each sample."
        )
    if not needs_classes(model):
        bare = candidate.make()
        fitted = notes.call("fit without labels", bare.fit, train.copy(), rng=rng_for(0, "fit"))
        bare = fitted if isinstance(fitted, GenerativeModel) else bare
        _check_shape(notes.call("sample without labels", bare.sample, N, rng=rng_for(0)), N, train)


def _check_log_prob(candidate: Candidate, notes: Notes, model: GenerativeModel) -> None:
    if not isinstance(model, HasLogProb):
        raise NotApplicable("it has none, and needs none")
    points = candidate.toy.points.copy()
    found = notes.call("log_prob", model.log_prob, points)
    try:
        numbers = np.asarray(found, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise Broken("log_prob must return a numpy array of numbers, one a sample.") from error
    as_numbers(numbers, name=f"log_prob of {len(points)} samples", n=len(points))


def try_randomness(candidate: Candidate, notes: Notes) -> None:
    """Try what only models made anew can tell, each with its own seeds."""
    with notes.trial(Law.SAME):
        first = candidate.fresh_draw()
        if candidate.fresh_draw() != first:
            raise Broken(
                "Fitted and drawn twice with the same seeds, the samples differ: take all "
                "randomness from rng; for torch, seed from rng.integers(2**31)."
            )
        drawn = {"toy": candidate.toy.name, "expected": digest(first)}
        (notes.folder / "drawn.json").write_text(json.dumps(drawn), encoding="utf-8")
    if Law.SAME not in notes.passed:
        return
    with notes.trial(Law.GLOBAL):
        _check_global_randomness(candidate, first)
    with notes.trial(Law.OTHER):
        if candidate.fresh_draw(sampling_seed=1, state=2) == first:
            raise Broken(
                "Another sampling seed gave the same samples: draw from the rng that sample is "
                "given (if the model is deterministic, it can give only one set of samples)."
            )


def _check_global_randomness(candidate: Candidate, first: bytes) -> None:
    global_randomness.seed_all(1)
    before = global_randomness.states()
    drawn = candidate.fresh_draw(state=1)
    if names := global_randomness.moved(before):
        torch_help = " (for torch, inside torch.random.fork_rng())" if "torch" in names else ""
        raise Broken(
            f"It seeds or draws from the global state of {' and '.join(names)}: take all "
            f"randomness from rng instead{torch_help}."
        )
    if drawn != first:
        raise Broken("Its samples depend on a global random state: draw from rng only.")
