"""Authenticity: by hand, on a torus, and on copies."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import betainc

from genbench.evidence import Comparison, Proximity, Reference
from genbench.metrics.authenticity import authenticity


def proximity(train, generated):
    return Proximity.of(Comparison(reference=Reference(train=train), generated=generated))


def on_torus(rng, n, d):
    """Even points on a flat torus, laid out so that straight distances order them alike."""
    angles = rng.uniform(0, 2 * np.pi, size=(n, d))
    return np.concatenate([np.cos(angles), np.sin(angles)], axis=1)


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    train, generated = rng.normal(size=(40, 3)), rng.normal(size=(30, 3))

    found = authenticity(proximity(train, generated))

    apart, within = cdist(generated, train), cdist(train, train)
    spacing = np.sort(within, axis=1)[:, 1]
    new = [row.min() > spacing[row.argmin()] for row in apart]
    assert found == np.mean(new)
    assert 0 < found < 1


def test_the_spacing_is_that_of_the_nearest_training_sample():
    train = np.array([[0.0], [1.0], [10.0], [20.0]])
    generated = np.array([[1.5], [-2.0], [13.0], [31.0]])

    found = authenticity(proximity(train, generated))

    # Nearest are 1, 0, 10 and 20, whose nearest others are 1, 1, 9 and 10 away.
    assert found == 2 / 4


def test_a_sample_exactly_as_far_is_not_new():
    train = np.array([[0.0], [1.0], [4.0]])

    assert authenticity(proximity(train, np.array([[2.0]]))) == 0


@pytest.mark.parametrize("d", [1, 2, 3, 6])
def test_fresh_samples_on_a_torus_get_the_closed_form(d):
    rng = np.random.default_rng(2)

    draws = [
        authenticity(proximity(on_torus(rng, 400, d), on_torus(rng, 400, d))) for _ in range(40)
    ]

    expected = 1 - 1 / (2 - betainc((d + 1) / 2, 1 / 2, 3 / 4))
    error = np.std(draws, ddof=1) / np.sqrt(len(draws))
    assert expected == pytest.approx({1: 1 / 3, 2: 0.378, 3: 0.407, 6: 0.453}[d], abs=6e-4)
    assert np.mean(draws) == pytest.approx(expected, abs=4 * error)


@pytest.mark.parametrize("offset", [0, 1e8])
def test_copies_are_never_new(offset):
    train = np.random.default_rng(3).normal(size=(60, 3)) + offset

    found = proximity(train, train[::-1])

    assert (found.generated_to_train == 0).all()
    assert authenticity(found) == 0


def test_noise_far_away_is_always_new():
    rng = np.random.default_rng(4)

    found = proximity(rng.normal(size=(60, 3)), rng.normal(size=(20, 3)) * 1000)

    assert authenticity(found) == 1


def test_it_is_a_share():
    found = proximity(np.array([[0.0], [1.0]]), np.array([[0.5], [9.0], [9.0], [9.0]]))

    assert authenticity(found) == 0.75
