"""Models that are told classes draw those that they are asked for."""

from functools import cache

import numpy as np
import pytest

from genbench.baselines.autoregressive.conditional_transformer import ConditionalTransformer
from genbench.baselines.diffusion.conditional_ddpm import ConditionalDDPM
from genbench.baselines.gans.conditional_gan import ConditionalGAN
from genbench.baselines.latent_variables.conditional_vae import ConditionalVAE
from genbench.models.find import baselines, is_conditional

CENTRES = np.array([[-6.0, -300], [0, 300], [6, -300]])
NAMES = np.array([7, 3, 5])  # of the classes: neither in order nor from 0
MODELS = {
    "conditional_gan": lambda: ConditionalGAN(latent=4, hidden=32, steps=1000, batch=64),
    "conditional_vae": lambda: ConditionalVAE(latent=2, hidden=32, steps=300, warmup=50),
    "conditional_ddpm": lambda: ConditionalDDPM(hidden=32, blocks=1, steps=300, times=100),
    "conditional_transformer": lambda: ConditionalTransformer(width=32, layers=1, epochs=25),
}
# The GAN takes a minute to learn what the others do in seconds.
every_model = pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.long if name == "conditional_gan" else ())
        for name in MODELS
    ],
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def made():
    """Three clusters of unlike sizes, and the name of each sample's own."""
    rng = np.random.default_rng(0)
    cluster = np.repeat(np.arange(3), [50, 100, 250])
    samples = CENTRES[cluster] + rng.normal(size=(400, 2)) * [0.3, 15]
    return samples, NAMES[cluster]


@pytest.fixture(scope="module")
def fitted(made):
    """Models that were told the names, each made when it is asked for."""
    train, labels = made
    return cache(
        lambda name: MODELS[name]().fit(train, rng=np.random.default_rng(1), labels=labels)
    )


def nearest(samples):
    return (np.abs(samples[:, None] - CENTRES) / [1, 50]).sum(axis=-1).argmin(axis=1)


def test_all_that_the_catalog_has_are_tried_here():
    found = {name for name, spec in baselines().items() if is_conditional(spec.make())}

    assert found == set(MODELS)


@every_model
def test_samples_are_of_the_classes_that_were_asked_for(name, fitted, rng):
    asked = rng.choice(NAMES, size=300)

    drawn = fitted(name).sample(300, rng=rng, labels=asked)

    assert (NAMES[nearest(drawn)] == asked).mean() > 0.95


@every_model
def test_labels_are_what_is_learned_and_not_where_samples_lie(name, made, rng):
    """Where labels say nothing of the sample, samples of one class are like all."""
    train, _ = made
    model = MODELS[name]().fit(train, rng=rng, labels=rng.integers(2, size=len(train)))

    drawn = nearest(model.sample(300, rng=rng, labels=np.ones(300, dtype=int)))

    # Of the three clusters; in so short a game, a GAN may lose the smallest.
    assert (np.bincount(drawn, minlength=3) > 10).sum() >= 2


@every_model
def test_without_labels_classes_are_clusters_drawn_by_their_share(name, made, rng):
    train, _ = made
    model = MODELS[name]()
    model.classes = 3
    model.fit(train, rng=rng)

    shares = np.bincount(nearest(model.sample(1000, rng=rng)), minlength=3) / 1000

    np.testing.assert_allclose(shares, [1 / 8, 1 / 4, 5 / 8], atol=0.06)  # 4 standard errors


@every_model
def test_a_class_that_there_is_not_is_refused(name, fitted, rng):
    model = fitted(name)

    with pytest.raises(ValueError, match="No training sample is of class 4"):
        model.sample(2, rng=rng, labels=np.array([3, 4]))
    with pytest.raises(ValueError, match="1 labels for 2 samples"):
        model.sample(2, rng=rng, labels=np.array([3]))


def test_the_vae_s_bound_is_one_on_the_sum_over_classes(made, fitted, rng):
    """It is below the same decoder's likelihood, by sampling classes and latents."""
    import torch

    model, test = fitted("conditional_vae"), made[0][::40]

    bound = model.elbo(test, rng=rng, draws=64)

    points, network, draws = model.standardize(test), model.network, 20_000
    with torch.no_grad():
        latents = network.prior.sample(draws, torch.Generator().manual_seed(0))
        likelihood = []
        for point in points:
            rows = torch.cat(
                [
                    point.expand(draws, -1),
                    model.known.flags(rng.choice(3, draws, p=model.known.shares)),
                ],
                dim=1,
            )
            likelihood.append(
                float(torch.logsumexp(network.log_likelihood(rows, latents), 0)) - np.log(draws)
            )
    assert (bound < np.array(likelihood) + 0.1).all()
    assert np.mean(np.array(likelihood) - bound) < 1.0


def test_latents_of_the_vae_hold_the_class(made, fitted, rng):
    train, model = made[0], fitted("conditional_vae")

    latents = model.encode(train)

    assert latents.shape == (400, 2 + 3)
    np.testing.assert_array_equal(nearest(model.decode(latents)), nearest(train))
    assert model.sample_latents(7, rng=rng).shape == (7, 5)


def test_the_transformer_s_density_is_the_sum_over_classes(rng):
    """On two whole numbers and two classes, every cell's mass can be added up."""
    labels = rng.integers(2, size=400)
    train = rng.binomial(2, 0.2 + 0.5 * labels[:, None], size=(400, 2)).astype(float)
    model = ConditionalTransformer(width=16, layers=1, epochs=5).fit(train, rng=rng, labels=labels)
    cells = np.stack(np.meshgrid(range(3), range(3)), axis=-1).reshape(-1, 2).astype(float)

    assert np.exp(model.log_prob(cells)).sum() == pytest.approx(1, abs=1e-5)
