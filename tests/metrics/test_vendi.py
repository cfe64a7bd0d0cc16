"""Effective numbers of modes and kernel divergences, where points are alike or not at all."""

import numpy as np
import pytest
from scipy.linalg import logm, sqrtm
from scipy.spatial.distance import cdist, pdist

import genbench
from genbench.evidence import Comparison, Reference, kernel_means, kernel_operators, spectra
from genbench.evidence.kernel_operators import RIDGE, KernelOperators, gaussian
from genbench.evidence.spectra import CollisionModes, CosineSpectrum
from genbench.metrics.vendi import (
    kernel_cross_entropy,
    relative_renyi_kernel_entropy,
    renyi_kernel_modes,
    vendi_score,
)


def compared(test, generated):
    return Comparison(reference=Reference(test=test), generated=generated)


def vendi(generated):
    return vendi_score(CosineSpectrum.of(Comparison(reference=Reference(), generated=generated)))


def lattice(*counts):
    """So many points at each of some places that are nowhere near each other."""
    return np.repeat(np.arange(len(counts)) * 1e4, counts)[:, None]


@pytest.fixture
def narrow(monkeypatch):
    """A kernel that knows only equal and different."""
    for module in (spectra, kernel_means):
        monkeypatch.setattr(module, "kernel_width", lambda _: 1.0)


@pytest.mark.parametrize("d", [3, 30])
def test_vendi_matches_the_definition_in_either_form(d):
    points = np.random.default_rng(1).normal(size=(12, d)) + 1

    unit = points / np.linalg.norm(points, axis=1)[:, None]
    shares = np.linalg.eigvalsh(unit @ unit.T / 12)
    shares = shares[shares > 1e-14]
    assert vendi(points) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()), rel=1e-9)


@pytest.mark.parametrize("least", [1e-2, 1e-5])
@pytest.mark.parametrize("n", [700, 1500])
def test_vendi_of_many_directions_is_that_of_double_precision(least, n):
    points = np.random.default_rng(2).normal(size=(n, 700)) * np.geomspace(1, least, 700)

    unit = points / np.linalg.norm(points, axis=1)[:, None]
    shares = np.linalg.svd(unit, compute_uv=False) ** 2 / n
    assert vendi(points) == pytest.approx(np.exp(-(shares * np.log(shares)).sum()), rel=1e-6)


def test_vendi_of_alike_orthogonal_and_grouped_points():
    assert vendi(np.tile([3.0, 4.0], (7, 1))) == pytest.approx(1)
    assert vendi(np.eye(6) * np.arange(1, 7)) == pytest.approx(6)
    assert vendi(np.repeat(np.eye(5), 4, axis=0)) == pytest.approx(5)


def test_vendi_of_two_directions_has_a_closed_form():
    cosine = 0.3
    points = np.array([[1.0, 0.0], [cosine, np.sqrt(1 - cosine**2)]])

    p = (1 + cosine) / 2
    assert vendi(points) == pytest.approx(np.exp(-p * np.log(p) - (1 - p) * np.log(1 - p)))


def test_vendi_needs_directions():
    score = genbench.score(generated=np.zeros((4, 2)), metrics="vendi")["vendi"]

    assert score.reason == "4 generated points are zero and have no direction."


def test_modes_match_the_definition_with_the_test_sets_width():
    rng = np.random.default_rng(2)
    test, generated = rng.normal(size=(15, 2)), rng.normal(size=(20, 2))

    found = CollisionModes.of(compared(test, generated))

    kernel = np.exp(-(cdist(generated, generated) ** 2) / (2 * np.median(pdist(test)) ** 2))
    shares = np.linalg.eigvalsh(kernel / 20)
    assert renyi_kernel_modes(found) == pytest.approx(1 / (kernel**2).mean(), rel=1e-9)
    assert renyi_kernel_modes(found) == pytest.approx(1 / (shares**2).sum(), rel=1e-9)


