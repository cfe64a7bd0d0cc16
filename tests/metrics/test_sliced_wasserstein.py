"""Sliced Wasserstein distances against transport along each line, and closed forms."""

import numpy as np
import ot
import pytest
from scipy.special import gamma

from genbench.evidence import Comparison, Reference, projections
from genbench.evidence.projections import Directions, Pairing, Projections
from genbench.metrics.sliced_wasserstein import (
    sliced_wasserstein_1,
    sliced_wasserstein_2,
)


def projected(test, generated):
    return Projections.of(Comparison(reference=Reference(test=test), generated=generated))


@pytest.mark.parametrize("m", [17, 12, 24, 5])
def test_equals_exact_transport_along_each_direction(monkeypatch, m):
    monkeypatch.setattr(projections, "DIRECTIONS", 20)
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(12, 3)), rng.normal(size=(m, 3)) * 1.5 + 0.5

    found = projected(test, generated)

    lines = Directions(Reference(test=test)).draw(projections.DIRECTIONS)
    by_hand = [
        [ot.emd2_1d(test @ line, generated @ line, metric=metric) for line in lines]
        for metric in ("cityblock", "sqeuclidean")
    ]
    assert np.linalg.norm(lines, axis=1) == pytest.approx(np.ones(20))
    assert found.distances == pytest.approx(np.array(by_hand[0]), rel=1e-9)
    assert found.squared_distances == pytest.approx(np.array(by_hand[1]), rel=1e-9)
    assert sliced_wasserstein_1(found) == pytest.approx(np.mean(by_hand[0]))
    assert sliced_wasserstein_2(found) == pytest.approx(np.mean(by_hand[1]))


def test_a_shift_has_closed_forms():
    rng, d = np.random.default_rng(2), 5
    test, shift = rng.normal(size=(60, d)), np.array([1.0, -2.0, 0.0, 2.0, 4.0])

    found = projected(test, test + shift)

    first = 5 * gamma(d / 2) / (np.sqrt(np.pi) * gamma((d + 1) / 2))
    n = np.sqrt(len(found.distances))
    assert sliced_wasserstein_1(found) == pytest.approx(first, abs=4 * found.distances.std() / n)
    assert sliced_wasserstein_2(found) == pytest.approx(
        25 / d, abs=4 * found.squared_distances.std() / n
    )


def test_a_shrunken_set_is_nearer_by_the_square_of_what_is_missing():
    test = np.random.default_rng(3).normal(size=(50, 4))

    found = projected(test, 0.3 * test)

    lines = Directions(Reference(test=test)).draw(projections.DIRECTIONS)
    assert found.squared_distances == pytest.approx(0.7**2 * ((test @ lines.T) ** 2).mean(axis=0))


def test_pieces_of_mass_have_one_point_on_either_side():
    found = Pairing.of(2, 3)

    assert found.test.tolist() == [0, 0, 1, 1]
    assert found.generated.tolist() == [0, 1, 1, 2]
    assert found.weights == pytest.approx([1 / 3, 1 / 6, 1 / 6, 1 / 3])


def test_blocks_and_what_is_kept_do_not_matter(monkeypatch):
    rng = np.random.default_rng(4)
    test, generated = rng.normal(size=(30, 2)), rng.normal(size=(40, 2))
    expected = projected(test, generated)

    monkeypatch.setattr(projections, "BLOCK_ENTRIES", 1000)
    monkeypatch.setattr(projections, "MOST_KEPT", 0)
    found = projected(test, generated)

    assert found.distances == pytest.approx(expected.distances, rel=1e-12)
    assert found.squared_distances == pytest.approx(expected.squared_distances, rel=1e-12)


def test_repeating_every_sample_changes_nothing():
    rng = np.random.default_rng(5)
    test, generated = rng.normal(size=(20, 3)), rng.normal(size=(9, 3))

    repeated = projected(test, np.repeat(generated, 7, axis=0))

    assert sliced_wasserstein_1(repeated) == pytest.approx(
        sliced_wasserstein_1(projected(test, generated)), rel=1e-12
    )


def test_equal_and_constant_sets_are_at_distance_zero():
    points = np.random.default_rng(6).normal(size=(30, 3))

    assert sliced_wasserstein_1(projected(points, points[::-1])) == 0
    assert sliced_wasserstein_2(projected(np.ones((4, 2)), np.ones((7, 2)))) == 0
