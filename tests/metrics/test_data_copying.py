"""Data copying: the rank test written out, its law by chance, and copies in closed form."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import mannwhitneyu, norm

from genbench.evidence import Comparison, Reference
from genbench.evidence.bins import Cells
from genbench.evidence.data_copying import DataCopying, rank_z_score
from genbench.ground.errors import Unavailable
from genbench.metrics.data_copying import copying_p_value, data_copying


def evidence(train, test, generated):
    reference = Reference(test=test, train=train)
    return DataCopying.of(Comparison(reference=reference, generated=generated))


def one_cell(by_test, by_generated):
    cells = (np.zeros(len(values), dtype=int) for values in (by_test, by_generated))
    return DataCopying.measure(by_test, next(cells), by_generated, next(cells))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    train, test, generated = (rng.normal(size=(n, 2)) for n in (90, 70, 150))

    found = data_copying(evidence(train, test, 0.9 * generated))

    cells = Cells(3)(Reference(test=test, train=train))
    total = weights = 0.0
    for cell in range(3):
        of_test = cdist(test[cells.of(test) == cell], train).min(axis=1)
        of_generated = cdist(0.9 * generated[cells.of(0.9 * generated) == cell], train).min(axis=1)
        n, m = len(of_generated), len(of_test)
        assert n > 20
        u = sum(a > b for a in of_generated for b in of_test)
        total += m / 70 * (u - n * m / 2) / np.sqrt(n * m * (n + m + 1) / 12)
        weights += m / 70
    assert found == pytest.approx(total / weights)
    assert found < 0  # drawn in, they lie where training samples are dense


def test_z_score_is_that_of_mann_and_whitney_with_ties():
    rng = np.random.default_rng(2)
    values, others = rng.integers(6, size=40), rng.integers(1, 7, size=30)

    z = rank_z_score(values.astype(float), others.astype(float))

    known = mannwhitneyu(values, others, method="asymptotic", use_continuity=False)
    assert z < 0
    assert 2 * norm.cdf(z) == pytest.approx(known.pvalue)


def test_copies_have_a_closed_form():
    n, m = 100, 120
    by_test = 1 + np.random.default_rng(3).uniform(size=n)
    near = 1e-6 * np.random.default_rng(4).uniform(size=m)

    copies, nearly = one_cell(by_test, np.zeros(m)), one_cell(by_test, near)

    assert data_copying(nearly) == pytest.approx(-np.sqrt(3 * n * m / (n + m + 1)))
    total, tied = n + m, m**3 - m
    variance = n * m / 12 * (total + 1 - tied / (total * (total - 1)))
    assert data_copying(copies) == pytest.approx(-n * m / 2 / np.sqrt(variance))
    assert copying_p_value(nearly) < 1e-12


def test_is_standard_normal_for_samples_of_one_distribution():
    rng, n_draws = np.random.default_rng(5), 100

    found = [evidence(*(rng.normal(size=(n, 2)) for n in (100, 80, 120))) for _ in range(n_draws)]

    spread = [
        data_copying(one) * one.n_test.sum() / np.sqrt((one.n_test**2).sum()) for one in found
    ]
    assert np.mean(spread) == pytest.approx(0, abs=4 / np.sqrt(n_draws))
    assert np.std(spread) == pytest.approx(1, abs=4 / np.sqrt(2 * n_draws))
    significant = np.mean([copying_p_value(one) <= 0.05 for one in found])
    assert significant == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / n_draws))


def test_cells_make_one_z_score():
    found = DataCopying(z_scores=np.array([-2.0, 1.0]), n_test=np.array([30, 40]), left_out=0)

    assert data_copying(found) == pytest.approx((-60 + 40) / 70)
    assert copying_p_value(found) == pytest.approx(2 * norm.cdf(-20 / 50))


def test_copies_are_below_zero_and_noise_is_above():
    rng = np.random.default_rng(6)
    train, test = rng.normal(size=(2, 100, 3))

    assert data_copying(evidence(train, test, train + 1e-3)) < -5
    assert data_copying(evidence(train, test, 4 * test)) > 5


def test_where_all_are_repeats_nothing_is_nearer():
    constant = np.full((30, 2), 1000.1)

    found = evidence(constant, constant, constant)

    assert data_copying(found) == 0
    assert copying_p_value(found) == 1


def test_cells_that_the_model_leaves_empty_do_not_count_but_are_told_of():
    rng = np.random.default_rng(7)
    cells = np.repeat([0, 1], 50)

    found = DataCopying.measure(
        rng.uniform(size=100), cells, rng.uniform(size=70), np.repeat([0, 1], [50, 20])
    )

    assert len(found.z_scores) == 1
    assert found.warnings[0].startswith("50 test samples lie in cells with no more than 20")


def test_too_few_samples_are_refused():
    points = np.random.default_rng(8).normal(size=(20, 2))

    with pytest.raises(Unavailable, match="more than 20 generated samples"):
        evidence(points, points + 1, points + 2)
    with pytest.raises(Unavailable, match="needs 3 train samples; there are 2"):
        evidence(points[:2], points, points)
    with pytest.raises(Unavailable, match="there are no train samples"):
        evidence(None, points, points)


def test_cells_without_test_points_do_not_count():
    rng = np.random.default_rng(12)
    by_test, by_generated = rng.uniform(size=30), rng.uniform(size=60)

    found = DataCopying.measure(by_test, np.zeros(30, dtype=int), by_generated, np.arange(60) % 2)

    assert found.n_test.tolist() == [30]
    assert found.z_scores == pytest.approx([rank_z_score(by_generated[::2], by_test)])
