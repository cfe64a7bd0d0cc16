"""Langevin chains: the gradient, the correction of long steps, and the measures of mixing."""

import numpy as np
import pytest

from genbench.baselines.chains.langevin import Langevin, effective_sample_size


def rng():
    return np.random.default_rng(0)


def normal(samples):
    """Log-density and gradient of a normal with means 1 and -1, and deviations 2 and a half."""
    noise = (samples - [1, -1]) / [2, 0.5]
    return -(noise**2).sum(axis=1) / 2, -noise / [2, 0.5]


def autoregression(coefficient, n, chains):
    steps = rng().normal(size=(n, chains))
    for i in range(1, n):
        steps[i] = coefficient * steps[i - 1] + np.sqrt(1 - coefficient**2) * steps[i]
    return steps[:, :, None]


def test_reaches_a_distribution_that_the_training_samples_do_not_have():
    train = rng().normal(size=(200, 2)) * 3
    model = Langevin(normal, n_chains=1000, burn_in=400).fit(train, rng=rng())

    samples = model.sample(3000, rng=rng())

    # A thousand independent chains: errors of about .06 and .016, and 2 % of each deviation.
    assert samples.mean(axis=0) == pytest.approx([1, -1], abs=0.2)
    assert samples.std(axis=0) == pytest.approx([2, 0.5], rel=0.08)
    assert model.acceptance_rate == pytest.approx(0.574, abs=0.05)
    assert model.warnings == ()


def test_accepting_and_rejecting_corrects_steps_that_are_far_too_long():
    train = rng().normal(size=(200, 1))
    model = Langevin(lambda x: (-(x[:, 0] ** 2) / 2, -x), n_chains=4000, burn_in=30)
    model.fit(train, rng=rng())
    model.step = 1.3 / model.scale[0]  # uncorrected, the variance would be 1.73, not 1

    variance = model.sample(4000, rng=rng()).var()

    assert variance == pytest.approx(1, abs=0.1)  # four standard deviations


def test_modes_far_apart_do_not_mix_and_a_warning_says_so():
    train = rng().normal(size=(100, 1)) + rng().choice([0.0, 100.0], size=(100, 1))
    model = Langevin(burn_in=100).fit(train, rng=rng())

    assert model.r_hat > 2
    assert any("did not mix" in warning for warning in model.warnings)


def test_chains_stay_where_the_density_is_not_zero():
    def exponential(samples):
        return np.where(samples[:, 0] > 0, -samples[:, 0], -np.inf), np.full_like(samples, -1.0)

    train = rng().exponential(size=(100, 1))
    model = Langevin(exponential, n_chains=1000, burn_in=100).fit(train, rng=rng())

    samples = model.sample(1000, rng=rng())

    assert (samples > 0).all()
    assert samples.mean() == pytest.approx(1, abs=0.13)  # four standard deviations


@pytest.mark.parametrize("coefficient", [-0.4, 0.0, 0.5, 0.9])
def test_effective_size_of_an_autoregression_is_its_closed_form(coefficient):
    trace = autoregression(coefficient, 1000, 50)

    size = effective_sample_size(trace)

    assert size == pytest.approx(50_000 * (1 - coefficient) / (1 + coefficient), rel=0.1)


def test_effective_size_of_a_short_trace_is_the_formula_written_out():
    trace = autoregression(0.6, 40, 2)
    chains = [half for chain in trace[:, :, 0].T for half in (chain[:20], chain[20:])]
    centred = [chain - chain.mean() for chain in chains]
    within = np.mean([chain.var(ddof=1) for chain in chains])
    variance = 19 / 20 * within + np.var([chain.mean() for chain in chains], ddof=1)

    def correlation(lag):
        covariance = [(c[: 20 - lag] * c[lag:]).sum() / 19 for c in centred]
        return 1 - (within - np.mean(covariance)) / variance

    pairs = [1 + correlation(1)] + [correlation(t) + correlation(t + 1) for t in range(2, 20, 2)]
    first_bad = next((i for i, pair in enumerate(pairs) if pair <= 0), len(pairs))
    falling = [min(pairs[: i + 1]) for i in range(first_bad)]
    assert falling != pairs[:first_bad]  # chance made one rise

    size = effective_sample_size(trace)

    assert size == pytest.approx(80 / (2 * sum(falling) - 1))


def test_densities_on_which_no_chain_can_walk_are_refused():
    train = rng().normal(size=(50, 2))

    def flat(samples):
        return np.zeros(len(samples)), np.zeros_like(samples)

    def undefined(samples):
        return np.full(len(samples), np.nan), samples

    with pytest.raises(RuntimeError, match=r"accept 100\.0%"):
        Langevin(flat, burn_in=20).fit(train, rng=rng())
    with pytest.raises(FloatingPointError, match="NaN"):
        Langevin(undefined).fit(train, rng=rng())
