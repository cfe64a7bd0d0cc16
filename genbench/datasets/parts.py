"""The three parts of a data set: rows dealt out to them, or drawn from a known law."""

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.densities import Density
from genbench.ground.arrays import Labels
from genbench.ground.randomness import rng_for

N_TRAIN, N_TEST, N_FRESH = 2000, 1000, 1000  # samples that are drawn


def deal(groups: Labels, *, rng: np.random.Generator) -> tuple[Labels, Labels, Labels]:
    """Return which rows are for training, test and fresh: a half, a quarter and a quarter.

    Each group is dealt out in these shares, to within a row; the order is random.
    """
    shuffled = rng.permutation(len(groups))
    cards = shuffled[np.argsort(groups[shuffled], kind="stable")]
    train, test, fresh = (rng.permutation(hand) for hand in (cards[::2], cards[1::4], cards[3::4]))
    return train, test, fresh


def drawn_from(name: str, density: Density) -> Dataset:
    """Return the data set of a known law, whose modes are its classes."""
    (train, of_train), (test, of_test), (fresh, of_fresh) = (
        density.sample(n, rng=rng_for(0, name, part))
        for part, n in (("train", N_TRAIN), ("test", N_TEST), ("fresh", N_FRESH))
    )
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
