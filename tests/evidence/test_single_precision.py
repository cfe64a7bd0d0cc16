"""What single precision and moments leave of a number, beside double precision and all pairs."""

import numpy as np
import pytest

from genbench.evidence import (
    Comparison,
    Gaussian,
    Kernels,
    Moments,
    Reference,
    cubic_kernel,
    gaussians,
    roots,
    scatter,
)
from genbench.evidence.cubic_kernel import CubicDiscrepancy, by_moments
from genbench.evidence.roots import Root
from genbench.evidence.scatter import scatter_of


@pytest.fixture
def always(monkeypatch):
    """Use single precision for few points as well."""
    monkeypatch.setattr(gaussians, "FEW_OPERATIONS", 0)


def turned(rng, n, d):
    rotation = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return rng.normal(size=(n, d)) * np.linspace(1, 0.1, d) @ rotation + 30


def bits(rng, n, d):
    return (rng.random((n, d)) < np.linspace(0.02, 0.5, d)).astype(float)


def in_odd_units(rng, n, d):
    return rng.normal(size=(n, d)) * np.geomspace(1e-30, 1e30, d)


LAWS = [turned, bits, in_odd_units]


@pytest.mark.parametrize("law", LAWS)
def test_a_covariance_is_no_farther_off_than_it_says(law, always):
    rng, d = np.random.default_rng(0), 24

    for n in (100, 3000, 20_000):
        points = law(rng, n, d)
        found = Gaussian.fast(points)

        exact = np.cov(points.T)
        variances, axes = np.linalg.eigh(exact / (scale := np.trace(exact)))
        errors = axes.T @ ((found.factor.T @ found.factor - exact) / scale) @ axes
        apart = np.sqrt(scale * (errors**2 / (2 * (variances[:, None] + variances))).sum())
        assert 0 < found.off < 1e-5 * np.sqrt(scale)
        if law is not in_odd_units:  # of which double precision knows no small axes either
            assert apart < found.off
        assert found.mean == pytest.approx(points.mean(axis=0), rel=1e-9, abs=1e-12)


def test_errors_of_one_direction_are_seen():
    """Few values that repeat are rounded alike, time and again."""
    points = np.zeros((4000, 3))
    points[::10] = [1, 1.1, 1.3]
    points[::7, 1] = 0.3

    found = scatter_of(points)

    errors = found.scaled * np.outer(found.scales, found.scales) - np.cov(points.T)
    errors /= np.outer(found.scales, found.scales)
    assert np.linalg.norm(errors) == pytest.approx(found.off, rel=0.8)


def test_what_single_precision_cannot_span_is_seen_in_any_block(monkeypatch):
    monkeypatch.setattr(scatter, "BLOCK_ENTRIES", 1)
    monkeypatch.setattr(scatter, "FEWEST_ROWS", 100)
    points = np.random.default_rng(3).normal(size=(1000, 4))
    assert np.isfinite(scatter_of(points).off)

    points[250, 2] = 1e60

    assert not np.isfinite(scatter_of(points).off)


@pytest.mark.parametrize("law", [turned, bits])
@pytest.mark.parametrize("n", [400, 5000])
@pytest.mark.parametrize("moved", [0.0, 0.3])
def test_a_distance_in_single_precision_is_that_in_double(law, n, moved, always, monkeypatch):
    rng = np.random.default_rng(1)
    both = law(rng, 2 * n, 24)
    test, generated = both[:n], both[n:] * (1 + moved)
    comparison = Comparison(reference=Reference(test=test), generated=generated)
    found = Moments.of(comparison)
    exact = Moments(Gaussian.of(test), Gaussian.of(generated))

    assert found.test.off > 0
    allowed = max(1e-6 * exact.squared_distance, 0.01 * exact.standard_error)
    assert abs(found.squared_distance - exact.squared_distance) < allowed
    assert found.standard_error == pytest.approx(exact.standard_error, rel=1e-4)


def test_what_single_precision_would_lose_is_measured_in_double(always):
    rng = np.random.default_rng(2)
    rotation = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    test, generated = (
        rng.normal(size=(500, 12)) * np.geomspace(1, 1e-5, 12) @ rotation for _ in range(2)
    )

    found = Moments.of(Comparison(reference=Reference(test=test), generated=generated))

    assert found.test.off == found.generated.off == 0
    exact = Moments(Gaussian.of(test), Gaussian.of(generated)).squared_distance
    assert found.squared_distance == exact


def test_a_distance_that_is_off_by_too_much_is_measured_in_double(always, monkeypatch):
    rng = np.random.default_rng(9)
    test, generated = (turned(rng, 500, 12) for _ in range(2))
    comparison = Comparison(reference=Reference(test=test), generated=generated)
    assert Moments.of(comparison).test.off > 0

    monkeypatch.setattr(gaussians, "_distance_off", lambda *_: 1e-3)
    comparison = Comparison(reference=Reference(test=test), generated=generated)
    assert Moments.of(comparison).test.off == 0


