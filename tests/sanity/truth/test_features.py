"""A mixture of Gaussians of few directions: its density, its samples, its fit, what ships."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from genbench.sanity.truth.features import N_CLASSES, LowRankMixture, feature_law
from genbench.sanity.truth.models import hotter

D = 6


@pytest.fixture
def law():
    rng = np.random.default_rng(0)
    return LowRankMixture(
        rng.normal(size=(3, D)), rng.normal(size=(3, 2, D)), np.array([0.3, 0.5, 1.0])
    )


def covariances(law):
    return [
        factor.T @ factor + width**2 * np.eye(D)
        for factor, width in zip(law.factors, law.widths, strict=True)
    ]


@pytest.mark.parametrize("heat", [1.0, 1.3])
def test_its_density_is_that_of_gaussians_of_whole_covariances(law, heat):
    points = np.random.default_rng(1).normal(size=(20, D))
    parts = [
        multivariate_normal(centre, heat**2 * covariance).logpdf(points)
        for centre, covariance in zip(law.centres, covariances(law), strict=True)
    ]

    expected = logsumexp(parts, axis=0) - np.log(3)
    assert hotter(law, heat).log_prob(points) == pytest.approx(expected, rel=1e-10)


def test_its_samples_have_the_moments_of_their_classes(law):
    points, labels = law.sample(60_000, rng=np.random.default_rng(2))

    assert np.bincount(labels) / len(labels) == pytest.approx(1 / 3, abs=0.01)
    for label, (centre, covariance) in enumerate(zip(law.centres, covariances(law), strict=True)):
        own = points[labels == label]
        assert own.mean(axis=0) == pytest.approx(centre, abs=0.06)
        assert np.cov(own.T) == pytest.approx(covariance, abs=0.12)


def test_a_fit_finds_the_law_that_points_were_drawn_from(law):
    points, labels = law.sample(60_000, rng=np.random.default_rng(3))

    found = LowRankMixture.fitted(points, labels, n_directions=2)

    for theirs, ours in zip(covariances(found), covariances(law), strict=True):
        assert theirs == pytest.approx(ours, abs=0.12)


def test_what_ships_is_of_features_in_1280_dimensions():
    law = feature_law()
    points, labels = law.sample(300, rng=np.random.default_rng(4))

    assert law.centres.shape == (N_CLASSES, 1280)
    assert (law.posterior(points).argmax(axis=1) == labels).mean() > 0.95
    mean, variance = points.mean(), points.var()
    assert 0.1 < mean < 1  # of activations, which are zero or more
    assert 0.05 < variance < 1
