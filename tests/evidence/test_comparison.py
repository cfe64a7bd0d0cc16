"""Comparison: evidence is measured once, from what is there, by the seed."""

from functools import cached_property

import numpy as np
import pytest

from genbench.errors import Unavailable
from genbench.evidence import Comparison, Reference
from genbench.metrics import CATALOG

RNG = np.random.default_rng(0)
TEST, TRAIN, GENERATED = RNG.normal(size=(3, 60, 2))


def test_evidence_is_measured_once():
    comparison = Comparison(reference=Reference(test=TEST, train=TRAIN), generated=GENERATED)

    assert comparison.overlap is comparison.overlap
    assert comparison.moments.test is comparison.reference.test_moments


def test_every_need_of_a_metric_is_evidence():
    for metric in CATALOG.values():
        assert isinstance(vars(Comparison)[metric.needs], cached_property), metric.name


def test_points_take_the_place_of_samples():
    reference = Reference(test=TEST, train=TRAIN, test_points=2 * TEST, train_points=3 * TRAIN)
    comparison = Comparison(
        reference=reference, generated=GENERATED, generated_points=4 * GENERATED
    )

    assert comparison.moments.test.mean == pytest.approx(2 * TEST.mean(axis=0))
    assert comparison.moments.generated.mean == pytest.approx(4 * GENERATED.mean(axis=0))
    assert reference.train_spacing == pytest.approx(3 * Reference(train=TRAIN).train_spacing)


def test_kernel_likelihood_stays_with_the_samples():
    plain = Comparison(reference=Reference(test=TEST), generated=GENERATED)
    embedded = Comparison(
        reference=Reference(test=TEST, test_points=2 * TEST),
        generated=GENERATED,
        generated_points=2 * GENERATED,
    )

    assert (plain.kernel_likelihood.log_densities == embedded.kernel_likelihood.log_densities).all()


def test_samples_of_any_shape_are_flattened():
    pictures = Reference(test=TEST.reshape(60, 2, 1))

    assert pictures.test_set.shape == (60, 2)


def test_cells_belong_to_the_training_set_and_are_the_same_for_every_model():
    reference = Reference(test=TEST, train=TRAIN)

    found = [
        Comparison(reference=reference, generated=generated, seed=seed).bins
        for seed, generated in enumerate((GENERATED, GENERATED + 5))
    ]
    without = Comparison(reference=Reference(test=TEST), generated=GENERATED).bins

    assert (found[0].test == found[1].test).all()
    assert sorted(found[0].test) != sorted(without.test)


def test_labels_are_the_likeliest_classes_unless_given():
    table = np.array([[0.2, 0.8], [0.9, 0.1]])

    likeliest = Comparison(reference=Reference(), generated_probabilities=table)
    given = Comparison(
        reference=Reference(), generated_probabilities=table, generated_labels=np.array([1, 1])
    )

    assert likeliest.probabilities.labels.tolist() == [1, 0]
    assert given.probabilities.labels.tolist() == [1, 1]


@pytest.mark.parametrize(
    ("evidence", "missing", "reason"),
    [
        ("moments", {}, "there are no test samples"),
        ("moments", {"test": TEST[:1]}, "needs 2 test samples; there are 1"),
        ("kernels", {"test": TEST[:1]}, "needs 2 test samples; there are 1"),
        ("overlap", {"test": TEST[:5]}, "needs 6 test samples; there are 5"),
        ("proximity", {"test": TEST}, "there are no train samples"),
        ("proximity", {"train": TRAIN[:1]}, "needs 2 train samples; there are 1"),
        ("probabilities", {}, "there are no class probabilities of the generated samples"),
        ("log_likelihoods", {}, "the model has no log_prob"),
        ("level_set", {}, "the true density is not known"),
        ("kernel_likelihood", {}, "needs the samples themselves"),
        ("kernel_likelihood", {"test": TEST[:3]}, "needs four test samples; there are 3"),
    ],
)
def test_what_is_missing_is_named(evidence, missing, reason):
    comparison = Comparison(reference=Reference(**missing), generated=GENERATED)

    with pytest.raises(Unavailable, match=reason):
        getattr(comparison, evidence)


@pytest.mark.parametrize(
    ("evidence", "n", "reason"),
    [
        ("moments", 1, "needs 2 generated samples; there are 1"),
        ("kernels", 1, "needs 2 generated samples; there are 1"),
        ("overlap", 5, "needs 6 generated samples; there are 5"),
        ("duplicates", 1, "needs 2 generated samples; there are 1"),
        ("bins", 19, "needs 20 points of each set; there are 19"),
        ("critic", 19, "needs 20 points of each set; there are 19"),
        ("classifier_test", 19, "needs 20 points of each set; there are 19"),
    ],
)
def test_too_few_generated_samples_are_counted(evidence, n, reason):
    comparison = Comparison(reference=Reference(test=TEST), generated=GENERATED[:n])

    with pytest.raises(Unavailable, match=reason):
        getattr(comparison, evidence)
