"""The ends of an array that cannot change are looked for once, and never those of another."""

import numpy as np
import pytest

from genbench import score
from genbench.ground import arrays
from genbench.ground.arrays import ends, read_only


class Counted(np.ndarray):
    """An array that counts how often all of it is read for its least number."""

    times = 0

    def min(self, *arguments, **options):
        type(self).times += 1
        return super().min(*arguments, **options)


@pytest.fixture
def counted(monkeypatch):
    monkeypatch.setattr(Counted, "times", 0)
    return np.arange(12.0).reshape(6, 2).view(Counted)


def test_they_are_the_least_and_the_greatest():
    assert ends(read_only(np.array([[3.0, -2.0], [np.inf, 0.0]]))) == (-2.0, np.inf)
    assert np.isnan(ends(np.array([1.0, np.nan]))).all()


def test_they_are_found_once_where_nothing_can_change(counted):
    fixed = read_only(counted)

    assert ends(fixed) == ends(fixed) == (0.0, 11.0)
    assert Counted.times == 1


def test_they_are_found_again_where_something_may_have_changed(counted):
    assert ends(counted) == (0.0, 11.0)

    counted[0, 0] = -5

    assert ends(counted) == (-5.0, 11.0)


def test_an_array_in_the_place_of_a_former_one_has_its_own():
    for value in range(100):
        array = read_only(np.full(3, float(value)))
        assert ends(array) == (value, value)
        del array


def test_nothing_is_kept_of_arrays_that_are_gone():
    before = len(arrays._ends)
    array = read_only(np.zeros(3))
    ends(array)
    assert len(arrays._ends) == before + 1

    del array

    assert len(arrays._ends) == before


def test_changes_between_two_calls_are_seen():
    rng = np.random.default_rng(0)
    test, generated = rng.normal(size=(2, 40, 3))

    def said():
        return " ".join(
            score(test=test, generated=generated, metrics="precision")["precision"].warnings
        )

    assert "units" not in said()
    generated *= 1000
    assert "units" in said()
