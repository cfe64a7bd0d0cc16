"""Probes: Gaussians whose class axis a model has turned, and what no probe can say."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import rel_entr
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression

from genbench.evidence import Comparison, Reference
from genbench.evidence.probes import LEAST_PROBABILITY, Probes, drawn
from genbench.ground.errors import Unavailable
from genbench.metrics import classification
from genbench.metrics.adversarial_divergence import adversarial_divergence
from genbench.metrics.boundary_distortion import (
    boundary_distortion,
    distortion_error,
    lost_by_guessing,
    lost_by_perfect,
)

SEPARATION = 2.0


def two_classes(n, angle, seed):
    """Two Gaussians of unit width, `SEPARATION` apart along an axis turned by `angle`."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    axis = np.array([np.cos(angle), np.sin(angle)])
    points = rng.normal(size=(n, 2)) + SEPARATION * np.outer(labels - 0.5, axis)
    return points, labels


def probes(train, test, generated, *, labelled=True):
    return Probes.of(
        Comparison(
            reference=Reference(
                train=train[0], train_labels=train[1], test=test[0], test_labels=test[1]
            ),
            generated=generated[0],
            generated_labels=generated[1] if labelled else None,
        )
    )


@pytest.fixture(scope="module")
def turned():
    return probes(two_classes(8000, 0, 1), two_classes(40_000, 0, 2), two_classes(8000, 0.8, 3))


def test_matches_the_definition_written_out():
    train, test, generated = (two_classes(n, a, n) for n, a in ((60, 0), (50, 0), (60, 1)))

    found = probes(train, test, generated)

    beliefs = {}
    for name, (points, labels) in {"train": train, "generated": generated}.items():
        centre, spread = points.mean(axis=0), points.std(axis=0)
        fitted = LogisticRegression(max_iter=1000).fit((points - centre) / spread, labels)
        beliefs[name] = fitted.predict_proba((test[0] - centre) / spread)
        if name == "train":
            calls = fitted.predict((generated[0] - centre) / spread)
    right = {name: (table.argmax(axis=1) == test[1]).mean() for name, table in beliefs.items()}
    divergence = rel_entr(beliefs["generated"], beliefs["train"]).sum(axis=1).mean()
    assert classification.train_on_generated_accuracy(found) == right["generated"]
    assert classification.test_on_generated_accuracy(found) == (calls == generated[1]).mean()
    assert classification.generation_quality_index(found) == pytest.approx(
        100 * right["generated"] / right["train"]
    )
    assert boundary_distortion(found) == pytest.approx(right["train"] - right["generated"])
    assert adversarial_divergence(found) == pytest.approx(divergence, rel=1e-3)
    assert right["train"] != right["generated"]


def test_a_turned_class_axis_costs_what_geometry_says(turned):
    # Only the share of the separation along the learned axis is of use.
    best, reached = norm.cdf(SEPARATION / 2), norm.cdf(SEPARATION / 2 * np.cos(0.8))
    spread = np.sqrt(best * (1 - best) / 40_000)

    found = classification.train_on_generated_accuracy(turned)
    assert found == pytest.approx(reached, abs=4 * spread + 0.003)
    assert classification.accuracy_of_train(turned) == pytest.approx(best, abs=4 * spread)
    assert classification.generation_quality_index(turned) == pytest.approx(
        100 * reached / best, abs=0.8
    )
    error = np.std(turned.train_right - turned.generated_right) / np.sqrt(len(turned.test_labels))
    assert boundary_distortion(turned) == pytest.approx(best - reached, abs=4 * error + 0.003)


@pytest.mark.parametrize("angle", [0.4, 1.2])
def test_whatever_the_turn_geometry_says_what_it_costs(angle):
    n = 8000

    found = probes(two_classes(n, 0, 1), two_classes(20_000, 0, 2), two_classes(n, angle, 3))

    best, reached = norm.cdf(SEPARATION / 2), norm.cdf(SEPARATION / 2 * np.cos(angle))
    # The learned axis is good to the root of 2/n, by which the accuracy has a slope.
    slope = SEPARATION / 2 * np.sin(angle) * norm.pdf(SEPARATION / 2 * np.cos(angle))
    error = np.hypot(np.sqrt(reached * (1 - reached) / 20_000), slope * np.sqrt(2 / n))
    assert classification.train_on_generated_accuracy(found) == pytest.approx(
        reached, abs=4 * error
    )
    assert classification.generation_quality_index(found) == pytest.approx(
        100 * reached / best, abs=4 * 100 * error / best
    )
    assert boundary_distortion(found) == pytest.approx(best - reached, abs=4 * error)


def test_generated_samples_are_judged_across_the_turned_axis_too(turned):
    expected = norm.cdf(SEPARATION / 2 * np.cos(0.8))

    error = np.sqrt(expected * (1 - expected) / 8000)
    assert classification.test_on_generated_accuracy(turned) == pytest.approx(
        expected, abs=4 * error + 0.003
    )


def test_the_divergence_is_that_of_true_beliefs_and_has_a_direction(turned):
    rng = np.random.default_rng(5)
    points, _ = two_classes(200_000, 0, rng)
    axis = SEPARATION * np.array([np.cos(0.8), np.sin(0.8)])
    generated = 1 / (1 + np.exp(-points @ axis))
    real = 1 / (1 + np.exp(-points[:, 0] * SEPARATION))
    forward = (rel_entr(generated, real) + rel_entr(1 - generated, 1 - real)).mean()
    backward = (rel_entr(real, generated) + rel_entr(1 - real, 1 - generated)).mean()

    found = adversarial_divergence(turned)

    assert found == pytest.approx(forward, rel=0.08)
    assert abs(found - forward) < abs(found - backward)


