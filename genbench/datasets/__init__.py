"""Data sets: exact ones, and real ones that are here already or in a folder of yours.

To add one: write its file, then a line in CATALOG.
"""

import importlib
from typing import NamedTuple

from genbench.datasets.dataset import Dataset
from genbench.datasets.densities import Density
from genbench.datasets.parts import first_of
from genbench.ground.errors import unknown_name

__all__ = ["CATALOG", "Dataset", "Density", "Entry", "is_known", "load"]


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
    "ring_contaminated": Entry(
        "genbench.datasets.synthetic:load_ring_contaminated",
        "the ring, with a tenth of the training samples far off; judged by the clean one",
    ),
    "grid": Entry(
        "genbench.datasets.synthetic:load_grid", "25 Gaussians on a grid; exact density and modes"
    ),
    "moons": Entry(
        "genbench.datasets.synthetic:load_moons", "two half circles; exact density and modes"
    ),
    "spirals": Entry(
        "genbench.datasets.synthetic:load_spirals", "two spirals; exact density and modes"
    ),
    "checkerboard": Entry(
        "genbench.datasets.synthetic:load_checkerboard",
        "the 8 dark squares of a board, evenly; exact density and modes",
    ),
    "pinwheel": Entry(
        "genbench.datasets.synthetic:load_pinwheel", "5 bent Gaussians; exact density and modes"
    ),
    "class_flow": Entry(
        "genbench.datasets.class_flow:load",
        "ten coordinates of digits, drawn from a flow fitted to real ones; exact density and "
        "classes, and a known Bayes error",
    ),
    "wine": Entry(
        "genbench.datasets.tables:load_wine",
        "178 wines, 13 measurements, two of whole numbers; too few to separate good models",
    ),
    "breast_cancer": Entry(
        "genbench.datasets.tables:load_breast_cancer",
        "569 tumours, 30 measurements that nearly repeat one another, with labels",
    ),
    "iris": Entry(
        "genbench.datasets.tables:load_iris",
        "149 flowers, four lengths in whole millimetres, with labels",
    ),
    "diabetes": Entry(
        "genbench.datasets.tables:load_diabetes",
        "442 patients, 11 columns: measurements, whole numbers and a category; no labels",
    ),
    "photographs_8": Entry(
        "genbench.datasets.photographs:load_8",
        "8,318 patches of two photographs, 8x8 pixels in colour",
    ),
    "photographs_16": Entry(
        "genbench.datasets.photographs:load_16",
        "2,080 patches of two photographs, 16x16 pixels in colour",
    ),
    "markov": Entry(
        "genbench.datasets.markov:load",
        "sequences of 64 letters of 8, each drawn by the two before it; exact law",
    ),
    "grammar": Entry(
        "genbench.datasets.grammar:load",
        "sentences of up to 24 words of 31, whose verbs agree with their nouns; exact law",
    ),
    "ar_process": Entry(
        "genbench.datasets.ar_process:load",
        "series of 64 measurements, each a weighted sum of the three before it, and noise; "
        "exact density",
    ),
    "english": Entry(
        "genbench.datasets.english:load",
        "2,611 windows of 128 characters of English, of 94, from Python's help; no truth is known",
    ),
    "english_pairs": Entry(
        "genbench.datasets.english:load_pairs",
        "the same text in windows of 64 symbols of one to a few characters, of 256",
    ),
    "text": Entry(
        "genbench.datasets.text:load",
        "windows of 128 characters of .txt files of yours, in the folder text in $GENBENCH_DATA",
    ),
    "tasks": Entry(
        "genbench.datasets.tasks:load",
        "documents of a miniature language that name a task or show it, 24 symbols; exact law, and "
        "the best answer to any prompt",
    ),
    "mnist": Entry(
        "genbench.datasets.local:load_mnist",
        "handwritten digits, 28x28 pixels, with labels; from the folder mnist in $GENBENCH_DATA",
    ),
    "fashion_mnist": Entry(
        "genbench.datasets.local:load_fashion_mnist",
        "clothes, 28x28 pixels, with labels; from the folder fashion_mnist in $GENBENCH_DATA",
    ),
    "cifar10": Entry(
        "genbench.datasets.local:load_cifar10",
        "photographs, 32x32 pixels in colour, with labels; from the folder cifar10 in "
        "$GENBENCH_DATA, which holds the binary version, or train and test with a folder a class",
    ),
}


def load(name: str) -> Dataset:
    """Return the data set of that name.

    `english/512` is `english` with the first 512 of its training samples only: test and fresh ones
    are the same.

    Raises:
        BadInput: there is none, or it has not so many training samples.
    """
    whole, cut, n = name.partition("/")
    if whole not in CATALOG:
        raise unknown_name("data set", whole, CATALOG)
    module, _, function = CATALOG[whole].target.partition(":")
    loaded: Dataset = getattr(importlib.import_module(module), function)()
    return first_of(loaded, n) if cut else loaded


def is_known(name: str) -> bool:
    """Return whether `load` looks for a data set of ours under this name."""
    return name.partition("/")[0] in CATALOG
