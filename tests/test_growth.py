"""How the committed times grow: no faster than is stated."""

import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parents[1] / "benchmarks" / "growth.py"
spec = importlib.util.spec_from_file_location("growth", FILE)
growth = importlib.util.module_from_spec(spec)
spec.loader.exec_module(growth)


@pytest.fixture(scope="module")
def rows():
    return growth.read()


@pytest.mark.parametrize("axis", ["n", "d"])
@pytest.mark.parametrize("name", growth.MEASURES)
def test_no_exponent_is_above_what_is_stated(rows, name, axis):
    found = growth.exponent(rows, name, axis)

    assert found is not None
    assert found <= growth.HIGHEST[name]["nd".index(axis)]


@pytest.mark.parametrize("name", growth.MEASURES)
def test_memory_never_grows_with_the_square(rows, name):
    """A table of all pairs of the most points would take far more."""
    size, _, memory = growth.along(rows, name, "n")

    assert memory[-1] < min(0.1 * 4 * size[-1] ** 2 / 1e6, 3000)


def test_an_exponent_is_that_of_a_power_law():
    rows = [
        {"measure": "m", "n": n, "d": growth.DIMENSIONS, "seconds": 1e-8 * n**2, "MB": 1}
        for n in (1000, 10_000, 30_000, 100_000)
    ]

    assert growth.exponent(rows, "m", "n") == pytest.approx(2)
    assert growth.exponent(rows[:1], "m", "n") is None
    assert growth.exponent(rows, "another", "n") is None
