"""Handwritten digits as real samples, and disturbances of pictures to plant in them."""

from functools import cache
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter

from genbench.ground.arrays import Array, Labels
from genbench.sanity.check import Make
from genbench.sanity.plants import chosen_share
from genbench.sanity.worlds import Real, made_by

SIDE, WHITE, N_DIGITS = 8, 16.0, 266  # of 798 that the classifier has not seen


@cache
def _digits() -> Any:
    from genbench.datasets import load
    from genbench.embeddings import embedding_for

    dataset = load("digits")
    return dataset, embedding_for(dataset)


def digits(rng: np.random.Generator) -> Real:
    """Split the digits that the classifier has not seen: it would be surer of those it has."""
    dataset, _ = _digits()
    unseen = np.concatenate([dataset.test, dataset.fresh])
    labels = np.concatenate([dataset.test_labels, classes_of(dataset.fresh)])
    order = rng.permutation(len(unseen))
    test, train, fresh = (order[i * N_DIGITS : (i + 1) * N_DIGITS] for i in range(3))
    return Real(
        unseen[test], labels[test], unseen[train], labels[train], unseen[fresh], labels[fresh]
    )


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

    return made_by(plant, make)


def blend_noise(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Blend pictures with this share of white noise (Heusel's first disturbance)."""
    return (1 - level) * real.fresh + level * WHITE * rng.uniform(size=real.fresh.shape)


def blur(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Blur pictures by so many pixels."""
    pictures = real.fresh.reshape(-1, SIDE, SIDE)
    return gaussian_filter(pictures, (0, level, level)).reshape(real.fresh.shape)


def black_rectangles(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Put a black rectangle into each picture, its sides this share of the picture's."""
    size = round(level * SIDE)
    pictures = real.fresh.reshape(-1, SIDE, SIDE).copy()
    top, left = rng.integers(SIDE - size + 1, size=(2, len(pictures), 1, 1))
    row, column = np.arange(SIDE)[:, None], np.arange(SIDE)
    inside = (top <= row) & (row < top + size) & (left <= column) & (column < left + size)
    pictures[inside] = 0
    return pictures.reshape(real.fresh.shape)


def salt_and_pepper(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Turn this share of the pixels black or white."""
    hit = rng.uniform(size=real.fresh.shape) < level
    return np.where(hit, WHITE * rng.integers(2, size=real.fresh.shape), real.fresh)


def foreign(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share of the pictures by ones with their pixels in disorder."""
    scrambled = rng.permuted(real.fresh, axis=1)
    return np.where(chosen_share(real, level, rng), scrambled, real.fresh)
