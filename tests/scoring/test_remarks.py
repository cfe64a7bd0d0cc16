"""Units tell: what is in other units, unscaled, or in both real sets is said with every score."""

import numpy as np
import pandas as pd
import pytest

import genbench
from genbench.datasets import load
from genbench.scoring.dataset import score_samples

RNG = np.random.default_rng(0)
METRIC = "coverage"


def warnings_of(**inputs):
    (found,) = genbench.score(**{"metrics": METRIC, **inputs}).values()
    assert found.status == "ok"
    return " | ".join(found.warnings)


def pictures(n=60, rng=RNG):
    """Pictures from 0 to 1, with edges and dark corners."""
    made = np.clip(rng.normal(0.3, 0.6, (n, 6, 6)), 0, 1)
    return np.round(made * 255) / 255


TEST, TRAIN, MADE = pictures(), pictures(), pictures()
UNITS = {
    "0..255": lambda x: np.round(255 * x).astype(np.uint8),
    "0..16": lambda x: np.round(16 * x),
    "-1..1": lambda x: 2 * x - 1,
    "-1..1, single": lambda x: (2 * x - 1).astype(np.float32),
    "normalised": lambda x: (x - 0.45) / 0.02,
}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("flattened", [False, True])
def test_sets_in_other_units_are_warned_of_with_both_ranges(unit, flattened):
    def one(part):
        return part.reshape(len(part), -1) if flattened else part

    def other(part):
        return one(UNITS[unit](part))

    low, high = (f"{f(other(MADE)):.4g}" for f in (np.min, np.max))
    other_way = warnings_of(test=other(TEST), generated=one(MADE))
    warned = warnings_of(test=one(TEST), generated=other(MADE))

    assert f"generated lies from {low} to {high}, test from 0 to 1: are they in the same" in warned
    assert "generated lies from 0 to 1, test from" in other_way
    for copied in ({"train": other(MADE)}, {"fresh": other(MADE)}):
        name = next(iter(copied))
        assert f"{name} lies from {low} to {high}, test" in warnings_of(
            test=one(TEST), generated=one(MADE), **copied
        )
    assert "test_reconstruction lies from" in warnings_of(
        test=one(TEST), generated=one(MADE), test_reconstruction=other(TEST)
    )
    assert not warnings_of(test=other(TEST), generated=other(MADE), train=other(TRAIN))


def test_copies_in_other_units_do_not_look_new_without_a_word():
    found = genbench.score(test=TEST, generated=16 * TRAIN, train=TRAIN, metrics="authenticity")

    assert found["authenticity"].value == 1
    assert "generated lies from 0 to 16, test from 0 to 1" in found["authenticity"].warnings[0]


def test_the_door_of_the_data_sets_says_it_too():
    iris = load("iris")

    for scale in (1 / 10, 10):
        scores = score_samples(iris, iris.fresh * scale, metrics=["coverage"])
        assert "are they in the same units?" in scores["coverage"].warnings[0]
    assert not score_samples(iris, iris.fresh, metrics=["coverage"])["coverage"].warnings


def test_one_column_in_other_units_is_named():
    table = pd.DataFrame(RNG.normal([70, 40, 30], [9, 8, 7], (60, 3)), columns=["kg", "age", "bmi"])
    other = table.sample(frac=1, random_state=0).assign(kg=table["kg"] * 1000)

    warned = warnings_of(test=table, generated=other[["bmi", "kg", "age"]])
    bare = warnings_of(test=table.assign(age=1e6 * table["age"]).to_numpy(), generated=table)

    assert "generated lies from" in warned
    assert "are they in the same units?" in bare
    small = table.assign(big=RNG.normal(5000, 3000, 60))
    warned = warnings_of(test=small, generated=small.assign(kg=small["kg"] / 100))
    assert "column 'kg' of generated lies from 0." in warned


@pytest.mark.parametrize("seed", range(20))
def test_models_that_are_merely_bad_are_not_said_to_be_in_other_units(seed):
    rng = np.random.default_rng(seed)
    ring = load("ring").test
    models = {
        "real": load("ring").fresh,
        "noise": ring + rng.normal(scale=0.3, size=ring.shape),
        "shift": ring + 0.3,
        "collapse": np.repeat(ring[:1], len(ring), axis=0) + rng.normal(0, 0.05, ring.shape),
        "dropped": ring[ring[:, 0] > 0],
        "few": ring[:5],
    }
    for name, made in models.items():
        assert "units" not in warnings_of(test=ring, generated=made, metrics="fid"), name


def test_sets_that_overlap_are_warned_of():
    points = RNG.normal(size=(200, 3))
    made = {"generated": RNG.normal(size=(90, 3))}

    assert "test and train are the same samples" in warnings_of(test=points, train=points, **made)
    turned = RNG.permutation(points)
    assert "test and train are the same samples" in warnings_of(test=points, train=turned, **made)
    assert "7 of 100 test samples are in train as well" in warnings_of(
        test=points[:100], train=points[93:], **made
    )
    assert not warnings_of(test=points[:100], train=points[100:], **made)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("n_test", "n_train"), [(60, 60), (300, 100), (50, 400)])
def test_what_repeats_by_nature_is_no_overlap(seed, n_test, n_train):
    rng = np.random.default_rng(seed)
    for most, d in ((2, 1), (10, 1), (6, 3), (10, 4)):
        test, train = rng.integers(most, size=(n_test, d)), rng.integers(most, size=(n_train, d))
        warned = warnings_of(test=test, train=train, generated=test)
        assert "train" not in warned
        if d == 4 and n_test == 60:
            warned = warnings_of(test=np.vstack([test, train[:40]]), train=train, generated=test)
            assert "test samples are in train as well" in warned


def test_tables_that_are_not_scaled_are_warned_of():
    table = pd.DataFrame({"income": RNG.normal(5000, 800, 60), "age": RNG.normal(40, 10, 60)})

    warned = warnings_of(test=table, generated=table)

    assert "columns of test differ in spread" in warned
    assert "column 'income'" in warned
    assert "genbench score --standardise" in warned
    assert "column 1 and" in warnings_of(test=table.to_numpy(), generated=table.to_numpy())
    scaled = (table - table.mean()) / table.std()
    assert not warnings_of(test=scaled, generated=scaled[::-1] + 0.01)
    features = RNG.normal(size=(60, 64)) * np.arange(64)
    assert not warnings_of(test=features, generated=features + 0.01)


def test_a_range_far_beyond_the_values_is_warned_of():
    warned = warnings_of(test=TEST, generated=MADE, data_range=255)

    assert "data_range is 255, but test lies from 0 to 1" in warned
    assert not warnings_of(test=TEST, generated=MADE, data_range=2)
