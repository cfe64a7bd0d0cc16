"""Agreement with people: against the published correlations, and a ceiling that it cannot pass."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from genbench.sanity.check import Desideratum
from genbench.sanity.human import Agreement, agreements, human_standings, spearman


def found(dataset, metric, features="DINOv2"):
    place = (dataset, metric, features)
    return next(one for one in agreements() if (one.dataset, one.metric, one.features) == place)


@pytest.mark.parametrize(
    ("dataset", "metric", "features", "expected"),
    [
        ("cifar10", "frechet_distance", "DINOv2", 0.97),
        ("imagenet256", "frechet_distance", "DINOv2", 0.84),
        ("lsun256", "kernel_distance", "DINOv2", 1.00),
        ("ffhq256", "coverage", "DINOv2", 0.25),
        ("cifar10", "precision", "DINOv2", -0.39),
        ("imagenet256", "frechet_distance", "Inception", -0.15),
        ("lsun256", "frechet_distance", "Inception", -0.17),
    ],
)
def test_correlations_are_the_published_ones(dataset, metric, features, expected):
    assert found(dataset, metric, features).correlation == pytest.approx(expected, abs=0.005)


def test_ceilings_are_those_of_split_halves():
    ceilings = {one.dataset: one.ceiling for one in agreements()}

    assert ceilings == pytest.approx(
        {"cifar10": 0.94, "imagenet256": 0.91, "lsun256": 0.88, "ffhq256": 0.89}, abs=0.02
    )


def test_every_interval_holds_its_number():
    assert all(one.low <= one.correlation <= one.high for one in agreements())
    assert len({one.dataset for one in agreements()}) == 4


def test_spearman_of_rows(rng):
    one, other = rng.integers(5, size=(2, 6, 9)).astype(float)

    expected = [spearmanr(a, b).statistic for a, b in zip(one, other, strict=True)]
    assert spearman(one, other) == pytest.approx(expected)
    assert np.isnan(spearman(np.ones((1, 4)), np.arange(4.0)[None]))[0]


def agreed(dataset, correlation, ceiling=0.8, features="DINOv2", spread=0.0):
    redrawn = correlation + spread * np.linspace(-1, 1, 2000)
    low, high = np.quantile(redrawn, [0.025, 0.975])
    return Agreement(dataset=dataset, metric="m", features=features, n_models=9, low=low, high=high,
                     correlation=correlation, ceiling=ceiling, redrawn=redrawn)  # fmt: skip


def test_the_score_is_a_mean_over_data_sets_of_the_share_of_the_ceiling():
    found = human_standings(
        [
            agreed("a", 0.4),
            agreed("b", 0.9),  # beyond the ceiling
            agreed("c", -0.8),
            agreed("d", 0.0, spread=0.1),
            agreed("a", -0.8, features="Inception"),  # of other features than all else
        ]
    )

    assert list(found) == [("m", Desideratum.HUMAN)]
    one = found["m", Desideratum.HUMAN]
    assert one.score == pytest.approx((0.5 + 1 - 1 + 0) / 4)
    assert one.least == -1
    assert (one.passed, one.failed, one.undecided) == (2, 1, 1)
    assert one.low < -0.3  # data sets differ
    assert one.high > 0.6


def test_the_interval_is_over_models_and_people_as_well():
    sure, unsure = (
        human_standings([agreed("a", 0.4, spread=spread)])["m", Desideratum.HUMAN]
        for spread in (0.0, 0.4)
    )

    assert sure.low == sure.high == pytest.approx(0.5)
    assert unsure.low == pytest.approx(0.025, abs=0.02)
    assert unsure.high == pytest.approx(0.975, abs=0.02)


def test_models_drawn_anew_that_have_no_order_count_as_no_agreement():
    one = agreed("a", 0.8)
    one.redrawn[:1000] = np.nan

    assert human_standings([one])["m", Desideratum.HUMAN].low == 0


def test_every_published_score_is_a_share():
    found = human_standings().values()

    assert len(found) == 8
    assert all(-1 <= one.low <= one.score <= one.high <= 1 for one in found)
    assert all(one.least <= one.score for one in found)
