"""Real samples whose truth is known, and all that may be said of generated samples beside them."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from genbench.arrays import Array, Labels
from genbench.datasets.densities import GaussianMixture
from genbench.sanity.check import Make

N = 240  # samples of each set
N_MODES, APART = 6, 5.0  # Gaussians of width one, so far from each other: hardly ever mistaken
MIXTURE = GaussianMixture(APART / np.sqrt(2) * np.eye(N_MODES), width=1.0)

SIDE, WHITE, N_DIGITS = 8, 16.0, 300


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

    return _made_by(plant, make)


def on_points(draw: Any) -> Make:
    """Turn `draw(real, model, level)`, test and generated points, into a check's samples."""

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        test, generated = draw(real, model, level)
        return {"test": test, "generated": generated}

    return _made_by(draw, make)


@cache
def _digits() -> Any:
    from genbench.datasets import load
    from genbench.embeddings import embedding_for

    dataset = load("digits")
    return dataset, embedding_for(dataset)


def digits(rng: np.random.Generator) -> Real:
    """Split the digits that the classifier has not seen: test and fresh, and some that it has."""
    dataset, _ = _digits()
    unseen = np.concatenate([dataset.test, dataset.fresh])
    labels = np.concatenate([dataset.test_labels, classes_of(dataset.fresh)])
    order = rng.permutation(len(unseen))
    test, fresh = order[:N_DIGITS], order[N_DIGITS : 2 * N_DIGITS]
    seen = rng.permutation(len(dataset.train))[:N_DIGITS]
    return Real(
        unseen[test], labels[test], dataset.train[seen], dataset.train_labels[seen],
        unseen[fresh], labels[fresh],
    )  # fmt: skip


def classes_of(pictures: Array) -> Labels:
    """Return the classes (n,) that the digit classifier takes pictures (n, 64) for."""
    return np.asarray(probabilities_of(pictures).argmax(axis=1))


def probabilities_of(pictures: Array) -> Array:
    """Return the digit classifier's probabilities (n, 10) of pictures (n, 64) of 0 to 16."""
    return np.asarray(_digits()[1].classify(pictures))


def about_digits(real: Real, generated: Array) -> dict[str, Any]:
    """Return what may be known of generated pictures (n, 64), in pixels and by the classifier."""
    return {
        "test": real.test,
        "train": real.train,
        "generated": generated,
        "test_labels": real.test_labels,
        "train_labels": real.train_labels,
        "test_probabilities": probabilities_of(real.test),
        "train_probabilities": probabilities_of(real.train),
        "generated_probabilities": probabilities_of(generated),
        "picture": (SIDE, SIDE),
        "data_range": WHITE,
    }


def on_digits(plant: Any) -> Make:
    """Turn `plant(real, level, rng)`, pictures (n, 64) with a fault, into a check's samples."""

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        drawn = digits(real)
        return about_digits(drawn, plant(drawn, level, model))

    return _made_by(plant, make)


def _made_by(plant: Any, make: Make) -> Make:
    """Remember what the samples depend on, so that a change of it is noticed."""
    make.__wrapped__ = getattr(plant, "func", plant)  # type: ignore[attr-defined]
    return make
