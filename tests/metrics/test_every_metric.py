"""Laws that every metric keeps, and the failures that it claims to catch."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest

from genbench.evidence import ClassifierTest, Critic, KernelLikelihood
from genbench.evidence.code_importances import CodeImportances
from genbench.evidence.fitted_mixtures import FittedMixtures
from genbench.evidence.frechet_extrapolation import FrechetExtrapolation
from genbench.evidence.latent_encoding import LatentEncoding
from genbench.evidence.living_times import LivingTimes
from genbench.evidence.patches import Patches
from genbench.evidence.pictures import PicturePairs
from genbench.evidence.self_similarity import SelfSimilarity
from genbench.evidence.shared_clusters import DirectionClusters, SharedClusters
from genbench.evidence.significant_support import SignificantSupport
from genbench.evidence.voronoi_counts import VoronoiCounts
from genbench.metrics import ALIASES, CATALOG
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import NAMES, OF_A_MODEL, comparison_of

METRICS = list(CATALOG.values())
every_metric = pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
every_claim = pytest.mark.parametrize(
    ("metric", "failure"),
    [
        pytest.param(metric, failure, id=f"{metric.name}-{failure}")
        for metric in METRICS
        for failure in metric.catches
    ],
)

# Evidence that draws from the samples by position: their order matters as the seed does.
DRAWN_FROM_GENERATED = {
    PicturePairs,
    Patches,
    LatentEncoding,
    Critic,
    ClassifierTest,
    FrechetExtrapolation,
    SharedClusters,
    DirectionClusters,
    VoronoiCounts,
    LivingTimes,
    FittedMixtures,
    SignificantSupport,
    SelfSimilarity,
}
DRAWN_FROM_TEST = {
    PicturePairs,
    Patches,
    CodeImportances,
    Critic,
    ClassifierTest,
    FrechetExtrapolation,
    SharedClusters,
    DirectionClusters,
    VoronoiCounts,
    LivingTimes,
    KernelLikelihood,
    SignificantSupport,
}

# Numbers that are read by how many times, not by how much, they differ.
RATIOS = {"birthday_support", "classifier_two_sample_p_value", "innovation_whiteness"}


@pytest.fixture
def world(request, points, pictures, sequences, series):
    """The small world that has what the metric at hand needs."""
    params = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    one = params.get("metric") or params.get("needs")
    own = {"picture": pictures, "symbols": sequences, "series": series}
    return next((own[name] for name in own if one and name in one.inputs), points)


@pytest.fixture
def reals(world):
    return world.reals


@pytest.fixture
def failed(world):
    return world.failed


def of_another_world(score):
    return bool({"picture", "symbols", "series"} & set(CATALOG[score.metric].inputs))


def value(metric, comparison):
    return metric.compute(comparison.get(metric.needs.of))


@every_metric
def test_is_a_finite_number_within_its_bounds(metric, reals, failed):
    low, high = metric.bounds

    for comparison in (*reals, failed("collapse"), failed("copying")):
        found = value(metric, comparison)

        assert isinstance(found, float)
        assert math.isfinite(found)
        assert low - 1e-12 <= found <= high + 1e-12


@every_metric
def test_ideal_and_chance_are_within_the_bounds(metric, reals):
    low, high = metric.bounds
    score = evaluate(reals[0], [metric])[metric.name]

    for level in (score.ideal, score.chance):
        assert level is None or low <= level <= high
    assert score.standard_error is None or score.standard_error >= 0


@every_metric
def test_says_what_it_is_in_one_sentence(metric):
    assert metric.meaning.endswith(".")
    assert ". " not in metric.meaning
    assert metric.meaning[0].isupper() or metric.meaning.startswith("exp ")
    assert len(metric.meaning) <= 100


@every_metric
def test_what_it_needs_is_enough_and_all_of_it_is_needed(metric, reals):
    given = inputs(reals[0])

    enough = {name: given[name] for name in metric.inputs}
    assert scored(metric, enough).status == "ok"
    for name in set(metric.inputs) - {"picture"}:  # which the shape of samples tells
        gone = {name, f"{name}_labels"}  # labels mean nothing without their samples
        lacking = {other: value for other, value in enough.items() if other not in gone}
        if OF_A_MODEL & set(lacking):
            assert scored(metric, lacking).status == "skipped", name


def inputs(comparison):
    """What would have to be given to `score` for this comparison."""
    parts = {
        f.name: getattr(part, f.name)
        for part in (comparison, comparison.reference)
        for f in fields(part)
    }
    parts["train_probabilities"] = parts["test_probabilities"]
    return {name: value for name, value in parts.items() if name in NAMES}


def scored(metric, given):
    return evaluate(comparison_of(**given), [metric])[metric.name]


def test_names_and_acronyms_are_never_the_same():
    assert not set(ALIASES) & set(CATALOG)
    assert set(ALIASES.values()) <= set(CATALOG)


@every_claim
def test_catches_the_failures_it_claims_to_catch(metric, failure, reals, failed):
    scale = np.log if metric.name in RATIOS else float
    numbers = [scale(value(metric, real)) for real in reals]
    anchor = float(np.mean(numbers))

    losses = [metric.loss(number, real=anchor) for number in numbers]
    loss = metric.loss(scale(value(metric, failed(failure))), real=anchor)

    clearly_worse = max(losses) + (max(losses) - min(losses))
    assert loss > clearly_worse


@pytest.mark.parametrize("needs", sorted(DRAWN_FROM_GENERATED | DRAWN_FROM_TEST, key=str))
def test_another_seed_draws_otherwise(needs, reals):
    metric = next(metric for metric in METRICS if metric.needs == needs)

    other = replace(reals[0], seed=99)

    assert value(metric, other) != value(metric, reals[0])


@pytest.mark.parametrize(
    "metric",
    [metric for metric in METRICS if metric.needs not in DRAWN_FROM_GENERATED],
    ids=lambda metric: metric.name,
)
def test_the_order_of_generated_samples_does_not_matter(metric, reals):
    real = reals[0]
    order = np.random.default_rng(3).permutation(len(real.generated))

    shuffled = replace(real, **in_order(real, "generated", order))

    assert value(metric, shuffled) == pytest.approx(value(metric, real), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    "metric",
    [metric for metric in METRICS if metric.needs not in DRAWN_FROM_TEST],
    ids=lambda metric: metric.name,
)
def test_the_order_of_test_samples_does_not_matter(metric, reals):
    real = reals[0]
    order = np.random.default_rng(4).permutation(len(real.reference.test))

    shuffled = replace(
        real,
        reference=replace(real.reference, **in_order(real.reference, "test", order)),
        **in_order(real, "test", order),
    )

    assert value(metric, shuffled) == pytest.approx(value(metric, real), rel=1e-9, abs=1e-12)


def in_order(part, name, order):
    """What is known of each sample of a set, in another order."""
    of_set = {f.name: getattr(part, f.name) for f in fields(part) if f.name.startswith(name)}
    return {name: rows[order] for name, rows in of_set.items() if isinstance(rows, np.ndarray)}


@every_metric
def test_is_the_same_again_with_the_same_seed_and_without_other_metrics(metric, reals):
    beside_all = evaluate(reals[0])[metric.name]
    nothing_measured = replace(reals[0], reference=replace(reals[0].reference))

    alone = evaluate(nothing_measured, [metric])[metric.name]

    facts = ("value", "ideal", "chance", "standard_error")
    assert [getattr(alone, fact) for fact in facts] == [getattr(beside_all, fact) for fact in facts]


def test_writes_to_nothing_it_is_given(reals):
    real = reals[0]
    parts = [getattr(part, f.name) for part in (real, real.reference) for f in fields(part)]
    given = [part for part in parts if isinstance(part, np.ndarray)]

    scores = evaluate(real)

    assert {score.status for score in scores.values() if not of_another_world(score)} == {"ok"}
    assert len(given) >= 20
    assert not any(array.flags.writeable for array in given)
