"""All that may be known of samples of a law: whatever a metric with a standard error asks for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit, softmax

from genbench.datasets.ar_process import Autoregression
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.sanity.calibration.laws import DIMENSIONS, LAWS, Law, Mixture
from genbench.sanity.sequence_worlds import SENTENCES, SERIES, WORDS, mistaken
from genbench.tournament.pools import Pool, play

WHITE, SIDE, TIMES = 16.0, 8, 2  # of the pictures: brightest value, pixels, and how enlarged
TOKENS_PER_SAMPLE = 4
PATH_STEP = 0.01
SHIFT = 0.5  # of the third model of a pool
MISTAKEN, COPIED = 0.3, 0.2  # shares of sentences
SHORTER = Autoregression((0.66, -0.27), SERIES.length)


# What a metric asks for that is not of points, and what has it.
KINDS = {"picture": "pictures", "symbols": "symbols", "series": "series"}


@dataclass(frozen=True)
class Case:
    """A law, whether the model is that law, and how many samples either side has."""

    law: str
    kind: str  # of its samples
    null: bool
    n_test: int
    n_generated: int

    def asks_of(self, inputs: Iterable[str]) -> bool:
        """Whether it draws what metrics of these are for: points, unless they ask for others."""
        return self.kind == next((KINDS[name] for name in KINDS if name in inputs), "points")

    @property
    def name(self) -> str:
        """In words."""
        what = f"{self.law} pictures" if self.kind == "pictures" else self.law
        sizes = f"{self.n_test} and {self.n_generated}"
        return f"{what}, {'equal' if self.null else 'different'}, {sizes}"


SIZES = ((500, 500), (500, 150))
CASES = tuple(
    Case(law, kind, null, *sizes)
    for law, kind in (
        ("gaussian", "points"),
        ("digits", "points"),
        ("digits", "pictures"),
        ("sentences", "symbols"),
        ("autoregression", "series"),
    )
    for null in (True, False)
    for sizes in SIZES
)


def redraw(case: Case, seed: int) -> dict[str, Any]:
    """Draw all sets anew."""
    if case.kind in DRAWS:
        return DRAWS[case.kind](case, rng_for(seed, "calibration", case.name))
    law = LAWS[case.law]()
    rng = rng_for(seed, "calibration", case.name)
    model = law.truth if case.null else law.model
    test, train = (law.truth.sample(case.n_test, rng=rng)[0] for _ in range(2))
    generated = model.sample(case.n_generated, rng=rng)[0]
    if case.kind == "pictures":
        return _pictures(law, test, generated)
    known: dict[str, Any] = {"test": test, "train": train, "generated": generated}
    for name, points in list(known.items()):
        known[f"{name}_probabilities"] = probabilities = _classes(law.truth, points)
        drawn = probabilities.cumsum(axis=1) < rng.random((len(points), 1))
        known[f"{name}_labels"] = np.minimum(drawn.sum(axis=1), probabilities.shape[1] - 1)
    starts = generated[: len(generated) // 2]
    return known | {
        "density": law.truth,
        "generated_quality": law.truth.log_prob(generated),
        "test_log_prob": model.log_prob(test),
        "train_log_prob": model.log_prob(train),
        "test_score": model.slope(test),
        "test_log_weights": model.log_prob(test)[:, None] + rng.normal(size=(len(test), 5)),
        "test_reconstruction": _nearest_to_make(test),
        "manifold": _off_manifold,
        "token_log_prob": -rng.exponential(size=TOKENS_PER_SAMPLE * case.n_test),
        "test_bytes": float(TOKENS_PER_SAMPLE * case.n_test),
        "generated_latents": generated[:, :2] + rng.normal(size=(len(generated), 2)) / 2,
        "path_starts": starts,
        "path_ends": starts + PATH_STEP * rng.normal(size=starts.shape) * np.abs(starts),
        "path_step": PATH_STEP,
    }


def _sentences(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    """Sentences; a model that differs repeats a fifth from training, and mistakes words in others.

    What it says of test rows differs from the truth by as much as a bit a row.
    """
    train, test, generated = (
        SENTENCES.sample(n, rng=rng)[0] for n in (case.n_test, case.n_test, case.n_generated)
    )
    true = SENTENCES.log_prob(test)
    said = true - rng.uniform(-0.5, 1.0, size=len(true)) * WORDS.lengths(test) / 10
    if not case.null:
        generated = mistaken(
            generated, rng.binomial(case.n_generated, MISTAKEN) / case.n_generated, rng
        )
        copied = rng.random(case.n_generated) < COPIED
        generated[copied] = train[: case.n_generated][copied]
    known = {"test": test, "train": train, "generated": generated, "test_log_prob": said}
    return known | {"symbols": WORDS, "density": SENTENCES}


def _series(case: Case, rng: np.random.Generator) -> dict[str, Any]:
    """Series of an autoregression; a model that differs has one of order two."""
    model = SERIES if case.null else SHORTER
    test, generated = (
        SERIES.sample(case.n_test, rng=rng)[0],
        model.sample(case.n_generated, rng=rng)[0],
    )
    return {"test": test, "generated": generated, "series": True, "density": SERIES}


DRAWS = {"symbols": _sentences, "series": _series}


def _classes(truth: Mixture, points: Array) -> Array:
    """Return probabilities of classes: the modes, or two that overlap if there is one mode."""
    if len(truth.weights) > 1:
        return truth.posterior(points)
    return np.asarray(softmax(np.stack([points[:, 0], -points[:, 0]], axis=1), axis=1))


def _nearest_to_make(points: Array) -> Array:
    return np.asarray(0.97 * points)


def _off_manifold(points: Array) -> Array:
    return np.asarray(np.abs(points[:, -1]) / 10)


def _pictures(law: Law, test: Array, generated: Array) -> dict[str, Any]:
    return {
        "test": _picture(law, test),
        "generated": _picture(law, generated),
        "test_reconstruction": _picture(law, _nearest_to_make(test)),
        "picture": (TIMES * SIDE, TIMES * SIDE),
        "data_range": WHITE,
    }


def _picture(law: Law, points: Array) -> Array:
    pictures = np.clip(points @ law.pixels + law.middle, 0, WHITE).reshape(-1, SIDE, SIDE)
    return pictures.repeat(TIMES, axis=1).repeat(TIMES, axis=2).reshape(len(points), -1)


def pool(case: Case, seed: int, drawn: Mapping[str, Any]) -> Pool:
    """Let three models play, the drawn one first; discriminators are the same in every redraw."""
    law = LAWS[case.law]()
    rng = rng_for(seed, "calibration", "pool", case.name)
    spread = law.truth.means.std(axis=0).max() + 1
    samples = {
        "one": drawn["generated"],
        "another": law.truth.sample(case.n_generated, rng=rng)[0],
        "third": law.truth.sample(case.n_generated, rng=rng)[0] + SHIFT * spread,
    }
    axes = rng_for(0, "calibration", "discriminators").normal(size=(3, DIMENSIONS))

    def discriminator(axis: Array) -> Any:
        return lambda points: expit(points @ axis / spread)

    judges = {name: discriminator(axis) for name, axis in zip(samples, axes, strict=True)}
    return play(samples, train=drawn["train"], test=drawn["test"], discriminators=judges)
