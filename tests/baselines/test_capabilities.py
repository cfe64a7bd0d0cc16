"""What a model says of itself, from built-in models that can say it, through `genbench.score`."""

import numpy as np
import pytest
import torch
from scipy.special import expit
from scipy.stats import multivariate_normal

import genbench
from genbench.baselines.autoencoders.pca import PrincipalComponents
from genbench.baselines.autoregressive.masked_autoregressive import MaskedAutoregressive
from genbench.baselines.autoregressive.transformer import Transformer
from genbench.baselines.controls.noise import UniformNoise
from genbench.baselines.flows.realnvp import RealNVP
from genbench.baselines.gans.gan import GAN
from genbench.baselines.latent_variables.vae import VariationalAutoencoder
from genbench.baselines.samplers.gaussian import Gaussian
from genbench.latents.annealing import annealed_log_weights
from genbench.latents.interpolation import paths
from genbench.latents.inversion import reconstruct
from genbench.tournament.pools import play

N, LEVELS = 300, 5


def made(n, seed):
    """Samples (n, 4) that two whole-numbered factors (n, 2) decide, but for a little noise."""
    rng = np.random.default_rng(seed)
    factors = rng.integers(LEVELS, size=(n, 2))
    a, b = factors.T - 2.0
    samples = np.stack([3 * a, b, a * b / 2, a - b], axis=1)
    return samples + 0.1 * rng.normal(size=samples.shape), factors


TRAIN, TRAIN_FACTORS = made(N, 1)
TEST, FACTORS = made(N, 2)
COUNTS_TRAIN, COUNTS_TEST = (np.rint(part[:, :3] * [1, 2, 2] + [6, 4, 4]) for part in (TRAIN, TEST))


OF_CODES = (
    "mutual_information_gap",
    "separated_attribute_predictability",
    "modularity",
    "code_informativeness",
    "code_disentanglement",
    "code_completeness",
)


def scores(*metrics, **inputs):
    found = genbench.score(metrics=metrics, **inputs)
    assert {score.status for score in found.values()} == {"ok"}
    return found


def rng():
    return np.random.default_rng(3)


@pytest.fixture(scope="module")
def vae():
    return VariationalAutoencoder(latent=2, components=1, hidden=64, steps=400, warmup=100).fit(
        TRAIN, rng=rng()
    )


@pytest.fixture(scope="module")
def gan():
    return GAN(latent=4, steps=150).fit(TRAIN, rng=rng())


def encoded(vae):
    points = torch.as_tensor((TEST - vae.mean) / vae.spread, dtype=torch.float32)
    with torch.no_grad():
        mean, log_width = vae.network.encoder(points).chunk(2, dim=1)
    return points, mean, log_width.clamp(-7, 3)


def log_normal(x, mean, log_width):
    return torch.distributions.Normal(mean, log_width.exp()).log_prob(x).sum(dim=1)


@pytest.mark.long
def test_a_variational_autoencoder_gives_bounds_on_its_likelihood(vae):
    points, mean, log_width = encoded(vae)
    volume = np.log(vae.spread).sum()
    generator = torch.Generator().manual_seed(4)

    def log_likelihood(x, z):
        return log_normal(x, *vae.network.decode(z)) - volume

    columns = []
    with torch.no_grad():
        for _ in range(16):
            z = mean + log_width.exp() * torch.randn(mean.shape, generator=generator)
            log_joint = vae.network.prior.log_prob(z) + log_likelihood(points, z)
            columns.append(log_joint - log_normal(z, mean, log_width))
    log_weights = torch.stack(columns, dim=1).numpy()

    found = scores("elbo", "iwae", test=TEST, test_log_weights=log_weights)

    own = vae.elbo(TEST, rng=rng()).mean()
    elbo, iwae = found["elbo"], found["iwae"]
    assert elbo.value == pytest.approx(own, abs=4 * elbo.standard_error)
    assert elbo.value < iwae.value

    annealed = annealed_log_weights(
        vae.network.prior.log_prob,
        log_likelihood,
        vae.network.prior.sample,
        points[:50].numpy(),
        n_chains=8,
        n_steps=200,
    )
    by_annealing, by_encoder = (
        scores("iwae", test_log_weights=weights)["iwae"].value
        for weights in (annealed, log_weights[:50])
    )
    # Two roads to one log-density: with these few steps the one without an encoder falls short.
    assert by_annealing == pytest.approx(by_encoder, abs=0.4)


