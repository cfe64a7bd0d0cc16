"""Vector quantization: the codebook is a fixed point of Lloyd's algorithm."""

import numpy as np
import pytest

from genbench.baselines.quantization.vector_quantization import VectorQuantization


def fitted(train, **knobs):
    return VectorQuantization(**knobs).fit(train, rng=np.random.default_rng(0))


def test_another_round_of_lloyd_changes_nothing():
    train = np.random.default_rng(1).normal(size=(300, 2)) * [1, 1000]
    model = fitted(train)

    span = np.ptp(train, axis=0)
    distances = np.linalg.norm((train[:, None] - model.codebook) / span, axis=2)
    cell = distances.argmin(axis=1)
    means = np.stack([train[cell == code].mean(axis=0) for code in range(len(model.codebook))])

    assert len(model.codebook) == 75
    assert means == pytest.approx(model.codebook)
    assert np.bincount(cell) / len(train) == pytest.approx(model.frequency)


def test_codewords_are_drawn_as_often_as_they_are_used():
    train = np.repeat([[0.0, 0.0], [5.0, 1.0], [9.0, 9.0]], [60, 30, 10], axis=0)
    model = fitted(train)

    codewords, counts = np.unique(
        model.sample(20_000, rng=np.random.default_rng(1)), axis=0, return_counts=True
    )

    assert codewords.tolist() == [[0, 0], [5, 1], [9, 9]]
    assert counts / 20_000 == pytest.approx([0.6, 0.3, 0.1], abs=0.015)


def test_four_levels_for_a_normal_distribution_reach_the_known_least_distortion():
    train = np.random.default_rng(2).normal(size=(4000, 1))
    model = fitted(train, samples_per_codeword=1000)

    distortion = (np.abs(train - model.codebook.T).min(axis=1) ** 2).mean() / train.var()

    assert distortion == pytest.approx(0.1175, abs=0.004)
