"""Pools: what they refuse, and games whose winner is known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

import genbench
from genbench.ground.errors import BadInput
from genbench.tournament.pools import Pool, play

POOL = Pool(
    names=["a", "b"],
    called_real=np.array([[0.5, 0.1], [0.7, 0.5]]),
    n_samples=[10, 20],
    test_errors=np.array([0.2, 0.2]),
    n_test=30,
)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"names": ["a", "a"]}, "different names"),
        ({"names": ["a"]}, "two models"),
        ({"index": 2}, "from 0 to 1"),
        ({"called_real": np.zeros((2, 3))}, "shape"),
        ({"called_real": np.full((2, 2), 2)}, "between 0 and 1"),
        ({"test_errors": np.array([0.1, np.nan])}, "between 0 and 1"),
        ({"n_samples": [10]}, "counts"),
        ({"n_test": 0}, "counts"),
        ({"n_test": None}, "counts"),
        ({"n_samples": None}, "counts"),
        ({"called_real": [["a", "b"], ["c", "d"]]}, "called_real must be numbers"),
        ({"curves": np.zeros((4, 3))}, "curves"),
    ],
)
def test_refuses_tables_that_do_not_fit(change, message):
    with pytest.raises(BadInput, match=message):
        replace(POOL, **change)


def test_is_seen_from_the_side_of_any_of_its_models():
    assert POOL.of("b").index == 1
    with pytest.raises(BadInput, match="'c'"):
        POOL.of("c")


def test_score_takes_a_pool_and_nothing_else_for_it():
    found = genbench.score(pool=POOL, metrics="win_rate")["win_rate"]

    assert found.value == 0.7
    assert found.parameters == {"model": "a", "pool": ("a", "b")}
    with pytest.raises(BadInput, match=r"genbench\.Pool"):
        genbench.score(pool=[1, 2])


def test_models_own_discriminators_are_asked():
    rng = np.random.default_rng(1)
    shifts = {"near": 0.5, "far": 2.0}
    test, train = rng.normal(size=(4000, 1)), rng.normal(size=(60, 1))
    samples = {name: rng.normal(size=(8000, 1)) + shift for name, shift in shifts.items()}
    best = {  # between equally wide normals the middle decides
        name: lambda x, shift=shift: (x[:, 0] < shift / 2).astype(float)
        for name, shift in shifts.items()
    }

    pool = play(samples, train=train, test=test, discriminators=best)

    spread = 4 * np.sqrt(0.25 / 4000)
    for i, shift in enumerate(shifts.values()):
        assert pool.test_errors[i] == pytest.approx(norm.sf(shift / 2), abs=spread)
        for j, other in enumerate(shifts.values()):
            expected = norm.cdf(shift / 2 - other)
            assert pool.called_real[i, j] == pytest.approx(expected, abs=spread)
    assert pool.n_samples == (4000, 4000)


def test_trained_discriminators_see_through_the_worse_model():
    rng = np.random.default_rng(2)
    test, train = rng.normal(size=(2, 300, 2))
    samples = {"good": rng.normal(size=(300, 2)), "bad": rng.normal(size=(300, 2)) + 3}

    pool = play(samples, train=train, test=test)
    again = play(samples, train=train, test=test)
    other = play(samples, train=train, test=test, seed=1)

    assert pool.called_real[1, 0] > 0.8 > 0.2 > pool.called_real[1, 1]
    assert pool.curves[-1, 0] > 2 * pool.curves[-1, 1]
    assert (pool.called_real == again.called_real).all()
    assert (pool.curves == again.curves).all()
    assert (pool.curves != other.curves).any()


def test_adding_a_model_does_not_change_the_games_of_others():
    rng = np.random.default_rng(3)
    train, test, a, b, c = rng.normal(size=(5, 60, 2))

    two = play({"a": a, "b": b}, train=train, test=test)
    three = play({"c": c, "a": a, "b": b}, train=train, test=test)

    assert (two.called_real == three.called_real[1:, 1:]).all()


def test_play_refuses_what_it_cannot_judge():
    real = np.random.default_rng(4).normal(size=(40, 2))
    samples = {"a": real, "b": real}

    with pytest.raises(BadInput, match="two models"):
        play({"a": real}, train=real, test=real)
    with pytest.raises(BadInput, match="20 samples"):
        play(samples | {"c": real[:5]}, train=real, test=real)
    with pytest.raises(BadInput, match="'c'"):
        play(samples, train=real, test=real, discriminators={"c": len})
    with pytest.raises(BadInput, match="b has samples of shape"):
        play({"a": real, "b": real[:, :1]}, train=real, test=real)
    with pytest.raises(BadInput, match="answer must have shape"):
        play(samples, train=real, test=real, discriminators={"a": lambda x: x})


def test_a_discriminator_is_not_asked_about_what_it_learned_by_heart():
    rng = np.random.default_rng(5)
    train, test, a, b = rng.normal(size=(4, 80, 100))

    pool = play({"a": a, "b": b}, train=train, test=test)

    assert pool.called_real.diagonal().min() > 0.25  # of those it learned from, none