def test_many_rows_have_the_root_of_few(monkeypatch):
    rng = np.random.default_rng(3)
    table = rng.normal(size=(40, 60)) * np.geomspace(1, 1e-2, 40)[:, None]
    vectors = rng.normal(size=(7, 60)) @ table.T
    few = Root(table)
    expected = few.trace(0), few.lengths(vectors), few.lengths_under_inverse(vectors)

    monkeypatch.setattr(roots, "MANY", 10)
    many = Root(table)

    assert many.trace(1e-9) == pytest.approx(expected[0], rel=1e-11)
    assert many.lengths(vectors) == pytest.approx(expected[1], rel=1e-5)
    assert many.lengths_under_inverse(vectors) == pytest.approx(expected[2], rel=1e-5)


@pytest.mark.parametrize("precise", [1e-3, 1e-12])
def test_a_trace_is_as_precise_as_it_must_be(precise, monkeypatch):
    monkeypatch.setattr(roots, "MANY", 10)
    rng = np.random.default_rng(4)
    left, right = (np.linalg.qr(rng.normal(size=(30, 30)))[0] for _ in range(2))
    values = np.append(np.ones(15), np.full(15, 1e-11))

    found = Root(left * values @ right).trace(precise)

    assert abs(found - values.sum()) < precise


@pytest.mark.parametrize("decay", [0.0, 0.5, 1.0, 4.0])
def test_eigenvalues_are_off_by_no_more_than_is_allowed_for(decay):
    rng, n = np.random.default_rng(11), 650
    table = rng.normal(size=(n, n)) * np.arange(1, n + 1) ** -decay
    table -= table.mean(axis=0)  # one singular value is none

    found = Root(table)

    exact = np.sort(np.linalg.svd(table, compute_uv=False)) ** 2
    assert (np.abs(found.squares - exact) < found.off).all()
    assert found.off[0] < 5 * np.finfo(float).eps * exact[-1]


def test_variances_of_many_are_sums_to_three_digits(monkeypatch):
    points = np.random.default_rng(5).normal(size=(90, 40)) * np.geomspace(1, 1e-2, 40) * 1e-25
    expected = Gaussian.of(points).variances

    monkeypatch.setattr(gaussians, "MANY", 10)
    found = Gaussian.of(points).variances

    assert found.sum() == pytest.approx(expected.sum(), rel=1e-5, abs=0)
    assert np.sqrt(found).sum() == pytest.approx(np.sqrt(expected).sum(), rel=1e-2, abs=0)


def features(rng, n, d):
    return np.maximum(0.5 + 0.3 * rng.normal(size=(n, d)) @ np.diag(np.linspace(1, 0.2, d)), 0)


@pytest.mark.parametrize("factor", [1.0, 1.05])
def test_kid_by_moments_is_that_of_all_pairs(factor, monkeypatch):
    rng = np.random.default_rng(6)
    test, generated = features(rng, 4500, 40), factor * features(rng, 4000, 40)
    found = by_moments(test, generated)

    monkeypatch.setattr(cubic_kernel, "MANY", np.inf)
    comparison = Comparison(reference=Reference(test=test), generated=generated)
    exact = comparison.get(Kernels.of).polynomial

    assert abs(found.unbiased - exact.unbiased) < 0.01 * exact.standard_error
    assert found.standard_error == pytest.approx(exact.standard_error, rel=0.05)


def test_kid_looks_at_all_pairs_where_cubes_matter():
    rng = np.random.default_rng(7)
    wide = [3 * rng.normal(size=(4000, 8)) for _ in range(2)]

    assert by_moments(*wide) is None
    assert by_moments(*(1e30 * points for points in wide)) is None


def test_kid_of_few_looks_at_all_pairs():
    rng = np.random.default_rng(8)
    few, many = features(rng, 3999, 8), features(rng, 4000, 8)

    assert by_moments(few, many) is None
    assert isinstance(by_moments(many, many), CubicDiscrepancy)


@pytest.mark.parametrize("n", [60, 400])
def test_a_rough_distance_has_three_digits(n, monkeypatch):
    rng = np.random.default_rng(10)
    pair = [Gaussian.of(1e-25 * rng.normal(size=(n, 80)) * 0.97 ** np.arange(80)) for _ in "ab"]
    expected = gaussians.squared_distance(*pair)

    monkeypatch.setattr(gaussians, "MANY", 10)

    found = gaussians.rough_squared_distance(*pair)
    assert found == pytest.approx(expected, rel=1e-3, abs=0)
    assert found != expected
