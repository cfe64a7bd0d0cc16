"""The precision-recall curve of shares by hand, and on sets that share clusters or do not."""

import numpy as np
import pytest

from genbench.evidence import Comparison, Reference
from genbench.evidence.shared_clusters import SharedClusters
from genbench.ground.errors import Unavailable
from genbench.metrics.precision_recall_curve import (
    curve,
    precision_recall_f1_8,
    precision_recall_f8,
)


def shares(test, generated):
    return SharedClusters(10, np.array([test]), np.array([generated]))


def clusters(test, generated, seed=0):
    return SharedClusters.of(
        Comparison(reference=Reference(test=test), generated=generated, seed=seed)
    )


def test_the_curve_matches_the_definition_written_out():
    test, generated = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.1, 0.3, 0.0, 0.6])

    precision, recall = curve(test, generated)

    for index in (0, 300, 500, 900):
        slope = np.tan(1e-10 + index / 1000 * (np.pi / 2 - 2e-10))
        by_hand = sum(min(slope * p, q) for p, q in zip(test, generated, strict=True))
        assert precision[index] == pytest.approx(by_hand)
        assert recall[index] == pytest.approx(by_hand / slope)


def test_where_both_weigh_alike_the_curve_is_one_less_total_variation():
    test, generated = np.array([0.5, 0.3, 0.2, 0.0]), np.array([0.1, 0.3, 0.0, 0.6])

    precision, recall = curve(test, generated)

    assert precision[500] == pytest.approx(1 - np.abs(test - generated).sum() / 2)
    assert recall[500] == pytest.approx(precision[500])


def test_scores_of_a_dropped_half_and_of_an_invented_half():
    half, whole = [1.0, 0.0], [0.5, 0.5]

    # The corner of the curve: all that is made is right, and half is missed; or the reverse.
    def score(beta, precision, recall):
        return (1 + beta**2) * precision * recall / (beta**2 * precision + recall)

    missed, invented = shares(whole, half), shares(half, whole)
    assert precision_recall_f8(missed) == pytest.approx(score(8, 1, 0.5), rel=2e-3)
    assert precision_recall_f1_8(missed) == pytest.approx(score(1 / 8, 1, 0.5), rel=2e-3)
    assert precision_recall_f8(invented) == pytest.approx(precision_recall_f1_8(missed), rel=2e-3)
    assert precision_recall_f1_8(invented) == pytest.approx(precision_recall_f8(missed), rel=2e-3)


def test_runs_are_averaged_before_the_best_is_looked_for():
    two = SharedClusters(10, np.array([[1.0, 0.0]] * 2), np.array([[1.0, 0.0], [0.0, 1.0]]))

    assert precision_recall_f8(two) == pytest.approx(0.5, rel=1e-3)


def test_the_same_points_share_everything_and_far_points_nothing():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(60, 2))

    same, far = clusters(points, points[::-1]), clusters(points, points + 1e3)

    assert precision_recall_f8(same) == pytest.approx(1)
    assert precision_recall_f1_8(same) == pytest.approx(1)
    assert precision_recall_f8(far) == precision_recall_f1_8(far) == 0


def test_the_larger_set_is_cut_to_the_size_of_the_smaller():
    rng = np.random.default_rng(2)

    found = clusters(rng.normal(size=(100, 2)), rng.normal(size=(40, 2)))

    assert found.n == 40
    assert found.test.sum(axis=1) == pytest.approx(np.ones(10))
    assert (found.test * 40 == np.rint(found.test * 40)).all()


def test_constant_points_are_one_cluster():
    assert precision_recall_f8(clusters(np.ones((30, 2)), np.ones((25, 2)))) == pytest.approx(1)


def test_needs_as_many_points_as_clusters():
    with pytest.raises(Unavailable, match="needs 20 points of each set; there are 19"):
        clusters(np.zeros((30, 2)), np.zeros((19, 2)))


def test_of_three_runs_the_mean_counts_and_not_the_middle_one():
    three = SharedClusters(
        10, np.array([[1.0, 0.0]] * 3), np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    )

    assert precision_recall_f8(three) == pytest.approx(2 / 3, rel=1e-3)