def test_its_codes_and_reconstructions_are_judged_and_a_search_comes_nearer(vae):
    _, mean, _ = encoded(vae)
    network = vae.network.double()

    def decode(z):
        return network.decode(z)[0] * torch.as_tensor(vae.spread) + torch.as_tensor(vae.mean)

    with torch.no_grad():
        by_encoder = decode(mean.double())
    by_search = reconstruct(decode, TEST, n_latents=2, restarts=2, steps=50)
    network.float()
    found = scores(
        "reconstruction_error",
        "manifold_recall",
        *OF_CODES,
        test=TEST,
        test_reconstruction=by_encoder,
        test_codes=mean,
        test_factors=FACTORS,
    )
    again = scores(
        "reconstruction_error", "manifold_recall", test=TEST, test_reconstruction=by_search
    )
    best = scores(*OF_CODES, test=TEST, test_codes=FACTORS, test_factors=FACTORS)

    searched = again["reconstruction_error"].value
    assert searched <= found["reconstruction_error"].value < 0.5 * TEST.var(axis=0).mean()
    assert again["manifold_recall"].value >= found["manifold_recall"].value
    assert found["code_informativeness"].value > 2 * found["code_informativeness"].chance
    for measure in OF_CODES:
        assert 0 <= found[measure].value < best[measure].value <= 1, measure


def test_principal_components_code_their_samples():
    pca = PrincipalComponents(sizes=(1, 2), restarts=1).fit(TRAIN, rng=rng())
    kept = pca.axes[:, : pca.code_length]
    codes = (TEST - pca.mean) / pca.scale @ kept

    found = scores(
        "reconstruction_error",
        "likelihood_gap",
        "bits_per_dimension",
        "description_length",
        "modularity",
        test=TEST,
        test_log_prob=pca.log_prob(TEST),
        train_log_prob=pca.log_prob(TRAIN),
        test_reconstruction=pca.mean + codes @ kept.T * pca.scale,
        test_codes=codes,
        test_factors=FACTORS,
    )

    missed = (((TEST - pca.mean) / pca.scale @ pca.axes[:, pca.code_length :]) ** 2).sum()
    assert found["reconstruction_error"].value * TEST.size > missed * pca.scale.min() ** 2
    assert found["reconstruction_error"].value < 0.2 * TEST.var(axis=0).mean()
    gap = found["likelihood_gap"]
    assert gap.value == pytest.approx(0, abs=5 * gap.standard_error)
    bits = found["bits_per_dimension"].value
    assert found["description_length"].value == pytest.approx(4 * bits)
    assert found["modularity"].value > 0


def slopes(model, samples):
    """Slopes of a model's log-density, by differences."""
    steps = 1e-5 * np.eye(samples.shape[1])
    ends = [(model.log_prob(samples + step), model.log_prob(samples - step)) for step in steps]
    return np.stack([(up - down) / 2e-5 for up, down in ends], axis=1)


def test_an_exact_density_is_scored_and_through_its_slopes_a_stein_discrepancy():
    gaussian = Gaussian().fit(TRAIN, rng=rng())
    mixture = PrincipalComponents(sizes=(9,), restarts=1).fit(TRAIN, rng=rng())
    covariance = gaussian.factor @ gaussian.factor.T
    drawn = gaussian.sample(N, rng=rng())

    plain, finer = (
        scores(
            "log_likelihood",
            "bits_per_dimension",
            "kernel_stein_discrepancy",
            test=TEST,
            test_log_prob=model.log_prob(TEST),
            test_score=slopes(model, TEST),
        )
        for model in (gaussian, mixture)
    )
    of_itself = scores("ksd", test=drawn, test_score=slopes(gaussian, drawn))["ksd"]

    law = multivariate_normal(gaussian.mean, covariance)
    expected = law.logpdf(TEST).mean()
    assert plain["log_likelihood"].value == pytest.approx(expected)
    assert plain["bits_per_dimension"].value == pytest.approx(-expected / 4 / np.log(2))
    by_hand = -np.linalg.solve(covariance, (TEST - gaussian.mean).T).T
    assert slopes(gaussian, TEST) == pytest.approx(by_hand, rel=1e-4, abs=1e-4)
    assert finer["log_likelihood"].value > plain["log_likelihood"].value
    assert plain["kernel_stein_discrepancy"].p_value == pytest.approx(1 / 200)
    assert of_itself.p_value > 0.02
    assert of_itself.value == pytest.approx(0, abs=4 * of_itself.standard_error)


