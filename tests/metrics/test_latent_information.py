"""Latent information: linear-Gaussian models, where it is known, and latents of other laws."""

import numpy as np
import pytest
from scipy.stats import norm

from genbench.evidence import Comparison, Reference
from genbench.evidence.latent_encoding import LatentEncoding, _dependent
from genbench.ground.errors import Unavailable
from genbench.metrics.latent_information import latent_information, mean_error

A = np.random.default_rng(1).normal(size=(5, 3))
WIDTH = 0.5
INFORMATION = np.linalg.slogdet(np.eye(3) + A.T @ A / WIDTH**2)[1] / 2


def encoding(generated, latents, seed=0):
    return LatentEncoding.of(
        Comparison(reference=Reference(), generated=generated, generated_latents=latents, seed=seed)
    )


def linear(n, seed=2):
    rng = np.random.default_rng(seed)
    latents = rng.normal(size=(n, 3))
    return latents @ A.T + WIDTH * rng.normal(size=(n, 5)), latents


def test_of_a_linear_gaussian_model_it_is_half_a_log_determinant():
    found = encoding(*linear(4000))

    # Six entries of a covariance, each off by the root of 2 over 1000 samples, cost a hair.
    slack = 4 * mean_error(found) + 0.01
    assert latent_information(found) == pytest.approx(INFORMATION, abs=slack)
    assert found.parameters == {"encoder": "linear", "n_latents": 3, "n_judged": 1000}
    assert found.warnings == ()


def test_the_law_of_a_latent_does_not_matter():
    samples, latents = linear(1000)

    even = encoding(samples, 2 * norm.cdf(latents) - 1)
    scaled = encoding(samples, latents * np.array([10.0, 0.1, -1]) + 7)

    assert latent_information(even) == pytest.approx(latent_information(encoding(samples, latents)))
    assert latent_information(scaled) == pytest.approx(INFORMATION, abs=4 * mean_error(scaled))


def test_one_latent_of_known_information():
    rng = np.random.default_rng(3)
    latents = rng.normal(size=(4000, 1))
    samples = latents + 0.5 * rng.normal(size=(4000, 1))

    found = encoding(samples, latents)

    expected = 0.5 * np.log(1 + 4)
    assert latent_information(found) == pytest.approx(expected, abs=4 * mean_error(found))


def test_samples_that_ignore_their_latents_tell_nothing():
    rng = np.random.default_rng(4)
    samples, latents = rng.normal(size=(2, 2000, 2))

    found = encoding(samples, latents)

    assert latent_information(found) == pytest.approx(0, abs=4 * mean_error(found) + 0.02)
    assert latent_information(found) < 0.05


def test_a_network_encodes_what_a_linear_map_cannot():
    rng = np.random.default_rng(5)
    latents = rng.uniform(size=(3000, 1))
    angle = 1.8 * np.pi * latents
    samples = np.hstack([np.cos(angle), np.sin(angle)]) + 0.05 * rng.normal(size=(3000, 2))

    found = encoding(samples, latents)

    assert found.encoder == "network"
    assert latent_information(found) > 1.5


def test_is_not_fooled_by_learning_by_heart():
    rng = np.random.default_rng(6)
    samples, latents = rng.normal(size=(200, 60)), rng.normal(size=(200, 4))

    assert latent_information(encoding(samples, latents)) < 0


def test_many_latents_of_few_samples_are_not_lost():
    rng = np.random.default_rng(7)
    latents = rng.normal(size=(400, 30))
    samples = latents[:, :3] + 0.1 * rng.normal(size=(400, 3))

    found = latent_information(encoding(samples, latents))

    # Each of 30 variances and each of 120 weights of the encoder costs a little.
    assert 0.75 * 1.5 * np.log(101) < found < 1.5 * np.log(101)


def test_says_when_latents_depend_on_each_other():
    samples, latents = linear(500)
    latents[:, 1] += latents[:, 0]

    assert "correlated" in encoding(samples, latents).warnings[0]


def test_refuses_few_samples_and_discrete_latents():
    samples, latents = linear(100)

    with pytest.raises(Unavailable, match="needs 80"):
        encoding(samples[:50], latents[:50])
    with pytest.raises(Unavailable, match="continuous"):
        encoding(samples, np.rint(latents))
    with pytest.raises(Unavailable, match="latents"):
        encoding(samples, None)


def test_no_encoder_finds_more_than_there_is():
    rng = np.random.default_rng(8)
    latents = rng.normal(size=(2000, 1))
    samples = latents**3 + 0.5 * rng.normal(size=(2000, 1))

    found = encoding(samples, latents)

    # Nats that a sample tells, by the entropy of its density, which is an integral over latents.
    grid, z = np.linspace(-60, 60, 3001), np.linspace(-4.5, 4.5, 1801)
    weights = norm.pdf(z) / norm.pdf(z).sum()
    density = sum(w * norm.pdf(grid, mean, 0.5) for w, mean in zip(weights, z**3, strict=True))
    entropy = -np.trapezoid(np.where(density > 0, density * np.log(density + 1e-300), 0), grid)
    truth = entropy - norm(scale=0.5).entropy()
    assert 0.5 < latent_information(found) < truth


def test_what_is_told_exactly_counts_as_told_to_a_variance_of_a_billionth():
    n = 400
    order = np.random.default_rng(9).permutation(n)
    latents = norm.ppf((order + 1) / (n + 1))[:, None]

    found = encoding(latents, latents)

    expected = (np.log(1e9) + 1) / 2
    assert latent_information(found) == pytest.approx(expected, abs=4 * mean_error(found))


@pytest.mark.parametrize(("z", "dependent"), [(3.28, False), (3.30, True)])
def test_latents_are_dependent_if_one_in_a_thousand_is_as_correlated(z, dependent):
    assert norm.isf(0.001 / 2) == pytest.approx(3.29, abs=0.001)
    n = 400
    columns = np.column_stack([np.ones(n), np.random.default_rng(10).normal(size=(n, 2))])
    one, other = np.linalg.qr(columns)[0][:, 1:].T
    correlation = z / np.sqrt(n)

    pair = np.stack([one, correlation * one + np.sqrt(1 - correlation**2) * other], axis=1)

    assert _dependent(pair) is dependent


def test_a_negative_correlation_is_a_dependence_too():
    samples, latents = linear(500)
    latents[:, 1] -= latents[:, 0]

    assert "correlated" in encoding(samples, latents).warnings[0]
