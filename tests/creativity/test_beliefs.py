"""Bayesian surprise against quadrature, sampling and the identities that it must keep."""

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad
from scipy.special import digamma, entr, gammaln, rel_entr

from genbench.creativity.beliefs import (
    Dirichlet,
    GammaRate,
    GaussianMean,
    inspiration_surprise,
    sight_surprise,
    surprise,
)
from genbench.ground.errors import BadInput

GAUSSIAN = GaussianMean(mean=0.3, variance=1.7, noise=0.6)
GAMMA = GammaRate(shape=2.5, rate=1.3)


def by_quadrature(after, before, low, high):
    """KL(after || before) of two frozen laws of one number."""

    def integrand(x):
        return np.exp(after.logpdf(x)) * (after.logpdf(x) - before.logpdf(x))

    return quad(integrand, low, high, epsabs=1e-12, epsrel=1e-10, limit=200)[0]


def gaussian_law(belief):
    return stats.norm(belief.mean, np.sqrt(belief.variance))


def gamma_law(belief):
    return stats.gamma(belief.shape, scale=1 / belief.rate)


def test_surprise_of_a_gaussian_mean_is_its_integral():
    before, after = gaussian_law(GAUSSIAN), gaussian_law(GAUSSIAN.updated(2.1))

    assert surprise(GAUSSIAN, 2.1) == pytest.approx(by_quadrature(after, before, -12, 12))
    reverse = surprise(GAUSSIAN, 2.1, base="prior||posterior")
    assert reverse == pytest.approx(by_quadrature(before, after, -12, 12))


def test_surprise_of_a_gaussian_mean_is_written_out():
    m0, v0, noise, x = 0.3, 1.7, 0.6, 2.1
    v1 = v0 * noise / (v0 + noise)
    m1 = m0 + v0 / (v0 + noise) * (x - m0)

    found = surprise(GAUSSIAN, x)

    assert found == pytest.approx((v1 / v0 + (m1 - m0) ** 2 / v0 - 1 + np.log(v0 / v1)) / 2)


def test_surprise_of_a_poisson_mean_is_its_integral():
    before, after = gamma_law(GAMMA), gamma_law(GAMMA.updated(6))

    assert surprise(GAMMA, 6) == pytest.approx(by_quadrature(after, before, 1e-12, 40), rel=1e-7)
    reverse = surprise(GAMMA, 6, base="prior||posterior")
    assert reverse == pytest.approx(by_quadrature(before, after, 1e-12, 40), rel=1e-7)


@pytest.mark.parametrize("n", [0, 1, 6])
def test_surprise_of_a_poisson_mean_is_written_out(n):
    a, b = 2.5, 1.3

    found = surprise(GAMMA, n)

    levels = n * digamma(a + n) - gammaln(a + n) + gammaln(a)
    assert found == pytest.approx(levels + a * np.log((b + 1) / b) - (a + n) / (b + 1))


def test_surprise_of_shares_is_written_out():
    alpha, counts = np.array([0.5, 2.0, 1.5, 7.0]), np.array([3, 0, 1, 0])

    found = surprise(Dirichlet(alpha), counts)

    total, n = alpha.sum(), counts.sum()
    expected = gammaln(total + n) - gammaln(alpha + counts).sum()
    expected += gammaln(alpha).sum() - gammaln(total)
    expected += (counts * (digamma(alpha + counts) - digamma(total + n))).sum()
    assert found == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("base", ["posterior||prior", "prior||posterior"])
def test_surprise_of_shares_agrees_with_sampling(base):
    before, counts = np.array([0.5, 1.5, 2.5]), np.array([0, 2, 1])
    after = before + counts
    first, second = (after, before) if base == "posterior||prior" else (before, after)
    shares = np.random.default_rng(1).dirichlet(first, size=4000).T
    shares = np.maximum(shares, 1e-300)
    shares /= shares.sum(axis=0)

    ratios = stats.dirichlet(first).logpdf(shares) - stats.dirichlet(second).logpdf(shares)

    error = ratios.std() / np.sqrt(len(ratios))
    found = surprise(Dirichlet(before), counts, base=base)
    assert found == pytest.approx(ratios.mean(), abs=4 * error)


@pytest.mark.parametrize("symbol", range(5))
def test_one_more_sight_of_a_symbol_moves_a_dirichlet_so_far(symbol):
    weights = 0.5 + np.array([0.0, 1.0, 2.0, 0.3, 7.5])

    found = sight_surprise(weights[symbol], weights.sum())

    once = (np.arange(5) == symbol).astype(float)
    assert found == pytest.approx(surprise(Dirichlet(weights), once), rel=1e-10)


def test_surprise_falls_with_every_sight_and_rises_with_all_there_is_to_see():
    assert (np.diff(sight_surprise(0.5 + np.arange(20.0), 100.0)) < 0).all()
    assert (np.diff([sight_surprise(0.5, total) for total in (2.0, 10.0, 1e3)]) > 0).all()


