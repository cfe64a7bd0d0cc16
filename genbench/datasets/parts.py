"""The three parts of a data set: rows dealt out to them, or drawn from a known law."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.densities import Density
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief
from genbench.ground.randomness import rng_for

SIZES = 2000, 1000, 1000  # samples that are drawn: train, test and fresh


def deal(groups: Labels, *, rng: np.random.Generator) -> tuple[Labels, Labels, Labels]:
    """Return which rows are for training, test and fresh: a half, a quarter and a quarter.

    Each group is dealt out in these shares, to within a row; the order is random.
    """
    shuffled = rng.permutation(len(groups))
    cards = shuffled[np.argsort(groups[shuffled], kind="stable")]
    train, test, fresh = (rng.permutation(hand) for hand in (cards[::2], cards[1::4], cards[3::4]))
    return train, test, fresh


def draw(
    name: str, density: Density, sizes: tuple[int, int, int] = SIZES
) -> Iterator[tuple[Array, Labels]]:
    """Draw train, test and fresh from a known law, each with what it came from."""
    for part, n in zip(("train", "test", "fresh"), sizes, strict=True):
        yield density.sample(n, rng=rng_for(0, name, part))


def drawn_from(name: str, density: Density) -> Dataset:
    """Return the data set of a known law, whose modes are its classes."""
    (train, of_train), (test, of_test), (fresh, of_fresh) = draw(name, density)
    return Dataset(
        name=name,
        train=train,
        test=test,
        fresh=fresh,
        train_labels=of_train,
        test_labels=of_test,
        fresh_labels=of_fresh,
        density=density,
    )


def first_of(dataset: Dataset, n: str) -> Dataset:
    """Return a data set with its first `n` training samples only, named `name/n`.

    Raises:
        BadInput: `n` is no such number, or symbols of the data set are not met in so few.
    """
    most, name = len(dataset.train), f"{dataset.name}/{n}"
    if not re.fullmatch("[1-9][0-9]{0,8}", n) or int(n) > most:
        raise BadInput(
            f"{brief(name)}: behind the stroke stands how many training samples are taken, a "
            f"number from 1 to {most}, not {brief(repr(n))}."
        )
    train = dataset.train[: int(n)]
    if dataset.symbols is not None and (met := len(np.unique(train))) < dataset.symbols.count:
        raise BadInput(
            f"{name}: only {met} of its {dataset.symbols.count} symbols are met in the first {n} "
            "training samples: take more."
        )
    labels = None if dataset.train_labels is None else dataset.train_labels[: int(n)]
    return replace(dataset, name=name, train=train, train_labels=labels)
