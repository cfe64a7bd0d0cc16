"""Rows dealt out to the three parts of a data set."""

import numpy as np

from genbench.ground.arrays import Labels


def deal(groups: Labels, *, rng: np.random.Generator) -> tuple[Labels, Labels, Labels]:
    """Return which rows are for training, test and fresh: a half, a quarter and a quarter.

    Each group is dealt out in these shares, to within a row; the order is random.
    """
    shuffled = rng.permutation(len(groups))
    cards = shuffled[np.argsort(groups[shuffled], kind="stable")]
    train, test, fresh = (rng.permutation(hand) for hand in (cards[::2], cards[1::4], cards[3::4]))
    return train, test, fresh