@pytest.mark.usefixtures("narrow")
def test_with_a_kernel_of_equality_modes_are_the_collision_number():
    found = CollisionModes.of(compared(lattice(1, 1), lattice(5, 3, 2)))

    assert renyi_kernel_modes(found) == pytest.approx(1 / (0.5**2 + 0.3**2 + 0.2**2))


def test_divergences_match_matrix_functions():
    rng = np.random.default_rng(3)
    n, m = 6, 5
    test, generated = rng.normal(size=(n, 2)), rng.normal(size=(m, 2)) + 1

    found = KernelOperators.of(compared(test, generated))

    # Features whose inner products are the kernel: a root of the pooled matrix.
    pooled = np.concatenate([test, generated])
    width = np.median(pdist(test))
    roots = np.real(sqrtm(np.exp(-(cdist(pooled, pooled) ** 2) / (2 * width**2))))
    P, Q = roots[:n].T @ roots[:n] / n, roots[n:].T @ roots[n:] / m
    fidelity = np.linalg.svd(np.real(sqrtm(P) @ sqrtm(Q)), compute_uv=False).sum()
    cross = -np.trace(P @ np.real(logm(Q + RIDGE * np.eye(n + m))))
    assert relative_renyi_kernel_entropy(found) == pytest.approx(-2 * np.log(fidelity), rel=1e-5)
    assert kernel_cross_entropy(found) == pytest.approx(cross, rel=1e-5)


@pytest.mark.usefixtures("narrow")
def test_with_a_kernel_of_equality_divergences_are_those_of_counts(monkeypatch):
    monkeypatch.setattr(kernel_operators, "RIDGE", 1e-12)
    p, q = np.array([0.5, 0.25, 0.25]), np.array([0.2, 0.4, 0.4])

    found = KernelOperators.of(compared(lattice(8, 4, 4), lattice(2, 4, 4)))

    bhattacharyya = np.sqrt(p * q).sum()
    assert relative_renyi_kernel_entropy(found) == pytest.approx(-2 * np.log(bhattacharyya))
    assert kernel_cross_entropy(found) == pytest.approx(-(p * np.log(q)).sum())


@pytest.mark.usefixtures("narrow")
def test_what_was_never_generated_costs_as_much_as_the_ridge():
    found = KernelOperators.of(compared(lattice(6, 2), lattice(5)))

    expected = -0.75 * np.log(1 + RIDGE) - 0.25 * np.log(RIDGE)
    assert kernel_cross_entropy(found) == pytest.approx(expected)


def test_equal_sets_do_not_diverge_and_code_each_other_best():
    points = np.random.default_rng(4).normal(size=(50, 2))

    found = KernelOperators.of(compared(points, points[::-1]))

    assert relative_renyi_kernel_entropy(found) == pytest.approx(0, abs=1e-6)
    own = np.linalg.eigvalsh(gaussian(points, points, found.width) / len(points))
    entropy = -(own * np.log(np.maximum(own, 1e-300))).sum()
    assert kernel_cross_entropy(found) == pytest.approx(entropy, abs=0.1)


def test_no_more_than_the_most_points_are_taken_apart(monkeypatch):
    monkeypatch.setattr(kernel_operators, "MOST_POINTS", 10)
    points = np.random.default_rng(5).normal(size=(50, 2))

    found = KernelOperators.of(compared(points, points[:30]))

    assert (found.n, found.m) == (10, 10)


def test_one_and_the_same_test_point_sets_no_width():
    scores = genbench.score(test=np.ones((9, 2)), generated=np.eye(2), metrics=["rke", "rrke"])

    assert {score.reason for score in scores.values()} == {"All test points are one and the same."}


def test_sets_of_which_no_two_points_are_alike_diverge_infinitely():
    points = np.random.default_rng(6).normal(size=(20, 2))

    found = KernelOperators.of(compared(points, points + 1e6))

    assert relative_renyi_kernel_entropy(found) == np.inf
    assert kernel_cross_entropy(found) == pytest.approx(-np.log(RIDGE))
