"""MAUVE's area against quadrature and closed forms, and the clusters it reads."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import rel_entr

import genbench
from genbench.evidence import Comparison, Reference
from genbench.evidence.shared_clusters import DirectionClusters, _chief_components
from genbench.metrics import mauve as module
from genbench.metrics.mauve import area, mauve


def clusters(test, generated):
    return DirectionClusters.of(Comparison(reference=Reference(test=test), generated=generated))


def test_the_area_matches_quadrature():
    test, generated = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.3, 0.3, 0.1, 0.3])

    def r(w):
        return w * test + (1 - w) * generated

    def slope(w):
        used = r(w) > 0
        drift = -(generated * (test - generated))[used] / r(w)[used]
        return np.exp(-5 * rel_entr(generated, r(w)).sum()) * -5 * drift.sum()

    def height(w):
        return np.exp(-5 * rel_entr(test, r(w)).sum())

    # The test set does not hold the last cluster, so that the curve starts at the left edge.
    expected = -quad(lambda w: height(w) * slope(w), 0, 1, limit=200)[0]
    assert area(test, generated) == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(("scaling", "floor"), [(5, 1 / 252), (1, 1 / 2)])
def test_without_a_common_cluster_the_area_has_a_closed_form(monkeypatch, scaling, floor):
    monkeypatch.setattr(module, "SCALING", scaling)
    monkeypatch.setattr(module, "FLOOR", 0)

    assert area(np.array([1.0, 0.0]), np.array([0.0, 1.0])) == pytest.approx(floor, rel=1e-5)


def test_equal_shares_fill_the_square_and_roles_may_be_swapped():
    test, generated = np.array([0.6, 0.3, 0.1]), np.array([0.2, 0.3, 0.5])

    assert area(test, test) == 1
    assert area(test, generated) == pytest.approx(area(generated, test), rel=1e-9)


def test_the_same_points_score_one_and_other_directions_the_floor():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(100, 3)) + np.array([9, 0, 0])

    assert mauve(clusters(points, points[::-1])) == 1
    assert mauve(clusters(points, -points)) == pytest.approx(1 / 252, rel=1e-4)


def test_chief_directions_hold_nine_tenths_of_the_variance():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(500, 4)) * [10, 5, 1, 0.1] + 7

    found = _chief_components(points)

    assert found.shape == (500, 2)
    values = np.linalg.eigvalsh(np.cov(points.T))[::-1]
    assert found.var(axis=0, ddof=1) == pytest.approx(values[:2])


@pytest.mark.parametrize("d", [29, 30, 31, 300])
def test_chief_directions_are_those_of_the_scatter_whichever_of_n_and_d_is_larger(d):
    points = np.random.default_rng(5).normal(size=(30, d)) * 0.9 ** np.arange(d)
    centred = points - points.mean(axis=0)
    left, scales, _ = np.linalg.svd(centred, full_matrices=False)
    kept = int((np.cumsum(scales**2) < 0.9 * (scales**2).sum()).sum()) + 1

    found = _chief_components(points)

    expected = (left * scales)[:, :kept]
    assert found.shape == expected.shape
    assert np.abs(found) == pytest.approx(np.abs(expected), abs=1e-9)  # but for signs


def test_sizes_and_refusals():
    rng = np.random.default_rng(3)

    found = clusters(rng.normal(size=(80, 2)), rng.normal(size=(45, 2)))
    few = genbench.score(test=np.ones((19, 2)), generated=np.ones((50, 2)), metrics="mauve")
    same = clusters(np.ones((30, 2)), np.ones((20, 2)))

    assert found.n == 45
    assert len(found.test) == 4
    assert few["mauve"].reason == "Needs 20 points of each set; there are 19."
    assert mauve(same) == 1


def test_shares_of_either_set_sum_to_one():
    rng = np.random.default_rng(4)

    found = clusters(rng.normal(size=(80, 3)), rng.normal(size=(45, 3)))

    assert found.test.sum() == pytest.approx(1)
    assert found.generated.sum() == pytest.approx(1)
