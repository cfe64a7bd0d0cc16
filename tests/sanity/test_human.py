"""Agreement with people: against the published correlations, and a ceiling that it cannot pass."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from genbench.sanity.human import agreements, spearman


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
