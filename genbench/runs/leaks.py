"""Test samples among those to train on: what a model learned by heart would count as good."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.scoring.copies import FEWEST, codes_of

MOST = 0.01  # of the test samples, above what others show
RARE = 1e-6  # probability of as many by chance, where samples repeat by nature


def shares_in_train(train: Array, test: Array, fresh: Array) -> tuple[float, float]:
    """Return which shares of test and of fresh samples (n, ...) are equal to training samples."""
    codes = codes_of(train, test, fresh)
    found = np.isin(codes[len(train) :], codes[: len(train)])
    return float(found[: len(test)].mean()), float(found[len(test) :].mean())


def check_leaks(train: Array, test: Array, fresh: Array, *, name: str) -> None:
    """Refuse test samples that are in train, from 1 % above what others show by chance.

    Whole numbers and the like repeat by nature: then training samples are equal to others of them,
    and so many test samples must be more than chance brings about, given how many fresh ones are
    in train, or how many training samples are there twice. Fewer than three may be an accident.

    Raises:
        BadInput: there are as many.
    """
    of_test, of_fresh = shares_in_train(train, test, fresh)
    n = round(of_test * len(test))
    _, which, times = np.unique(codes_of(train), return_inverse=True, return_counts=True)
    of_train = float((times[which] > 1).mean())
    if n < FEWEST or of_test < MOST:
        return
    others = ((of_fresh, len(fresh)), (of_train, len(train)))
    if of_train and not any(_beyond(n, len(test), share, of) for share, of in others):
        return
    raise BadInput(
        f"{name}: {n} of {len(test)} test samples ({of_test:.1%}) are training samples as well, of "
        f"fresh ones {of_fresh:.1%}: what a model learned by heart would count as good. Leave them "
        "out of one of the two."
    )


def _beyond(n: int, of: int, share: float, others: int) -> bool:
    """Say whether n of the test samples are more than the share of others lets one expect."""
    from scipy.stats import hypergeom

    marked = n + round(share * others)
    chance = hypergeom.sf(n - 1, of + others, marked, of)
    return bool(n / of - share >= MOST and chance < RARE)
