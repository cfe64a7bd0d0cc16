"""The test set handed in as samples is said to be so, with every score and at every door."""

import numpy as np
import pytest

import genbench
from genbench.datasets import load
from genbench.scoring.dataset import score_samples

METRIC = "coverage"
SAID = "generated samples are equal to test samples"


def said(**inputs):
    (found,) = genbench.score(metrics=METRIC, **inputs).values()
    assert found.status == "ok"
    return " | ".join(warning for warning in found.warnings if SAID in warning)


def continuous(rng, n):
    return rng.normal(size=(n, 4))


def pictures(rng, n):
    return np.clip(rng.normal(0.3, 0.6, (n, 5, 5)), 0, 1)


def counts(rng, n):
    return rng.poisson(3, size=(n, 4)).astype(float)


KINDS = {"continuous": continuous, "pictures": pictures, "counts": counts}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("beside", ["nothing", "train", "fresh"])
def test_a_test_set_that_is_handed_in_is_told_whatever_it_went_through(kind, beside):
    rng = np.random.default_rng(0)
    test, others = KINDS[kind](rng, 200), KINDS[kind](rng, 300)
    more = {} if beside == "nothing" else {beside: others}
    ways = {
        "itself": test,
        "in another order": rng.permutation(test),
        "in single precision": test.astype(np.float32),
        "a hundred of it": test[:100],
        "drawn from it": test[rng.integers(200, size=150)],
    }
    for way, made in ways.items():
        assert f"{len(made)} of {len(made)} {SAID}" in said(test=test, generated=made, **more), way


def test_what_is_told_are_numbers():
    rng = np.random.default_rng(1)
    test, train = counts(rng, 200), counts(rng, 300)
    known = {tuple(row) for row in test}
    by_nature = sum(tuple(row) in known for row in train)

    assert by_nature > 20
    assert f"and {by_nature} of 300 other real ones" in said(test=test, generated=test, train=train)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_part_of_copies_is_counted(kind, dtype):
    rng = np.random.default_rng(2)
    test, train, made = (KINDS[kind](rng, 200) for _ in range(3))
    made[20:100] = test[:80].astype(dtype)
    known = {tuple(row.ravel()) for row in test.astype(np.float32)}
    n = sum(tuple(row.ravel()) in known for row in made.astype(np.float32))

    assert f"{n} of 200 {SAID}" in said(test=test, generated=made, train=train)


def test_a_few_copies_are_told_where_nothing_repeats():
    rng = np.random.default_rng(3)
    test, made = continuous(rng, 200), continuous(rng, 200)

    assert not said(test=test, generated=made)
    assert f"5 of 200 {SAID}" in said(test=test, generated=np.vstack([made[5:], test[:5]]))


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("n_test", "n_made"), [(60, 60), (300, 100), (50, 400)])
def test_what_repeats_by_nature_is_no_copy(seed, n_test, n_made):
    rng = np.random.default_rng(seed)
    for values, d in ((2, 1), (10, 1), (6, 3), (10, 4), (1000, 1)):
        for unit in (1, 0.1, 1e-3):
            test, made, train = (
                unit * rng.integers(values, size=(n, d)) for n in (n_test, n_made, 2 * n_test)
            )
            assert not said(test=test, generated=made), (values, d, unit)
            assert not said(test=test, generated=made, train=train), (values, d, unit)


@pytest.mark.parametrize("seed", range(3))
def test_models_that_collapse_or_copy_what_they_learned_from_do_not_copy_the_test_set(seed):
    rng = np.random.default_rng(seed)
    test, train = counts(rng, 200), counts(rng, 300)
    rows, often = np.unique(train, axis=0, return_counts=True)
    models = {
        "the commonest": np.repeat(rows[often.argmax()][None], 200, axis=0),
        "common ones": rows[np.argsort(-often)[rng.integers(10, size=200)]],
        "copies of train": train[rng.integers(300, size=200)],
    }
    for name, made in models.items():
        assert not said(test=test, generated=made, train=train), name


@pytest.mark.parametrize("unit", [1e-30, 1.0, 1e38])
def test_units_do_not_matter(unit):
    rng = np.random.default_rng(4)
    test, train = continuous(rng, 60) * unit, continuous(rng, 60) * unit
    rounded = (test / unit).astype(np.float32).astype(float) * unit

    assert said(test=test, generated=rounded, train=train)
    assert not said(test=test, generated=train)


@pytest.mark.parametrize("name", ["ring", pytest.param("digits", marks=pytest.mark.long), "iris"])
def test_the_door_of_the_data_sets_says_it_too(name):
    data = load(name)

    def warned(samples):
        (found,) = score_samples(data, samples, metrics=[METRIC]).values()
        return any(SAID in warning for warning in found.warnings)

    n = min(len(data.test), len(data.fresh))
    part = np.vstack([data.fresh[: n - n // 4], data.test[: n // 4]])
    assert warned(data.test)
    assert warned(data.test.astype(np.float32))
    assert warned(part)
    assert not warned(data.fresh)
    assert not warned(data.train[:n])
