"""The order of rows decides nothing: samples that come in a cycle of classes are samples."""

from importlib import import_module
from pkgutil import iter_modules

import numpy as np
import pytest
from scipy.special import softmax

import genbench
from genbench import distances, evidence

N, N_CLASSES = 600, 10
LIMIT = 66  # every tenth row is of one class
ORDERS = 3
FEW = {
    "MEDIAN_POINTS",
    "MOST_POINTS",
    "MOST_SHOWN",
    "MOST_CHOOSING",
    "MOST_CENTRES",
    "CENTRED_BY",
}

ON_A_PART = (
    "classifier_two_sample_test",
    "feature_likelihood_divergence",
    "generation_quality_index",
    "geometry_score",
    "kernel_cross_entropy",
    "kernel_log_likelihood",
    "level_coverage",
    "mauve",
    "maximum_mean_discrepancy",
    "precision_recall_f8",
    "relative_renyi_kernel_entropy",
    "renyi_kernel_modes",
    "sinkhorn_divergence",
    "wasserstein_distance",
    "wasserstein_2_distance",
)
ON_ALL = ("frechet_distance", "precision", "coverage", "sliced_wasserstein_2")


@pytest.fixture(scope="module")
def small_limits():
    """Every number of points beyond which a part of them is used, far below that of the samples."""
    with pytest.MonkeyPatch.context() as patch:
        found = set()
        modules = [
            import_module(f"genbench.evidence.{m.name}") for m in iter_modules(evidence.__path__)
        ]
        for module in (distances, *modules):
            for name in FEW & set(vars(module)):
                patch.setattr(module, name, LIMIT)
                found.add(name)
        assert found == FEW
        yield


def in_a_cycle(rng, spread=1.0):
    """Samples of ten classes, one after another, and what a classifier says of them."""
    centres = 4 * np.random.default_rng(0).normal(size=(N_CLASSES, 8))
    labels = np.arange(N) % N_CLASSES
    points = centres[labels] + spread * rng.normal(size=(N, 8))
    apart = ((points[:, None] - centres) ** 2).sum(axis=2)
    return points, labels, softmax(-apart / 20, axis=1)


def scores_in(order):
    """All that is said of three sets whose rows are in the order that `order` gives each."""
    given = {}
    for seed, name in enumerate(("test", "train", "generated"), start=1):
        rows = order(N)
        points, labels, table = in_a_cycle(np.random.default_rng(seed), 1.0 + 0.1 * (seed == 3))
        given |= {name: points[rows], f"{name}_labels": labels[rows]}
        given |= {f"{name}_probabilities": table[rows]}
    scores = genbench.score(seed=5, **given)
    return {
        f"{name} {fact}": getattr(score, fact)
        for name, score in scores.items()
        if score.status == "ok"
        for fact in ("value", "ideal", "standard_error")
        if getattr(score, fact) is not None
    }


@pytest.fixture(scope="module")
def in_any_order(small_limits):
    rng = np.random.default_rng(6)
    return scores_in(np.arange), [scores_in(rng.permutation) for _ in range(ORDERS)]


@pytest.mark.long
def test_samples_in_a_cycle_of_classes_score_as_if_they_were_shuffled(in_any_order):
    in_a_cycle, shuffled = in_any_order
    assert all(one.keys() == in_a_cycle.keys() for one in shuffled)
    assert len(in_a_cycle) > 80

    off = {}
    for name, value in in_a_cycle.items():
        others = np.array([one[name] for one in shuffled])
        scatter = 10 * others.std(ddof=1) + 1e-6 * np.abs(others).max()
        if abs(value - others.mean()) > scatter:
            off[name] = (value, others.mean(), others.std(ddof=1))

    assert not off


def test_numbers_that_rest_on_a_part_of_the_samples_say_so(small_limits):
    rng = np.random.default_rng(7)
    test, train, generated = (rng.normal(size=(n, 3)) for n in (2 * N, N, 2 * N + 50))
    labels = np.arange(2 * N) % 2

    scores = genbench.score(
        metrics=[*ON_A_PART, *ON_ALL],
        test=test,
        train=train,
        generated=generated,
        test_labels=labels,
        train_labels=labels[:N],
    )

    said = {name for name, score in scores.items() if "drawn at random" in str(score.warnings)}
    assert said == set(ON_A_PART)
