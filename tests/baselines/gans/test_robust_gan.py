"""A fifth of the data, far off, hardly moves the estimate."""

import numpy as np
import pytest
from scipy import stats

from genbench.baselines.gans.robust_gan import RobustGAN


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_a_fifth_of_bad_samples_moves_it_less_than_the_mean_and_the_median(rng):
    train = rng.normal(size=(5000, 10))
    train[:1000] += 5

    centre = RobustGAN(steps=200).fit(train, rng=rng).centre

    # .06 or so over the seeds tried, as the mean of the good samples; the others 1.0 and 3.2.
    assert np.linalg.norm(centre) < 0.15
    assert np.linalg.norm(np.median(train, axis=0)) > 0.9
    assert np.linalg.norm(train.mean(axis=0)) > 3


def test_the_width_is_that_of_the_good_samples_in_their_units(rng):
    train = [100, -1] + rng.normal(size=(3000, 2)) * [50, 0.1]
    train[:600] = [100, -1] + rng.normal(size=(600, 2)) * [500, 1]

    model = RobustGAN(steps=200).fit(train, rng=rng)

    np.testing.assert_allclose(model.centre, [100, -1], atol=10)
    np.testing.assert_allclose(model.width / [50, 0.1], 1, atol=0.35)  # the sample's: 4.5


def test_log_prob_is_the_density_of_its_samples(rng):
    model = RobustGAN(steps=5).fit(rng.normal(size=(200, 2)) * [1, 100], rng=rng)
    samples = model.sample(2000, rng=rng)

    expected = stats.multivariate_normal(model.centre, np.diag(model.width**2)).logpdf(samples)

    np.testing.assert_allclose(model.log_prob(samples), expected)
    np.testing.assert_allclose(samples.std(axis=0) / model.width, 1, atol=0.06)  # 4 errors


def test_the_discriminator_gives_probabilities(rng):
    train = rng.normal(size=(200, 2)) * [1, 100]

    belief = RobustGAN(steps=5).fit(train, rng=rng).discriminate(train)

    assert belief.shape == (200,)
    assert 0 < belief.min() <= belief.max() < 1


def test_divergence_is_an_error(rng):
    with pytest.raises(FloatingPointError, match="not finite"):
        RobustGAN(steps=5, learning_rate=1e30).fit(rng.normal(size=(50, 2)), rng=rng)
