"""Data sets that need no download. To add one: write its file, then a line in CATALOG."""

import importlib
from typing import NamedTuple

from genbench.datasets.dataset import Dataset
from genbench.datasets.densities import Density
from genbench.errors import unknown_name

__all__ = ["CATALOG", "Dataset", "Density", "Entry", "load"]


class Entry(NamedTuple):
    """Where a data set's loader is (a string, so that listing imports nothing) and what it is."""

    target: str
    summary: str


CATALOG = {
    "digits": Entry(
        "genbench.datasets.digits:load",
        "1,797 real handwritten digits, 8x8 pixels of 17 grey levels, with labels",
    ),
    "ring": Entry(
        "genbench.datasets.synthetic:load_ring", "8 Gaussians on a circle; exact density and modes"
    ),
    "grid": Entry(
        "genbench.datasets.synthetic:load_grid", "25 Gaussians on a grid; exact density and modes"
    ),
    "moons": Entry(
        "genbench.datasets.synthetic:load_moons", "two half circles; exact density and modes"
    ),
}


def load(name: str) -> Dataset:
    """Return the data set of that name.

    Raises:
        BadInput: there is none.
    """
    if name not in CATALOG:
        raise unknown_name("data set", name, CATALOG)
    module, _, function = CATALOG[name].target.partition(":")
    loaded: Dataset = getattr(importlib.import_module(module), function)()
    return loaded
