"""Units and far points: numbers are right there, too, or refused, or doubted in a warning."""

from dataclasses import replace
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy.spatial.distance import cdist

import genbench
from genbench.metrics import CATALOG, find
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of

N, D = 120, 3
UNITS = (1e-12, 1e12)


def three_sets(seed=0):
    rng = np.random.default_rng(seed)
    centres = 3 * rng.normal(size=(3, D))
    given = {}
    for name in ("test", "train", "generated"):
        labels = rng.integers(3, size=N)
        given[name] = centres[labels] + rng.normal(size=(N, D))
        given[f"{name}_labels"] = labels
    return given


@pytest.fixture(scope="module")
def plain():
    return genbench.score(**three_sets())


@pytest.mark.parametrize("unit", UNITS)
def test_in_another_unit_a_number_is_the_same_or_in_that_unit(plain, unit):
    given = {
        name: part if part.dtype.kind == "i" else part * unit for name, part in three_sets().items()
    }

    scaled = genbench.score(**given)

    off = {}
    for name, score in plain.items():
        if score.status == "ok" and name != "kernel_distance":  # whose kernel adds 1 to x.y / d
            found = scaled[name].value
            powers = [score.value * unit**power for power in (0, 1, 2)]
            powers.append(score.value - D * np.log(unit))  # of a log-density
            if not any(found == pytest.approx(one, rel=1e-6, abs=1e-30) for one in powers):
                off[name] = (score.value, found)
    assert not off


