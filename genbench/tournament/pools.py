"""Pools of models that play against each other: whose samples fool whose discriminators."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np

from genbench.ground.arrays import Array, as_samples, flat, read_only
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for

Discriminator = Callable[[Array], Array]  # from samples (n, ...) to probabilities of being real

FEWEST = 20  # samples of each model: half to learn from, half to be judged
PASSES = 30  # over the samples, of a discriminator's training


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool:
    """What the models' discriminators say of the models' samples; `index` is whose pool it is.

    Raises:
        BadInput: tables that do not fit the names or each other, or entries that are no shares.
    """

    names: Sequence[str]
    index: int = 0
    called_real: Array  # (n, n) share of samples of model j that discriminator i calls real
    both_call_real: Array | None = None  # (n, n, n) share of samples of model j that discriminators
    # i and k both call real, at [i, k, j]
    n_samples: Sequence[int]  # (n,) samples of each model that were judged
    test_errors: Array  # (n,) share of test samples that each discriminator calls generated
    n_test: int  # test samples that were judged
    curves: Array | None = None  # (n_stages, n) mean probability of being real, as one
    # discriminator of all the models learns: of held-out samples of each model

    def __post_init__(self) -> None:
        names = tuple(self.names)
        n = len(names)
        if n < 2 or len(set(names)) < n:
            raise BadInput(f"A pool needs two models or more with different names, not {names}.")
        if not isinstance(self.index, int | np.integer) or not 0 <= self.index < n:
            raise BadInput(f"index must be a whole number from 0 to {n - 1}, not {self.index!r}.")
        counts = tuple(self.n_samples) if isinstance(self.n_samples, Iterable) else ()
        if len(counts) != n or not all(map(_is_count, (*counts, self.n_test))):
            raise BadInput(f"n_samples must be {n} counts from 1 up, and n_test one.")
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "n_samples", tuple(map(int, counts)))
        object.__setattr__(self, "called_real", _shares("called_real", self.called_real, (n, n)))
        object.__setattr__(self, "test_errors", _shares("test_errors", self.test_errors, (n,)))
        if self.both_call_real is not None:
            both = _shares("both_call_real", self.both_call_real, (n, n, n))
            if not np.allclose(both.diagonal().T, self.called_real):
                raise BadInput("both_call_real[i, i, j] must be called_real[i, j].")
            object.__setattr__(self, "both_call_real", both)
        if self.curves is not None:
            stages = len(np.atleast_1d(self.curves))
            object.__setattr__(self, "curves", _shares("curves", self.curves, (stages, n)))

    def of(self, name: str) -> Self:
        """Return the same pool from another model's side.

        Raises:
            BadInput: no such model is in it.
        """
        if name not in self.names:
            raise BadInput(f"The pool holds {', '.join(self.names)}, but not {name!r}.")
        return replace(self, index=tuple(self.names).index(name))


def play(
    samples: Mapping[str, Any],
    *,
    train: Any,
    test: Any,
    discriminators: Mapping[str, Discriminator] | None = None,
    seed: int = 0,
) -> Pool:
    """Let every discriminator judge every model's samples, and real ones it has not seen.

    Args:
        samples: of each model by its name, (n, ...).
        train: real samples that discriminators learn from.
        test: real samples that they are judged on.
        discriminators: the models' own, by name: from samples (n, ...) to their probabilities (n,)
            of being real. For a model without one, a small network is trained to tell half of its
            samples from `train`; the other half is judged.
        seed: for the halves and the networks.

    Returns:
        The pool, from the first model's side; `pool.of(name)` is that of another.

    Raises:
        BadInput: fewer than two models, too few samples, arrays that do not fit each other, an
            unknown discriminator, or one that does not give probabilities.
    """
    train = as_samples(train, name="train")
    test = as_samples(test, name="test", like=train)
    arrays = {name: as_samples(part, name=name, like=train) for name, part in samples.items()}
    fewest = min((len(part) for part in (train, *arrays.values())), default=0)
    if len(arrays) < 2 or fewest < FEWEST:
        raise BadInput(f"A pool needs two models or more, and {FEWEST} samples of each, and train.")
    own = dict(discriminators or {})
    for name in own:
        if name not in arrays:
            raise BadInput(f"There are no samples of {name!r}, which has a discriminator.")
    learned, judged = {}, {}
    for name, part in arrays.items():
        order = rng_for(seed, "pool", name).permutation(len(part))
        learned[name], judged[name] = np.split(part[order], [len(part) // 2])
    for name in arrays:
        if name not in own:
            rng = rng_for(seed, "pool", name, "discriminator")
            own[name] = _Network(train, learned[name], rng=rng).train()
    judges = [own[name] for name in arrays]
    # (n, n_judged) for each model: which of its samples each discriminator calls real
    verdicts = [
        np.array([_judge(judge, part) > 0.5 for judge in judges], dtype=float)
        for part in judged.values()
    ]
    return Pool(
        names=tuple(arrays),
        called_real=np.stack([found.mean(axis=1) for found in verdicts], axis=1),
        both_call_real=np.stack([found @ found.T / found.shape[1] for found in verdicts], axis=2),
        n_samples=tuple(len(part) for part in judged.values()),
        test_errors=np.array([(_judge(judge, test) <= 0.5).mean() for judge in judges]),
        n_test=len(test),
        curves=_curves(train, learned, judged, rng=rng_for(seed, "pool", "all")),
    )


def _curves(
    train: Array, learned: Mapping[str, Array], judged: Mapping[str, Array], *, rng: Any
) -> Array:
    """Return what one discriminator of all models says after each pass of its training.

    It sees equally many samples of each model, and together about as many as real ones.
    """
    each = min(*(len(part) for part in learned.values()), max(1, len(train) // len(learned)))
    pooled = np.concatenate([part[:each] for part in learned.values()])
    network = _Network(train, pooled, rng=rng)
    stages = []
    for _ in range(PASSES):
        network.learn()
        stages.append([network(part).mean() for part in judged.values()])
    return np.array(stages)


class _Network:
    """A small network that learns to tell real from generated samples, equally many of each."""

    def __init__(self, real: Array, generated: Array, *, rng: np.random.Generator) -> None:
        from sklearn.neural_network import MLPClassifier
        from sklearn.preprocessing import StandardScaler

        n = min(len(real), len(generated))
        chosen = [flat(part)[rng.permutation(len(part))[:n]] for part in (real, generated)]
        self.scaler = StandardScaler().fit(np.concatenate(chosen))
        self.samples = self.scaler.transform(np.concatenate(chosen))
        self.is_real = np.repeat([1, 0], n)
        self.network = MLPClassifier(
            hidden_layer_sizes=(64,),
            learning_rate_init=3e-3,
            alpha=1e-2,
            random_state=int(rng.integers(2**31)),
        )

    def learn(self) -> None:
        """Pass over the samples once."""
        self.network.partial_fit(self.samples, self.is_real, classes=[0, 1])

    def train(self) -> Self:
        """Pass over them as often as the budget allows."""
        for _ in range(PASSES):
            self.learn()
        return self

    def __call__(self, samples: Array) -> Array:
        return np.asarray(self.network.predict_proba(self.scaler.transform(flat(samples)))[:, 1])


def _judge(discriminator: Discriminator, samples: Array) -> Array:
    return _shares("a discriminator's answer", discriminator(samples), (len(samples),))


def _is_count(value: Any) -> bool:
    return isinstance(value, int | np.integer) and int(value) >= 1


def _shares(name: str, values: Any, shape: tuple[int, ...]) -> Array:
    if hasattr(values, "detach"):
        values = values.detach().cpu().numpy()
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise BadInput(f"{name} must be numbers of shape {shape}.") from error
    if array.shape != shape:
        raise BadInput(f"{name} must have shape {shape}, not {array.shape}.")
    if not ((array >= 0) & (array <= 1)).all():
        raise BadInput(f"{name} must lie between 0 and 1.")
    return read_only(array)