def test_principal_components_reconstruct_pictures(pictures):
    parts = pictures.reference.train, pictures.reference.test
    train, test = (part.reshape(len(part), -1) for part in parts)
    likenesses = ("structural_similarity", "peak_signal_to_noise_ratio", "sharpness_difference")

    found = []
    for kept in (0.5, 0.95):
        pca = PrincipalComponents(kept_variance=kept, sizes=(1,), restarts=1).fit(train, rng=rng())
        axes = pca.axes[:, : pca.code_length]
        made = pca.mean + (test - pca.mean) / pca.scale @ axes @ axes.T * pca.scale
        found.append(
            scores(
                *likenesses,
                test=parts[1],
                test_reconstruction=made.reshape(parts[1].shape),
                data_range=1.0,
            )
        )

    coarse, fine = found
    for likeness in likenesses:
        assert coarse[likeness].value < fine[likeness].value
    assert fine["structural_similarity"].value < 1


@pytest.mark.parametrize(
    "model", [RealNVP(layers=4, steps=150), MaskedAutoregressive(epochs=5)], ids=type
)
def test_densities_of_counts_take_no_more_bits_than_even_guesses(model):
    fitted = model.fit(COUNTS_TRAIN, rng=rng())
    noise = rng().uniform(-0.5, 0.5, size=COUNTS_TEST.shape)

    found = scores("bpd", test=COUNTS_TEST, test_log_prob=fitted.log_prob(COUNTS_TEST + noise))

    bits = found["bpd"]
    span = COUNTS_TRAIN.max() - COUNTS_TRAIN.min() + 1
    entropy = np.log2(LEVELS**2) / 3  # the factors', spread over three values
    assert entropy < bits.value < np.log2(span) + 4 * bits.standard_error
    assert "even noise" in bits.warnings[0]


def test_a_transformers_tokens_take_the_bits_of_its_density():
    model = Transformer(epochs=3, width=16, layers=1).fit(COUNTS_TRAIN, rng=rng())
    levels = model.levels.of(COUNTS_TEST)
    log_prob = model.net(levels).log_softmax(-1).gather(2, levels[:, :, None]).flatten()

    found = scores(
        "bits_per_dimension",
        "bits_per_byte",
        "perplexity",
        test=COUNTS_TEST,
        test_log_prob=model.log_prob(COUNTS_TEST),
        token_log_prob=log_prob,
        test_bytes=float(COUNTS_TEST.size),
    )

    # A value is a token, and would fit in a byte.
    assert found["bits_per_byte"].value == pytest.approx(found["bits_per_dimension"].value)
    assert 1 < found["perplexity"].value < model.levels.count
    assert found["perplexity"].value == pytest.approx(2 ** found["bits_per_byte"].value)


def test_a_gans_latents_are_walked_through_and_searched(gan):
    network = gan.generator.double()

    def decode(z):
        made = network(torch.as_tensor(z)) * torch.as_tensor(gan.units.scale)
        return made + torch.as_tensor(gan.units.centre)

    latents = rng().normal(size=(N, gan.latent))
    found = scores(
        "latent_information",
        "perceptual_path_length",
        "reconstruction_error",
        test=TEST,
        test_reconstruction=reconstruct(decode, TEST, n_latents=gan.latent, restarts=1, steps=30),
        generated=decode(latents),
        generated_latents=latents,
        **paths(decode, lambda n, rng: rng.normal(size=(n, gan.latent)), 200),
    )
    network.float()

    assert found["latent_information"].value > 0
    assert found["perceptual_path_length"].value > 0
    assert found["perceptual_path_length"].warnings == ()
    assert found["reconstruction_error"].value < TEST.var(axis=0).mean()


