"""The Frechet distance within classes: the mean of those of each, where others see nothing."""

import numpy as np
import pytest

from genbench.evidence import Comparison, Gaussian, Moments, Reference
from genbench.evidence.class_moments import ClassMoments
from genbench.ground.errors import Unavailable
from genbench.metrics.frechet import (
    class_frechet_by_chance,
    class_frechet_distance,
    class_frechet_error,
    frechet_distance,
)

CENTRES = 3.0 * np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0]])


def of_classes(rng, labels, *, centres=CENTRES, width=1.0):
    return centres[labels] + width * rng.normal(size=(len(labels), 2))


def comparison(test, test_labels, generated, generated_labels, **of_train):
    reference = Reference(test=test, test_labels=test_labels, **of_train)
    return Comparison(reference=reference, generated=generated, generated_labels=generated_labels)


def drawn(rng, n, m, **generated):
    """Test and generated samples of the classes, and how they are compared."""
    test_labels, labels = rng.integers(3, size=n), rng.integers(3, size=m)
    return comparison(
        of_classes(rng, test_labels), test_labels, of_classes(rng, labels, **generated), labels
    )


def test_it_is_the_mean_over_classes_of_distances_between_their_points():
    rng = np.random.default_rng(0)
    one = drawn(rng, 60, 90, width=2.0)

    found = class_frechet_distance(ClassMoments.of(one))

    test, made = one.reference.test_labels, one.generated_labels
    distances = [
        frechet_distance(
            Moments(
                Gaussian.of(one.reference.test[test == label]),
                Gaussian.of(one.generated[made == label]),
            )
        )
        for label in range(3)
    ]
    assert found == pytest.approx(np.mean(distances), rel=1e-12)


def test_classes_that_are_mixed_up_are_seen_though_all_points_together_are_right():
    rng = np.random.default_rng(1)
    labels = np.arange(30_000) % 3
    test, generated = of_classes(rng, labels), of_classes(rng, labels, centres=CENTRES[[1, 0, 2]])
    mixed_up = comparison(test, labels, generated, labels)

    found = class_frechet_distance(ClassMoments.of(mixed_up))

    assert found == pytest.approx((6**2 + 6**2 + 0) / 3, rel=0.01)  # of unit Gaussians
    assert frechet_distance(Moments.of(mixed_up)) < 0.01


def test_the_ideal_is_what_samples_of_one_law_get_and_the_error_their_spread():
    found = [ClassMoments.of(drawn(np.random.default_rng(seed), 300, 240)) for seed in range(200)]
    distances = [class_frechet_distance(one) for one in found]
    ideals = [class_frechet_by_chance(one) for one in found]

    assert np.mean(ideals) == pytest.approx(np.mean(distances), rel=0.1)
    errors = [class_frechet_error(one) for one in found]
    assert np.mean(errors) == pytest.approx(np.std(distances), rel=0.25)


def test_far_from_the_truth_the_error_is_the_spread_too():
    found = [
        ClassMoments.of(drawn(np.random.default_rng(seed), 300, 240, width=2.0))
        for seed in range(200)
    ]

    spread = np.std([class_frechet_distance(one) for one in found])
    assert np.mean([class_frechet_error(one) for one in found]) == pytest.approx(spread, rel=0.2)


def test_training_samples_show_what_chance_makes_of_their_own_class_only():
    rng = np.random.default_rng(2)
    labels, of_train = np.arange(18) % 3, np.arange(300) % 3  # too few to write the ideal down
    parts = (of_classes(rng, labels), labels, of_classes(rng, labels), labels)
    train = of_classes(rng, of_train)

    known = ClassMoments.of(comparison(*parts, train=train, train_labels=of_train))
    unknown = ClassMoments.of(comparison(*parts, train=train))

    np.testing.assert_array_equal(known.moments[1].pool[1], train[of_train == 1])
    assert [one.pool_is_real for one in known.moments] == [True] * 3
    assert [one.pool_is_real for one in unknown.moments] == [False] * 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"test_labels": None}, "there are no classes of the test samples"),
        ({"generated_labels": None}, "no classes that the generated samples were made for"),
        ({"test_labels": np.repeat([0, 1], [11, 1])}, "of class 1 it needs 2 test samples"),
        ({"generated_labels": np.repeat([0, 1], [11, 1])}, "of class 1 it needs 2 generated"),
        ({"generated_labels": np.repeat([0, 7], 6)}, "no test sample is of class 7"),
    ],
)
def test_what_cannot_be_compared_is_refused(change, reason):
    points = np.random.default_rng(3).normal(size=(12, 2))
    labels = np.repeat([0, 1], 6)
    parts = {"test_labels": labels, "generated_labels": labels} | change

    with pytest.raises(Unavailable, match=reason):
        ClassMoments.of(comparison(points, parts["test_labels"], points, parts["generated_labels"]))


def test_too_few_points_for_a_covariance_are_told():
    points = np.random.default_rng(4).normal(size=(40, 8))
    labels = np.repeat([0, 1], [36, 4])

    (warning,) = ClassMoments.of(comparison(points, labels, points, labels)).warnings

    assert warning.startswith("of 1 of 2 classes there are too few points")
