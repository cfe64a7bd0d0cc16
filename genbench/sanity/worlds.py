"""Real samples whose truth is known, and all that may be said of generated samples beside them."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genbench.datasets.densities import GaussianMixture
from genbench.ground.arrays import Array, Labels
from genbench.sanity.check import Make

N = 240  # samples of each set
N_MODES, APART = 6, 5.0  # Gaussians of width one, so far from each other: hardly ever mistaken
MIXTURE = GaussianMixture(APART / np.sqrt(2) * np.eye(N_MODES), width=1.0)


@dataclass(frozen=True, eq=False)
class Real:
    """Real samples (n, d) and their classes (n,)."""

    test: Array
    test_labels: Labels
    train: Array
    train_labels: Labels
    fresh: Array  # more of the same, for a model to be perfect with
    fresh_labels: Labels


def mixture(rng: np.random.Generator) -> Real:
    """Draw test and training samples of six well-parted Gaussians."""
    (test, of_test), (train, of_train) = (MIXTURE.sample(N, rng=rng) for _ in range(2))
    return Real(test, of_test, train, of_train, test[:0], of_test[:0])


def renewed(real: Real, rng: np.random.Generator) -> Real:
    """Draw fresh samples from the model's stream."""
    fresh, labels = MIXTURE.sample(N, rng=rng)
    return replace(real, fresh=fresh, fresh_labels=labels)


def about_mixture(real: Real, generated: Array) -> dict[str, Any]:
    """Return what may be known of generated samples (n, 6) of the mixture."""
    posterior = MIXTURE.posterior(generated)
    return {
        "test": real.test,
        "train": real.train,
        "generated": generated,
        "test_labels": real.test_labels,
        "train_labels": real.train_labels,
        "test_probabilities": MIXTURE.posterior(real.test),
        "train_probabilities": MIXTURE.posterior(real.train),
        "generated_probabilities": posterior,
        "generated_quality": MIXTURE.log_prob(generated),
        "density": MIXTURE,
    }


def on_mixture(plant: Any) -> Make:
    """Turn `plant(real, level, rng)`, generated samples with a fault, into a check's samples."""

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        drawn = renewed(mixture(real), model)
        return about_mixture(drawn, plant(drawn, level, model))

    return made_by(plant, make)


def on_points(draw: Any) -> Make:
    """Turn `draw(real, model, level)`, test and generated points, into a check's samples."""

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        test, generated = draw(real, model, level)
        return {"test": test, "generated": generated}

    return made_by(draw, make)


def made_by(plant: Any, make: Make) -> Make:
    """Remember what the samples depend on, so that a change of it is noticed."""
    make.__wrapped__ = getattr(plant, "func", plant)  # type: ignore[attr-defined]
    return make
