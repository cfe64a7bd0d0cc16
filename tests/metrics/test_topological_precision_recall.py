"""Topological precision and recall: by hand, on copies, far away, and against outliers."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison, Reference
from genbench.evidence.significant_support import SignificantSupport
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.metrics.topological_precision_recall import (
    topological_precision,
    topological_recall,
)


def support(test, generated, seed=0):
    reference = Reference(test=test)
    return SignificantSupport.of(Comparison(reference=reference, generated=generated, seed=seed))


def density(points, centres, width):
    apart = cdist(points, centres)
    return np.where(apart < width, np.cos(np.pi * apart / width / 2), 0).sum(axis=1) / len(centres)


def by_hand(points, k, rng):
    """Width of the kernels and significant level of a set, from resampled sets."""
    width = np.median(np.sort(cdist(points, points), axis=1)[:, k])
    deviations = []
    for counts in rng.multinomial(len(points), np.full(len(points), 1 / len(points)), size=100):
        resampled = np.repeat(points, counts, axis=0)
        off = density(points, resampled, width) - density(points, points, width)
        deviations.append(np.abs(off).max())
    return width, np.quantile(deviations, 0.9)


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(90, 3)), rng.normal(size=(70, 3)) + 0.8

    found = support(test, generated, seed=4)

    test_width, test_level = by_hand(test, 50, rng_for(0, "significant_support"))
    width, level = by_hand(generated, 50, rng_for(4, "significant_support"))
    real = density(test, test, test_width) > test_level
    made = density(generated, generated, width) > level
    precise = density(generated, test, test_width) > test_level
    recalled = density(test, generated, width) > level
    precision = (precise & made).sum() / made.sum()
    assert 0 < topological_precision(found) == pytest.approx(precision)
    assert precision < 1
    assert topological_recall(found) == pytest.approx((recalled & real).sum() / real.sum())


def test_identical_sets_are_precise_and_recalled():
    test = np.random.default_rng(2).normal(size=(150, 2))

    found = support(test, test.copy())

    # Resamples differ, and so does the level a little: one is covered wholly, the other nearly.
    both = sorted([topological_precision(found), topological_recall(found)])
    assert both[1] == 1
    assert both[0] > 0.9


def test_samples_elsewhere_are_neither():
    rng = np.random.default_rng(3)

    found = support(rng.normal(size=(100, 2)), rng.normal(size=(80, 2)) + 1000)

    assert topological_precision(found) == topological_recall(found) == 0


def test_a_few_outliers_are_not_significant():
    rng = np.random.default_rng(4)
    test, generated = rng.normal(size=(2, 300, 2))
    spoilt = np.concatenate([generated[:-15], rng.uniform(20, 40, size=(15, 2))])

    assert not support(test, spoilt).generated_significant[-15:].any()


def test_more_than_32_dimensions_are_projected():
    rng = np.random.default_rng(5)
    test, generated = rng.normal(size=(200, 40)), rng.normal(size=(180, 40))

    found = support(test, generated)

    assert found.parameters == {"k": 160, "n_dimensions": 32}
    assert topological_precision(found) > 0.8
    assert topological_precision(support(test, generated + 3)) == 0


def test_repeated_points_support_each_other():
    constant = np.full((60, 3), 1000.1)

    assert topological_precision(support(constant, constant)) == 1
    assert topological_precision(support(constant, constant + 1)) == 0


def test_too_few_points_are_refused():
    points = np.random.default_rng(6).normal(size=(50, 2))
    many = np.random.default_rng(7).normal(size=(150, 40))

    with pytest.raises(Unavailable, match="needs 51 test samples; there are 50"):
        support(points, points)
    with pytest.raises(Unavailable, match="needs 161 test samples; there are 150"):
        support(many, many)
    nothing = np.zeros(3, dtype=bool)
    with pytest.raises(Unavailable, match="density of generated samples is nowhere significant"):
        topological_precision(SignificantSupport(50, 2, ~nothing, nothing, nothing, ~nothing))


def test_shares_are_of_the_significant_samples_of_the_set_that_is_judged():
    found = SignificantSupport(
        k=50,
        n_dimensions=2,
        test_significant=np.arange(12) < 10,
        test_covered=np.arange(12) < 4,
        generated_significant=np.arange(30) < 20,
        generated_covered=np.arange(30) < 15,
    )

    assert topological_recall(found) == 0.4
    assert topological_precision(found) == 0.75
