"""Statistically different bins: the z test written out, its level, and the cells themselves."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from genbench.evidence import Bins, Comparison, Reference
from genbench.ground.errors import Unavailable
from genbench.metrics.bins import (
    bin_divergence,
    homogeneity_p_value,
    statistically_different_bins,
)


def counted(codebook, test, generated):
    reference = Reference(train=codebook, test=test)
    return Bins.of(Comparison(reference=reference, generated=generated))


def test_z_score_is_that_of_two_proportions():
    bins = Bins(test=np.array([30, 70]), generated=np.array([100, 100]))

    pooled = 130 / 300
    expected = (0.3 - 0.5) / np.sqrt(pooled * (1 - pooled) * (1 / 100 + 1 / 200))
    assert bins.z_scores() == pytest.approx([expected, -expected])


def test_counts_the_share_of_cells_beyond_the_level():
    # Of 1,000 against 1,000: z is 1.89, 2.04 and, in the rest, far beyond.
    bins = Bins(test=np.array([100, 100, 800, 0]), generated=np.array([127, 129, 644, 100]))

    assert np.abs(bins.z_scores())[:2] == pytest.approx([1.90, 2.04], abs=0.01)
    assert statistically_different_bins(bins) == 3 / 4


def test_a_cell_without_points_is_left_out():
    bins = Bins(test=np.array([50, 50, 0]), generated=np.array([0, 100, 0]))

    assert len(bins.z_scores()) == 2
    assert statistically_different_bins(bins) == 1


def test_all_points_in_one_cell_make_no_difference():
    bins = Bins(test=np.array([50, 0]), generated=np.array([70, 0]))

    assert statistically_different_bins(bins) == 0
    assert bin_divergence(bins) == 0


def test_one_cell_in_twenty_differs_by_chance():
    rng = np.random.default_rng(1)
    n_cells, n_draws = 50, 300
    shares = rng.dirichlet(np.full(n_cells, 20.0))

    found = [
        statistically_different_bins(
            Bins(test=rng.multinomial(5000, shares), generated=rng.multinomial(3000, shares))
        )
        for _ in range(n_draws)
    ]

    # Four standard errors, and the little by which counts of about 60 are not normal.
    error = np.sqrt(0.05 * 0.95 / (n_cells * n_draws))
    assert np.mean(found) == pytest.approx(0.05, abs=4 * error + 0.002)


def test_p_value_is_that_of_pearson_over_the_cells_that_have_points():
    bins = Bins(test=np.array([30, 25, 0, 45]), generated=np.array([50, 70, 0, 80]))

    table = np.stack([bins.test, bins.generated])[:, [0, 1, 3]]

    assert homogeneity_p_value(bins) == pytest.approx(chi2_contingency(table).pvalue)
    assert 0.01 < homogeneity_p_value(bins) < 0.9
    assert homogeneity_p_value(Bins(np.array([50, 0]), np.array([70, 0]))) == 1


def test_p_values_are_even_for_samples_of_one_distribution():
    rng, n_draws = np.random.default_rng(4), 2000
    shares = rng.dirichlet(np.full(20, 20.0))

    found = [
        homogeneity_p_value(Bins(rng.multinomial(2000, shares), rng.multinomial(1500, shares)))
        for _ in range(n_draws)
    ]

    for level in (0.05, 0.5):
        error = np.sqrt(level * (1 - level) / n_draws)
        assert np.mean(np.array(found) <= level) == pytest.approx(level, abs=4 * error)


def test_divergence_is_written_out():
    bins = Bins(test=np.array([1, 3]), generated=np.array([6, 2]))

    middle = np.array([0.5, 0.5])
    test, generated = np.array([0.25, 0.75]), np.array([0.75, 0.25])
    expected = (test * np.log(test / middle) + generated * np.log(generated / middle)).sum() / 2
    assert bin_divergence(bins) == pytest.approx(expected)


def test_divergence_goes_from_zero_to_the_logarithm_of_two():
    same = Bins(test=np.array([10, 30, 0]), generated=np.array([20, 60, 0]))
    apart = Bins(test=np.array([10, 30, 0]), generated=np.array([0, 0, 5]))

    assert bin_divergence(same) == pytest.approx(0, abs=1e-15)
    assert bin_divergence(apart) == pytest.approx(np.log(2))


def test_cells_are_fitted_on_the_codebook_and_nowhere_else():
    rng = np.random.default_rng(2)
    centres = np.array([[0.0, 0.0], [100.0, 0.0]])
    codebook, test = (np.repeat(centres, 10, axis=0) + rng.normal(size=(20, 2)) for _ in range(2))
    generated = np.concatenate([centres[:1] + rng.normal(size=(5, 2)), np.full((45, 2), 1e4)])

    bins = counted(codebook, test, generated)

    assert sorted(zip(bins.test, bins.generated, strict=True)) == [(10, 5), (10, 45)]


def test_cells_of_training_points_keep_the_level():
    rng, n_draws = np.random.default_rng(5), 60

    found = [counted(*(rng.normal(size=(n, 2)) for n in (400, 600, 400))) for _ in range(n_draws)]

    # Cells of some ten points: four standard errors, and that their counts are not quite normal.
    assert {len(one.test) for one in found} == {40}
    error = np.sqrt(0.05 * 0.95 / (40 * n_draws))
    shares = [statistically_different_bins(one) for one in found]
    assert np.mean(shares) == pytest.approx(0.05, abs=4 * error + 0.004)


@pytest.mark.parametrize(("n", "n_cells"), [(20, 2), (99, 9), (1500, 100)])
def test_a_cell_for_every_ten_points_up_to_a_hundred(n, n_cells):
    points = np.random.default_rng(3).normal(size=(n, 1))

    bins = counted(points, points, points)

    assert len(bins.test) == len(bins.generated) == n_cells
    assert bins.test.sum() == bins.generated.sum() == n


def test_two_cells_are_the_least():
    points = np.zeros((19, 1))

    with pytest.raises(Unavailable, match="needs 20 points of each set; there are 19"):
        counted(points, points, points)