def test_a_gaussian_mean_surprises_on_average_by_half_a_logarithm():
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    spread = np.sqrt(GAUSSIAN.variance + GAUSSIAN.noise)  # of what is about to be observed

    surprises = [surprise(GAUSSIAN, GAUSSIAN.mean + spread * node) for node in nodes]

    average = np.average(surprises, weights=weights)
    expected = np.log1p(GAUSSIAN.variance / GAUSSIAN.noise) / 2
    assert average == pytest.approx(expected, rel=1e-12)


def test_average_surprise_is_the_mutual_information_of_artifact_and_belief():
    alpha = np.array([2.0, 3.0])
    chances = alpha / alpha.sum()

    average = chances @ [surprise(Dirichlet(alpha), symbol) for symbol in np.eye(2)]

    doubt = quad(lambda p: stats.beta(2, 3).pdf(p) * entr([p, 1 - p]).sum(), 0, 1)[0]
    assert average == pytest.approx(entr(chances).sum() - doubt, rel=1e-9)


def test_nothing_observed_is_no_surprise():
    assert surprise(Dirichlet([0.5, 3.0]), [0, 0]) == 0


def test_surprise_of_one_more_number_dies_out_as_one_over_n():
    known = [GAUSSIAN.updated(np.full(n, 1.0)) for n in (1000, 2000)]

    first, second = (surprise(belief, belief.mean + 0.5) for belief in known)

    assert first / second == pytest.approx(2, rel=0.01)


def test_many_observations_at_once_are_one_after_another():
    numbers, counts = [0.2, -1.0, 3.5], [0, 4, 2]

    for belief, observed in ((GAUSSIAN, numbers), (GAMMA, counts)):
        step_by_step = belief
        for one in observed:
            step_by_step = step_by_step.updated(one)
        assert belief.updated(observed).divergence(step_by_step) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    "improper",
    [
        lambda: Dirichlet([1.0, 0.0]),
        lambda: Dirichlet([1.0, -0.5]),
        lambda: Dirichlet([1.0, np.nan]),
        lambda: GaussianMean(0.0, 0.0, 1.0),
        lambda: GaussianMean(0.0, np.inf, 1.0),
        lambda: GaussianMean(0.0, 1.0, 0.0),
        lambda: GaussianMean(np.nan, 1.0, 1.0),
        lambda: GammaRate(0.0, 1.0),
        lambda: GammaRate(1.0, 0.0),
    ],
)
def test_improper_beliefs_are_refused(improper):
    with pytest.raises(BadInput):
        improper()


@pytest.mark.parametrize(
    ("belief", "observed"),
    [
        (Dirichlet([1.0, 2.0]), [1.0, 2.0, 3.0]),
        (Dirichlet([1.0, 2.0]), [1.0, -2.0]),
        (GAMMA, -1),
        (GAMMA, 0.5),
        (GAUSSIAN, np.nan),
    ],
)
def test_observations_of_another_kind_are_refused(belief, observed):
    with pytest.raises(BadInput):
        surprise(belief, observed)


def test_an_unknown_base_is_refused():
    with pytest.raises(BadInput, match="base"):
        surprise(GAMMA, 1, base="both")


def test_an_inspiration_set_is_moved_as_written_out():
    inspiration = ["sonnet", "sonnet", "haiku"]
    before = np.array([2.5, 1.5, 0.5])

    for artifact, joins in (("sonnet", 0), ("haiku", 1), ("ode", 2)):
        after = before + (np.arange(3) == joins)
        laws = after / 5.5, before / 4.5
        found = inspiration_surprise(inspiration, artifact)
        assert found == pytest.approx(rel_entr(*laws).sum())
        reverse = inspiration_surprise(inspiration, artifact, base="prior||posterior")
        assert reverse == pytest.approx(rel_entr(*laws[::-1]).sum())


def test_what_is_new_surprises_most_and_what_is_common_least():
    inspiration = "aaaaaabbc"

    found = [inspiration_surprise(inspiration, artifact) for artifact in "abcd"]

    assert (np.diff(found) > 0).all()


def test_with_hardly_any_smoothing_all_that_is_new_surprises_without_end_or_alike():
    """Why there is smoothing: one way round its surprise has no bound, the other way no content."""
    inspiration = ["sonnet"] * 3 + ["haiku"] * 2

    found = [
        [inspiration_surprise(inspiration, "ode", base=base, smoothing=s) for s in (1e-6, 1e-12)]
        for base in ("posterior||prior", "prior||posterior")
    ]

    # A sixth of the law goes to what had 1 in 5 million million or so before.
    assert found[0][1] - found[0][0] == pytest.approx(np.log(1e6) / 6, rel=1e-4)
    assert found[1] == pytest.approx([np.log(6 / 5)] * 2, rel=1e-4)


def test_without_smoothing_an_inspiration_set_cannot_be_surprised():
    for smoothing in (0.0, -1.0, np.inf):
        with pytest.raises(BadInput, match="smoothing"):
            inspiration_surprise("ab", "c", smoothing=smoothing)
