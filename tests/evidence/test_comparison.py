"""Comparison: evidence is measured once, from what is there, by the seed."""

import numpy as np
import pytest

from genbench.evidence import (
    Bins,
    ClassifierTest,
    Comparison,
    Critic,
    Duplicates,
    Evidence,
    KernelLikelihood,
    Kernels,
    LevelSet,
    LogLikelihoods,
    Moments,
    Overlap,
    Probabilities,
    Proximity,
    Reference,
)
from genbench.evidence.moments import test_moments as moments_of_test
from genbench.evidence.neighbours import within_train
from genbench.ground.errors import Unavailable
from genbench.metrics import CATALOG
from genbench.scoring.inputs import NAMES

RNG = np.random.default_rng(0)
TEST, TRAIN, GENERATED = RNG.normal(size=(3, 60, 2))


def test_evidence_is_measured_once():
    comparison = Comparison(reference=Reference(test=TEST, train=TRAIN), generated=GENERATED)

    assert comparison.get(Overlap.of) is comparison.get(Overlap.of)
    assert comparison.get(Moments.of).test is comparison.reference.get(moments_of_test)


def test_every_need_of_a_metric_is_evidence():
    for metric in CATALOG.values():
        assert issubclass(metric.needs, Evidence), metric.name
        assert set(metric.inputs) <= set(NAMES), metric.name


def test_points_take_the_place_of_samples():
    reference = Reference(test=TEST, train=TRAIN, test_points=2 * TEST, train_points=3 * TRAIN)
    comparison = Comparison(
        reference=reference, generated=GENERATED, generated_points=4 * GENERATED
    )

    assert comparison.get(Moments.of).test.mean == pytest.approx(2 * TEST.mean(axis=0))
    assert comparison.get(Moments.of).generated.mean == pytest.approx(4 * GENERATED.mean(axis=0))
    spacing = Reference(train=TRAIN).get(within_train).nearest
    assert reference.get(within_train).nearest == pytest.approx(3 * spacing)


def test_kernel_likelihood_stays_with_the_samples():
    plain = Comparison(reference=Reference(test=TEST), generated=GENERATED)
    embedded = Comparison(
        reference=Reference(test=TEST, test_points=2 * TEST),
        generated=GENERATED,
        generated_points=2 * GENERATED,
    )

    assert (
        plain.get(KernelLikelihood.of).log_densities
        == embedded.get(KernelLikelihood.of).log_densities
    ).all()


def test_samples_of_any_shape_are_flattened():
    pictures = Reference(test=TEST.reshape(60, 2, 1))

    assert pictures.test_set.shape == (60, 2)


def test_cells_belong_to_the_training_set_and_are_the_same_for_every_model():
    reference = Reference(test=TEST, train=TRAIN)

    found = [
        Comparison(reference=reference, generated=generated, seed=seed).get(Bins.of)
        for seed, generated in enumerate((GENERATED, GENERATED + 5))
    ]
    without = Comparison(reference=Reference(test=TEST), generated=GENERATED).get(Bins.of)

    assert (found[0].test == found[1].test).all()
    assert sorted(found[0].test) != sorted(without.test)


def test_labels_are_the_likeliest_classes_unless_given():
    table = np.array([[0.2, 0.8], [0.9, 0.1]])

    likeliest = Comparison(reference=Reference(), generated_probabilities=table)
    given = Comparison(
        reference=Reference(), generated_probabilities=table, generated_labels=np.array([1, 1])
    )

    assert likeliest.get(Probabilities.of).labels.tolist() == [1, 0]
    assert given.get(Probabilities.of).labels.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("evidence", "missing", "reason"),
    [
        (Moments, {}, "there are no test samples"),
        (Moments, {"test": TEST[:1]}, "needs 2 test samples; there are 1"),
        (Kernels, {"test": TEST[:1]}, "needs 2 test samples; there are 1"),
        (Overlap, {"test": TEST[:5]}, "needs 6 test samples; there are 5"),
        (Proximity, {"test": TEST}, "there are no train samples"),
        (Proximity, {"train": TRAIN[:1]}, "needs 2 train samples; there are 1"),
        (Probabilities, {}, "there are no class probabilities of the generated samples"),
        (LogLikelihoods, {}, "the model has no log_prob"),
        (LevelSet, {}, "the true density is not known"),
        (KernelLikelihood, {}, "there are no test samples"),
        (KernelLikelihood, {"test": TEST[:3]}, "needs four test samples; there are 3"),
    ],
)
def test_what_is_missing_is_named(evidence, missing, reason):
    comparison = Comparison(reference=Reference(**missing), generated=GENERATED)

    with pytest.raises(Unavailable, match=reason):
        comparison.get(evidence.of)


@pytest.mark.parametrize(
    ("evidence", "n", "reason"),
    [
        (Moments, 1, "needs 2 generated samples; there are 1"),
        (Kernels, 1, "needs 2 generated samples; there are 1"),
        (Overlap, 5, "needs 6 generated samples; there are 5"),
        (Duplicates, 1, "needs 6 generated samples; there are 1"),
        (Bins, 19, "needs 20 points of each set; there are 19"),
        (Critic, 19, "needs 20 points of each set; there are 19"),
        (ClassifierTest, 19, "needs 20 points of each set; there are 19"),
    ],
)
def test_too_few_generated_samples_are_counted(evidence, n, reason):
    comparison = Comparison(reference=Reference(test=TEST), generated=GENERATED[:n])

    with pytest.raises(Unavailable, match=reason):
        comparison.get(evidence.of)


@pytest.mark.parametrize(
    ("known", "expected"),
    [({"train": TRAIN}, True), ({"train_points": TRAIN}, True), ({"test_points": TEST}, False)],
    ids=["samples", "points", "test points"],
)
def test_training_samples_are_there_as_samples_or_as_points(known, expected):
    assert Reference(test=TEST, **known).has_train is expected
