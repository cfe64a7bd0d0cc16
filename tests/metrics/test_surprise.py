"""Bayesian surprise against the divergence of Dirichlet distributions."""

import numpy as np
import pytest
from scipy.special import digamma, gammaln

from genbench.creativity.beliefs import JEFFREYS, sight_surprise
from genbench.evidence import Comparison, Proximity, Reference
from genbench.metrics.surprise import bayesian_surprise, most_surprise


def proximity(train, generated):
    return Proximity.of(Comparison(reference=Reference(train=train), generated=generated))


def divergence(new, old):
    """KL(Dirichlet(new) || Dirichlet(old)), the general formula."""
    return (
        gammaln(new.sum())
        - gammaln(new).sum()
        - gammaln(old.sum())
        + gammaln(old).sum()
        + ((new - old) * (digamma(new) - digamma(new.sum()))).sum()
    )


def test_a_symbol_never_seen_among_many_surprises_most():
    found = sight_surprise(np.full(4, JEFFREYS), np.array([2.0, 10.0, 1e3, 1e9]))

    assert found[-1] <= most_surprise() == pytest.approx(found[-1], abs=1e-8)


def test_familiarity_and_total_are_written_out():
    train = np.array([[0.0], [1.0], [3.0]])  # spacings 1, 1 and 2: their median is 1
    generated = np.array([[0.0], [2.0]])

    found = bayesian_surprise(proximity(train, generated))

    seen = [1 + np.exp(-2) + np.exp(-18), np.exp(-8) + 2 * np.exp(-2)]
    beliefs = [np.array([JEFFREYS + count, 5 - JEFFREYS - count]) for count in seen]
    expected = [divergence(belief + np.array([1, 0]), belief) for belief in beliefs]
    assert found == pytest.approx(np.mean(expected), rel=1e-10)


def test_copies_surprise_less_than_fresh_samples_and_these_less_than_noise():
    rng = np.random.default_rng(2)
    train, fresh = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    noise = rng.normal(size=(300, 2)) * 100

    copied, real, noisy = (
        bayesian_surprise(proximity(train, samples)) for samples in (train, fresh, noise)
    )

    assert copied < real < noisy <= most_surprise()


def test_on_repeated_training_samples_only_exact_repeats_are_familiar():
    train = np.repeat([[0.0], [1.0]], 10, axis=0)

    found = proximity(train, np.array([[0.0], [0.4]]))

    assert found.familiarity == pytest.approx([10, 0])


def test_it_is_the_mean_over_samples():
    train = np.random.default_rng(4).normal(size=(50, 1))
    generated = np.array([[0.0], [1.0], [9.0]])

    each = [bayesian_surprise(proximity(train, row[None])) for row in generated]

    assert bayesian_surprise(proximity(train, generated)) == pytest.approx(np.mean(each))
