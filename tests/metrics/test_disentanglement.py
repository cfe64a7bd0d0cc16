"""Disentanglement: codes that are factors, copies, mixtures of all, or nothing."""

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from genbench.evidence import Comparison, Reference
from genbench.evidence.code_factors import CodeFactors
from genbench.evidence.code_importances import CodeImportances, Forests
from genbench.ground.errors import Unavailable
from genbench.metrics.disentanglement import (
    METRICS,
    code_completeness,
    code_disentanglement,
    code_informativeness,
    modularity,
    mutual_information_gap,
    separated_attribute_predictability,
)

GRID = np.stack(np.meshgrid(*[np.arange(4.0)] * 3), axis=-1).reshape(-1, 3).repeat(4, axis=0)


def comparison(codes, factors=GRID, seed=0):
    return Comparison(reference=Reference(test_factors=factors), test_codes=codes, seed=seed)


def table(codes, factors=GRID):
    return CodeFactors.of(comparison(codes, factors))


def forests(codes, factors=GRID):
    return CodeImportances.of(comparison(codes, factors))


def test_codes_that_are_the_factors_are_disentangled():
    found = table(GRID * np.array([2.0, -1.0, 0.5]) + 3)

    assert mutual_information_gap(found) == pytest.approx(1)
    assert separated_attribute_predictability(found) == pytest.approx(1)
    assert modularity(found) == pytest.approx(1)
    assert found.found.entropy == pytest.approx(np.log([4, 4, 4]))
    trees = forests(GRID)
    assert code_informativeness(trees) == 1
    assert code_disentanglement(trees) > 0.9
    assert code_completeness(trees) > 0.9


def test_two_copies_of_every_code_leave_no_gap():
    found = table(np.hstack([GRID, GRID]))

    assert mutual_information_gap(found) == pytest.approx(0)
    assert separated_attribute_predictability(found) == pytest.approx(0)
    assert modularity(found) == pytest.approx(1)  # each code still has one factor


def test_codes_that_know_nothing():
    codes = np.random.default_rng(1).normal(size=(256, 3))

    found = table(codes)

    bias = 19 * 3 / (2 * 256)  # of information counted in bins
    assert mutual_information_gap(found) < bias / np.log(4)
    assert separated_attribute_predictability(found) < 16 / 256
    trees = forests(codes)
    assert code_informativeness(trees) == pytest.approx(
        1 / 4, abs=4 * np.sqrt(0.25 * 0.75 / (3 * 128))
    )
    assert code_disentanglement(trees) < 0.1
    assert code_completeness(trees) < 0.1


@pytest.mark.long
@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_chance_is_what_codes_get_that_know_nothing(metric):
    """Codes dealt out at random know nothing: their mean is that of random codes, not zero."""
    rng = np.random.default_rng(5)
    gaps = []
    for seed in range(20):
        knowing = metric.needs.of(comparison(GRID + rng.normal(size=GRID.shape), seed=seed))
        random = metric.needs.of(comparison(rng.normal(size=GRID.shape), seed=100 + seed))
        gaps.append(metric.chance(knowing) - metric.compute(random))
        assert 0 < metric.chance(knowing) < metric.compute(knowing)

    assert abs(np.mean(gaps)) < 3.5 * np.std(gaps, ddof=1) / np.sqrt(len(gaps))


def test_importances_of_known_shape_have_known_scores():
    eye, even = np.eye(3), np.full((3, 3), 1 / 3)
    half = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1.0]])

    def scores(importances):
        found = Forests(importances, np.array([0.5, 0.7, 0.9]))
        codes = CodeImportances(found, by_chance=found)
        return code_disentanglement(codes), code_completeness(codes), code_informativeness(codes)

    assert scores(eye) == pytest.approx((1, 1, 0.7))
    assert scores(even) == pytest.approx((0, 0, 0.7))
    share = 1 - np.log(2) / np.log(3)
    assert scores(half)[:2] == pytest.approx(((2 * share + 1) / 3, (2 * share + 1) / 3))
    # What a code counts for is how much it is used.
    uneven = np.array([[1.0, 1, 0], [0, 0, 1], [0, 0, 0]])
    assert scores(uneven)[:2] == pytest.approx(((2 * share + 1) / 3, 1))
    # One code for everything: complete, but not disentangled; a code without use has no weight.
    assert scores(np.array([[1.0, 1, 1], [0, 0, 0], [0, 0, 0]]))[:2] == pytest.approx((0, 1))


def test_matches_the_definitions_written_out():
    rng = np.random.default_rng(2)
    codes = GRID @ rng.normal(size=(3, 4)) + 0.3 * rng.normal(size=(256, 4))

    found = table(codes)

    binned = [np.digitize(c, np.histogram_bin_edges(c, 20)[:-1]) for c in codes.T]
    information = np.array([[mutual_info_score(c, f) for f in GRID.T] for c in binned])
    assert found.found.information == pytest.approx(information)
    gaps = [sorted(column)[-1] - sorted(column)[-2] for column in information.T]
    assert mutual_information_gap(found) == pytest.approx(np.mean(gaps) / np.log(4))
    explained = np.array([[np.corrcoef(c, f)[0, 1] ** 2 for f in GRID.T] for c in codes.T])
    assert found.found.explained == pytest.approx(explained)
    leads = [sorted(column)[-1] - sorted(column)[-2] for column in explained.T]
    assert separated_attribute_predictability(found) == pytest.approx(np.mean(leads))
    parts = []
    for row in information:
        template = np.where(row == row.max(), row, 0)
        parts.append(1 - ((row - template) ** 2).sum() / (row.max() ** 2 * 2))
    assert modularity(found) == pytest.approx(np.mean(parts))


def test_codes_and_factors_that_never_vary_do_no_harm():
    codes = np.hstack([GRID, np.ones((256, 1))])
    factors = np.hstack([GRID, np.full((256, 1), 7.0)])

    found = table(codes, factors)

    assert found.parameters["n_factors"] == 3
    assert mutual_information_gap(found) == pytest.approx(1)
    assert modularity(found) == pytest.approx(1)
    with pytest.raises(Unavailable, match="no code says anything"):
        modularity(table(np.ones((256, 2))))


def test_levels_are_told_apart_by_name_not_by_size():
    renamed = GRID * 100 + 7

    assert table(GRID, renamed).found.information == pytest.approx(table(GRID).found.information)


def test_refuses_what_has_nothing_to_keep_apart():
    with pytest.raises(Unavailable, match="two codes or more"):
        table(GRID[:, :1])
    with pytest.raises(Unavailable, match="there are 3 and 1"):
        table(GRID, GRID[:, :1])
    with pytest.raises(Unavailable, match="needs 20"):
        forests(GRID[::20][:12] + 0.0, GRID[::20][:12])
    with pytest.raises(Unavailable, match="true factors"):
        table(GRID, None)


def test_codes_that_no_forest_has_a_use_for_share_it_evenly():
    found = forests(np.ones((256, 3)))

    assert found.found.importances == pytest.approx(np.full((3, 3), 1 / 3))
    assert code_disentanglement(found) == pytest.approx(0)
    assert code_completeness(found) == pytest.approx(0)
