"""Energy distance by hand, in closed form, and its standard error against simulation."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist
from scipy.stats import foldnorm

import genbench
from genbench.evidence import Comparison, Kernels, Reference
from genbench.metrics.energy_distance import energy_distance, energy_error


def means(test, generated):
    return Kernels.of(Comparison(reference=Reference(test=test), generated=generated))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(13, 3)), rng.normal(size=(8, 3)) * 1.5 + 1

    found = energy_distance(means(test, generated))

    between, within = cdist(test, generated), (pdist(test), pdist(generated))
    assert found == pytest.approx(2 * between.mean() - sum(w.mean() for w in within), rel=1e-9)


def test_shifted_normals_on_a_line_have_a_closed_form():
    rng, shift = np.random.default_rng(2), 1.0

    draws = [
        energy_distance(means(rng.normal(size=(80, 1)), rng.normal(size=(50, 1)) + shift))
        for _ in range(300)
    ]

    far, near = (foldnorm(mean / 2**0.5, scale=2**0.5).mean() for mean in (shift, 0))
    error = np.std(draws) / np.sqrt(len(draws))
    assert np.mean(draws) == pytest.approx(2 * far - 2 * near, abs=4 * error)


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_the_standard_error_is_the_spread_of_repetitions(shift):
    rng = np.random.default_rng(3)

    found = [means(rng.normal(size=(60, 2)), rng.normal(size=(90, 2)) + shift) for _ in range(400)]

    draws = [energy_distance(one) for one in found]
    expected = 0.0 if shift == 0 else np.mean(draws)
    assert np.mean(draws) == pytest.approx(expected, abs=4 * np.std(draws) / 20)
    assert np.mean([energy_error(one) for one in found]) == pytest.approx(np.std(draws), rel=0.15)


def test_constant_sets_are_twice_their_distance_apart():
    assert energy_distance(means(np.zeros((4, 2)), np.full((6, 2), [3.0, 4.0]))) == pytest.approx(
        10
    )


def test_one_sample_has_no_distance_within():
    scores = genbench.score(test=np.zeros((5, 2)), generated=np.ones((1, 2)), metrics=["energy"])

    assert scores["energy"].status == "skipped"