def test_without_labels_the_probe_of_real_samples_gives_them():
    train, test, generated = (two_classes(200, 0, seed) for seed in (1, 2, 3))

    found = probes(train, test, generated, labelled=False)

    assert found.parameters["generated_labels"] == "by the probe"
    assert (found.generated_labels == found.generated_calls).all()
    assert classification.train_on_generated_accuracy(found) > 0.7
    with pytest.raises(Unavailable, match="made for"):
        classification.test_on_generated_accuracy(found)


def test_both_learn_from_as_many_samples():
    train, test = two_classes(400, 0, 1), two_classes(50, 0, 2)

    few = probes(train, test, two_classes(40, 0, 3))
    many = probes(train, test, two_classes(900, 0, 3))

    assert few.n == 40
    assert many.n == 400


def test_a_model_of_one_class_teaches_nothing():
    train, test, generated = (two_classes(100, 0, seed) for seed in (1, 2, 3))
    one = generated[0][generated[1] == 1], generated[1][generated[1] == 1]

    found = probes(train, test, one)

    assert classification.train_on_generated_accuracy(found) == 0.5
    assert boundary_distortion(found) == classification.accuracy_of_train(found) - 0.5
    assert adversarial_divergence(found) == pytest.approx(-np.log(found.of_train[:, 1]).mean())


def test_a_class_that_training_subsets_miss_is_counted_not_infinite():
    table = np.array([[1.0, 0.0], [0.5, 0.5]])
    found = Probes(
        n=20,
        test_labels=np.array([0, 1]),
        generated_labels=np.array([0, 1]),
        labelled_by_probe=False,
        of_train=table,
        of_generated=np.full((2, 2), 0.5),
        generated_calls=np.array([0, 1]),
    )

    assert found.parameters["n_clipped"] == 1
    expected = 0.5 * np.log(0.5) + 0.5 * np.log(0.5 / LEAST_PROBABILITY)
    assert adversarial_divergence(found) == pytest.approx(expected / 2)


def test_refuses_what_cannot_be_judged():
    train, test, generated = (two_classes(100, 0, seed) for seed in (1, 2, 3))

    with pytest.raises(Unavailable, match="needs 20"):
        probes(train, test, (generated[0][:10], generated[1][:10]))
    with pytest.raises(Unavailable, match="no training sample is of class 2, but test"):
        probes(train, (test[0], test[1] + 1), generated)
    with pytest.raises(Unavailable, match="class 5, but generated"):
        probes(train, test, (generated[0], generated[1] * 5))
    with pytest.raises(Unavailable, match="all of one class"):
        probes((train[0], 0 * train[1]), (test[0], 0 * test[1]), generated)


def test_as_few_samples_as_the_reason_asks_for_are_enough():
    train, test, generated = (two_classes(20, 0, seed) for seed in (1, 2, 3))

    assert probes(train, test, generated).n == 20


def test_what_perfect_samples_get_is_known_if_labels_are_given(turned):
    found = replace(turned, labelled_by_probe=True)

    assert classification.accuracy_of_perfect(turned) == classification.accuracy_of_train(turned)
    assert classification.index_of_perfect(turned) == 100
    assert lost_by_perfect(turned) == 0
    assert classification.accuracy_of_perfect(found) is None
    assert classification.index_of_perfect(found) is None
    assert lost_by_perfect(found) is None


def test_guessing_gets_the_share_of_the_most_common_class():
    train, test, generated = (two_classes(100, 0, seed) for seed in (1, 2, 3))
    chosen = np.r_[np.flatnonzero(test[1] == 0)[:10], np.flatnonzero(test[1] == 1)[:30]]

    found = probes(
        train, (test[0][chosen], test[1][chosen]), (generated[0][:75], np.repeat([0, 1, 1], 25))
    )

    assert classification.majority_of_generated(found) == pytest.approx(2 / 3)
    accuracy = classification.accuracy_of_train(found)
    assert classification.majority(found) == 0.75
    assert classification.majority_index(found) == pytest.approx(75 / accuracy)
    assert lost_by_guessing(found) == pytest.approx(accuracy - 0.75)


def test_there_is_no_index_where_real_samples_teach_nothing(turned):
    always_wrong = replace(turned, test_labels=1 - turned.of_train.argmax(axis=1))

    with pytest.raises(Unavailable, match="right about no test sample"):
        classification.generation_quality_index(always_wrong)


def test_probes_learn_from_different_samples():
    points, labels = two_classes(50, 0, 1)

    chosen = drawn(points, labels, 40, rng=np.random.default_rng(2))

    assert len(np.unique(chosen)) == 40


def test_the_error_of_an_accuracy_is_binomial_over_the_samples_that_are_judged(turned):
    for accuracy, error, n in (
        (classification.train_on_generated_accuracy, "train_on_generated_error", 40_000),
        (classification.test_on_generated_accuracy, "test_on_generated_error", 8000),
    ):
        share = accuracy(turned)
        found = getattr(classification, error)(turned)
        assert found == pytest.approx(np.sqrt(share * (1 - share) / n))


def test_the_error_of_the_index_is_that_of_a_ratio_of_means(turned):
    right, right_of_train = turned.generated_right, turned.train_right

    covariance = np.cov(right, right_of_train)
    slopes = np.array([1, -right.mean() / right_of_train.mean()]) / right_of_train.mean()
    variance = slopes @ covariance @ slopes / len(right)
    assert classification.index_error(turned) == pytest.approx(100 * np.sqrt(variance))


def test_the_error_of_the_distortion_is_that_of_paired_differences(turned):
    differences = turned.train_right - turned.generated_right

    assert distortion_error(turned) == pytest.approx(np.std(differences, ddof=1) / 200)
