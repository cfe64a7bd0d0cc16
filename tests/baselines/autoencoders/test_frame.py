"""The density that is fitted to the codes, and the settings that the autoencoders share."""

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from genbench.baselines.autoencoders.autoencoder import Autoencoder
from genbench.baselines.autoencoders.frame import CodeMixture


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def codes(rng):
    """Codes (800, 2) of two clusters, three quarters in one."""
    return np.concatenate(
        [rng.multivariate_normal([0, 0], [[2, 1], [1, 1]], 600), rng.normal(9, 1, size=(200, 2))]
    )


def test_codes_are_drawn_from_the_mixture_that_was_fitted(codes):
    mixture = CodeMixture.by_aic(codes, (2,), seed=0, most=8000)

    big = int(np.argmax(mixture.weights))
    covariance = mixture.factors[big] @ mixture.factors[big].T
    density = multivariate_normal(mixture.means[big], covariance).logpdf([[0.0, 0.0]])
    truth = multivariate_normal([0, 0], [[2, 1], [1, 1]]).logpdf([[0.0, 0.0]])
    assert mixture.weights[big] == pytest.approx(0.75, abs=0.01)
    assert density == pytest.approx(truth, abs=0.15)


def test_drawn_codes_have_the_mean_and_covariance_of_the_mixture(codes, rng):
    drawn = CodeMixture.by_aic(codes, (2,), seed=0, most=8000).sample(20_000, rng=rng)

    np.testing.assert_allclose(drawn.mean(axis=0), codes.mean(axis=0), atol=0.15)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(codes.T), rtol=0.03)


def test_the_size_is_chosen_and_needs_ten_codes_for_each_component(codes):
    assert len(CodeMixture.by_aic(codes, (1, 2), seed=0, most=8000).weights) == 2
    assert len(CodeMixture.by_aic(codes[590:609], (1, 2), seed=0, most=8000).weights) == 1


def test_two_models_with_the_same_settings_are_not_the_same_model():
    assert Autoencoder() != Autoencoder()


def test_of_many_codes_some_choose_the_mixture_and_all_have_their_say():
    rng = np.random.default_rng(3)
    codes = rng.normal(size=(4000, 2)) + 20 * rng.integers(2, size=4000)[:, None]

    mixture = CodeMixture.by_aic(codes, (1, 2), seed=0, most=200)

    of_all = (
        sorted(codes[codes[:, 0] < 10].mean(axis=0)),
        sorted(codes[codes[:, 0] > 10].mean(axis=0)),
    )
    assert sorted(map(sorted, mixture.means)) == [pytest.approx(mean, abs=1e-9) for mean in of_all]


def test_the_smallest_budget_leaves_codes_to_choose_by(codes, rng):
    model = Autoencoder(budget=1e-6).fit(codes, rng=rng)

    assert model.sample(5, rng=rng).shape == (5, 2)