def far_points(kind, value, n=40):
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(n, 2)), rng.normal(size=(n, 2)) + 0.3
    if kind == "one sample":
        generated[0] = value
    elif kind == "clusters":
        test[: n // 2, 0] += value
        generated[: n // 2, 0] += value
    elif kind == "offset":
        test, generated = test + value, generated + value
    elif kind == "unit":
        test, generated = test * value, generated * value
    return test, generated


def exact(kernel, test, generated):
    """The U-statistic in four hundred digits."""
    with localcontext() as context:
        context.prec = 400
        sets = [
            [[Decimal(float(x)) for x in point] for point in part] for part in (test, generated)
        ]

        def mean(points, others):
            values = [kernel(x, y) for x in points for y in others if x is not y]
            return sum(values) / len(values)

        first, second = sets
        return float(mean(first, first) + mean(second, second) - 2 * mean(first, second))


def cube(x, y):
    return (sum(a * b for a, b in zip(x, y, strict=True)) / len(x) + 1) ** 3


def negated_distance(x, y):
    return -sum((a - b) ** 2 for a, b in zip(x, y, strict=True)).sqrt()


@pytest.mark.parametrize("value", [1e-12, 1e-6, 1e-3, 1e2, 1e4, 1e6, 1e7, 1e9, 1e12, 1e20, 1e39])
@pytest.mark.parametrize("kind", ["one sample", "clusters", "offset", "unit"])
def test_discrepancies_are_right_or_refused(kind, value):
    test, generated = far_points(kind, value)
    scores = genbench.score(test=test, generated=generated, metrics=["kid", "energy"])

    for name, kernel in (("kid", cube), ("energy", negated_distance)):
        if scores[name].status == "ok":
            assert scores[name].value == pytest.approx(exact(kernel, test, generated), rel=0.01)
        else:
            assert "lost in rounding" in scores[name].reason


def test_discrepancies_of_moderate_numbers_are_not_refused():
    for kind, value in (("one sample", 1e4), ("clusters", 1e6), ("offset", 1e2), ("unit", 1e12)):
        test, generated = far_points(kind, value)
        scores = genbench.score(test=test, generated=generated, metrics=["kid", "energy"])
        assert {score.status for score in scores.values()} == {"ok"}, (kind, value)


@pytest.mark.parametrize("gap", [1e3, 1e6, 1e7, 1e9])
@pytest.mark.parametrize("preset", [None, "prdc"])
def test_balls_in_far_clusters_hold_what_subtraction_says(gap, preset):
    test, generated = far_points("clusters", gap, n=300)

    scores = genbench.score(
        test=test, generated=generated, k=5, preset=preset, metrics=["precision", "density"]
    )

    radii = np.sort(cdist(test, test), axis=1)[:, 5]
    inside = (
        cdist(generated, test) < radii
    )  # no ties: whether the surface is inside decides nothing
    assert scores["density"].value == pytest.approx(inside.sum() / 5 / len(generated), rel=1e-12)
    assert scores["precision"].value == pytest.approx(inside.any(axis=1).mean(), rel=1e-12)


@pytest.mark.parametrize("metric", ["fid", "sinkhorn"])
def test_what_rounding_may_be_all_of_is_doubted(metric):
    for gap, lost in ((0.0, False), (1e2, False), (1e7, True), (1e9, True)):
        test, generated = far_points("clusters", gap, n=200)

        score = genbench.score(test=test, generated=generated, metrics=metric)[metric]

        assert any("is lost in" in warning for warning in score.warnings) == lost, gap


# They read directions from the origin, or products of coordinates, which an offset changes.
OF_THE_ORIGIN = {
    "kernel_distance",
    "embedding_discrepancy",
    "mauve",
    "vendi_score",
    "memorization_distance",
    "memorization_informed_frechet_distance",
}
# Their clusters start from points drawn at random: at an edge, a last digit decides which.
CLOSE = {"precision_recall_f8": 0.05, "precision_recall_f1_8": 0.05, "mauve": 0.05}
PLACES = {
    "offset": lambda given, far: {name: part + far for name, part in given.items()},
    "one generated sample": lambda given, far: (
        given | {"generated": moved(given["generated"], far)}
    ),
    "one test sample": lambda given, far: given | {"test": moved(given["test"], far)},
    "two clusters": lambda given, far: {name: halved(part, far) for name, part in given.items()},
    "one wide column": lambda given, far: {
        name: part * np.array([far, 1, 1]) for name, part in given.items()
    },
}


def values(given):
    """Score without standard errors, which would cost most of the time."""
    metrics = [replace(metric, standard_error=None) for metric in CATALOG.values()]
    return evaluate(comparison_of(**given), metrics)


def moved(points, far):
    points = points.copy()
    points[0] = far
    return points


def halved(points, far):
    points = points.copy()
    points[::2, 0] += far
    return points


def placed(place, far, *, jitter=0.0):
    given = three_sets()
    points = {name: part[:40] for name, part in given.items() if part.dtype.kind == "f"}
    rng = np.random.default_rng(5)
    found = {
        name: part * (1 + jitter * rng.uniform(-1, 1, size=part.shape))
        for name, part in PLACES[place](points, far).items()
    }
    return found | {name: part[:40] for name, part in given.items() if part.dtype.kind == "i"}


def test_an_offset_changes_nothing_that_does_not_look_from_the_origin():
    plain, offset = (values(placed("offset", far)) for far in (0.0, 1e6))

    off = {
        name: (score.value, offset[name].value)
        for name, score in plain.items()
        if score.status == "ok"
        and name not in OF_THE_ORIGIN
        and offset[name].value != pytest.approx(score.value, rel=1e-3, abs=1e-6)
    }
    assert not off


@pytest.mark.long
@pytest.mark.parametrize("far", [pytest.param(1e6, marks=pytest.mark.long), 1e12])
@pytest.mark.parametrize("place", PLACES)
def test_no_number_is_made_of_rounding(place, far):
    """Inputs that are off by their last digits give that number too, or it is none, or doubted."""
    plain, jittered = (values(placed(place, far, jitter=jitter)) for jitter in (0.0, 2e-16))

    off = {}
    for name, score in plain.items():
        found = jittered[name].value
        doubted = any("rounding" in warning for warning in score.warnings)
        moved_by_digits = place == "offset" and far == 1e12  # 1e-4 of a spread: not rounding alone
        if (
            score.status == "ok"
            and not (doubted or moved_by_digits)
            and found != pytest.approx(score.value, rel=CLOSE.get(name, 1e-3), abs=1e-300)
        ):
            off[name] = (score.value, found)
    assert not off


@pytest.mark.parametrize("n", [1, 2, 3, 6, 11])
def test_of_few_samples_every_number_is_within_its_bounds_or_there_is_a_reason(n):
    given = {name: part[:n] for name, part in three_sets().items()}

    for name, score in values(given).items():
        if score.status == "ok":
            low, high = score.bounds
            assert low <= score.value <= high, name
        else:
            assert score.reason, name
            assert score.reason.endswith("."), name


def test_of_sets_that_are_all_one_point_every_number_is_one_or_there_is_a_reason():
    point = np.full((40, D), 7.0)
    labels = np.arange(40) % 2
    sets = ("test", "train", "generated")
    given = dict.fromkeys(sets, point) | {f"{name}_labels": labels for name in sets}

    scores = values(given)

    for name, score in scores.items():
        if score.status == "skipped":
            assert score.reason, name
        else:
            assert score.bounds[0] <= score.value <= score.bounds[1], name
    for name in ("fid", "kid", "energy", "w1", "w2", "sw1", "sw2", "cmmd"):
        assert scores[find(name).name].value == pytest.approx(0, abs=1e-12), name
    for name in ("precision", "recall", "coverage"):
        assert scores[name].value == 1, name
