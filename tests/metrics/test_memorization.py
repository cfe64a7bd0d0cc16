"""Memorization: the definition and its direction written out, copies, and samples of zeros."""

import numpy as np
import pytest

from genbench.evidence import Comparison, Reference
from genbench.evidence.memorization import InformedMoments, Memorization
from genbench.ground.errors import Unavailable
from genbench.metrics.memorization import (
    distance_error,
    memorization_distance,
    memorization_informed_frechet_distance,
)


def compared(train, generated, test=None):
    return Comparison(reference=Reference(test=test, train=train), generated=generated)


def memorization(train, generated):
    return Memorization.of(compared(train, generated))


def cosine_distance(one, other):
    return 1 - abs(one @ other) / np.sqrt((one @ one) * (other @ other))


def distance_of_gaussians(test, generated):
    (mean, covariance), (other_mean, other) = (
        (part.mean(axis=0), np.cov(part.T)) for part in (test, generated)
    )
    roots = np.sqrt(np.linalg.eigvals(covariance @ other).real).sum()
    return ((mean - other_mean) ** 2).sum() + np.trace(covariance + other) - 2 * roots


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    train, generated = rng.normal(size=(30, 4)), rng.normal(size=(20, 4)) + 1

    found = memorization(train, generated)

    nearest = [min(cosine_distance(sample, other) for other in train) for sample in generated]
    assert found.distances == pytest.approx(nearest)
    assert memorization_distance(found) == pytest.approx(np.mean(nearest))
    assert distance_error(found) == pytest.approx(np.std(nearest, ddof=1) / np.sqrt(20))


def test_the_mean_is_over_generated_samples_not_over_training_samples():
    # Copies of two of 30 training samples: learned by heart, though most of the set is far away.
    train = np.random.default_rng(2).normal(size=(30, 8))
    generated = np.tile(train[:2], (10, 1))

    turned = [min(cosine_distance(sample, other) for other in generated) for sample in train]

    assert memorization_distance(memorization(train, generated)) == 0
    assert np.mean(turned) > 0.2
    informed = InformedMoments.of(compared(train, generated, test=train))
    copied = memorization_informed_frechet_distance(informed)
    assert copied == pytest.approx(informed.moments.squared_distance / 1e-15)


@pytest.mark.parametrize(("d", "below"), [(2, True), (60, False)])
def test_only_distances_below_the_threshold_count(d, below):
    rng = np.random.default_rng(3)
    train, test, generated = rng.normal(size=(3, 90, d))

    informed = InformedMoments.of(compared(train, generated, test=test))

    by_heart = memorization_distance(informed.memorization)
    assert (by_heart < 0.1) == below
    frechet = distance_of_gaussians(test, generated)
    expected = frechet / by_heart if below else frechet
    assert memorization_informed_frechet_distance(informed) == pytest.approx(expected)


def test_neither_length_nor_sign_makes_a_copy_new():
    train = np.random.default_rng(4).normal(size=(30, 5))

    assert memorization_distance(memorization(train, 3 * train)) < 1e-15
    assert memorization_distance(memorization(train, -1e-200 * train)) < 1e-15


def test_small_angles_keep_their_digits():
    angle = 1e-7

    found = memorization(np.array([[1.0, 0.0]]), np.array([[np.cos(angle), np.sin(angle)]]))

    assert memorization_distance(found) == pytest.approx(angle**2 / 2)


def test_samples_of_zeros_are_left_out_and_told_of():
    train = np.array([[1.0, 0.0], [0.0, 0.0]])

    found = memorization(train, np.array([[0.0, 2.0], [0.0, 0.0], [1.0, 1.0]]))

    assert found.distances == pytest.approx([1, 1 - np.sqrt(0.5)])
    assert found.warnings == ("1 generated samples are all zeros and have no cosine distance",)
    assert memorization(train, train[:1]).warnings == ()


@pytest.mark.parametrize("name", ["train", "generated"])
def test_nothing_but_zeros_is_refused(name):
    sets = {"train": np.ones((3, 2)), "generated": np.ones((3, 2))}
    sets[name] = np.zeros((3, 2))

    with pytest.raises(Unavailable, match=f"all {name} samples are zero"):
        memorization(**sets)


def test_warnings_are_those_of_moments_and_of_directions():
    rng = np.random.default_rng(9)
    test, train, generated = rng.normal(size=(3, 4, 5))
    generated[0] = 0

    found = InformedMoments.of(compared(train, generated, test)).warnings

    assert len(found) == 3
    assert "4 test points have no full covariance" in found[0]
    assert "4 generated points have no full covariance" in found[1]
    assert "1 generated samples are all zeros" in found[2]