def test_models_play_against_each_other(gan):
    models = {
        "gan": gan,
        "gaussian": Gaussian().fit(TRAIN, rng=rng()),
        "noise": UniformNoise().fit(TRAIN, rng=rng()),
    }
    pool = play(
        {name: model.sample(N, rng=rng()) for name, model in models.items()},
        train=TRAIN,
        test=TEST,
    )

    by_games = ("tournament_win_rate", "skill_rating", "bradley_terry_strength")
    found = {name: scores(*by_games, "nrds", pool=pool.of(name)) for name in models}

    for measure in by_games:
        assert found["gaussian"][measure].value > found["noise"][measure].value
        assert found["noise"][measure].parameters["pool"] == ("gan", "gaussian", "noise")
    shares = [found[name]["nrds"].value for name in models]
    assert sum(shares) == pytest.approx(1)
    strengths = [found[name]["bradley_terry_strength"].value for name in models]
    assert sum(strengths) == pytest.approx(0)


def test_a_gan_brings_its_own_discriminator(gan):
    samples = {
        "gan": gan.sample(N, rng=rng()),
        "noise": UniformNoise().fit(TRAIN, rng=rng()).sample(N, rng=rng()),
    }

    pool = play(samples, train=TRAIN, test=TEST, discriminators={"gan": gan.discriminate})

    win_rate = scores("tournament_win_rate", pool=pool.of("noise"))["tournament_win_rate"]
    taken_for_real = (gan.discriminate(samples["noise"]) > 0.5).mean()
    # One half of the samples was judged: the other is for networks to learn from.
    assert win_rate.value == pytest.approx(taken_for_real, abs=4 * win_rate.standard_error + 0.01)
    assert pool.test_errors[0] == (gan.discriminate(TEST) <= 0.5).mean()


def test_densities_are_their_own_best_discriminators():
    """A sample is real with the odds of the data's density, here a good model's, to the model's."""
    truth = PrincipalComponents(sizes=(9,), restarts=1).fit(TRAIN, rng=rng())
    models = {
        "one": Gaussian().fit(TRAIN[::2], rng=rng()),
        "other": Gaussian().fit(TRAIN[1::2], rng=rng()),
        "noise": UniformNoise().fit(TRAIN, rng=rng()),
    }

    def discriminator(model):
        return lambda x: expit(truth.log_prob(x) - model.log_prob(x))

    pool = play(
        {name: model.sample(2000, rng=rng()) for name, model in models.items()},
        train=TRAIN,
        test=truth.sample(2000, rng=rng()),
        discriminators={name: discriminator(model) for name, model in models.items()},
    )
    found = {
        name: genbench.score(
            metrics=["gam", "tournament_win_rate", "skill_rating"], pool=pool.of(name)
        )
        for name in models
    }

    one, other = (found[name]["gam"] for name in ("one", "other"))
    assert one.value * other.value == pytest.approx(1)
    assert one.value == pytest.approx(1, abs=4 * one.standard_error)
    assert "errs about as often" in found["noise"]["gam"].reason
    for measure in ("tournament_win_rate", "skill_rating"):
        assert found["noise"][measure].value < found["one"][measure].value


def test_one_model_a_class_is_a_conditional_model():
    train_labels, test_labels = TRAIN_FACTORS[:, 0], FACTORS[:, 0]
    drawn = [
        Gaussian().fit(TRAIN[train_labels == label], rng=rng()).sample(60, rng=rng())
        for label in range(LEVELS)
    ]

    found = scores(
        "gan_train",
        "gan_test",
        "gqi",
        "boundary_distortion",
        "adversarial_divergence",
        train=TRAIN,
        train_labels=train_labels,
        test=TEST,
        test_labels=test_labels,
        generated=np.concatenate(drawn),
        generated_labels=np.repeat(np.arange(LEVELS), 60),
    )

    accuracy = found["gan_train"]
    assert accuracy.value > 0.9 > accuracy.chance + 0.5
    assert found["gan_test"].value > 0.9
    assert found["boundary_distortion"].value < 0.1
    assert found["gqi"].value > 90
    assert found["adversarial_divergence"].value < 0.3
