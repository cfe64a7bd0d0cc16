"""Test samples among those to train on: what a model learned by heart would count as good."""

import numpy as np
from scipy.stats import hypergeom

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.scoring.copies import FEWEST, codes_of

MOST = 0.01  # of the test samples, above what fresh ones show
RARE = 1e-3  # probability of as many by chance, where samples repeat by nature


def shares_in_train(train: Array, test: Array, fresh: Array) -> tuple[float, float]:
    """Return which shares of test and of fresh samples (n, ...) are equal to training samples."""
    codes = codes_of(train, test, fresh)
    known = np.unique(codes[: len(train)])
    found = np.isin(codes[len(train) :], known)
    return float(found[: len(test)].mean()), float(found[len(test) :].mean())


def check_leaks(train: Array, test: Array, fresh: Array, *, name: str) -> None:
    """Refuse test samples that are in train, from 1 % above what fresh samples show by chance.

    Where samples repeat by nature, as whole numbers do, so many must also be more than dealing
    test and fresh anew brings about. Fewer than three may be an accident.

    Raises:
        BadInput: there are as many.
    """
    of_test, of_fresh = shares_in_train(train, test, fresh)
    n = round(of_test * len(test))
    if n < FEWEST or of_test - of_fresh < MOST:
        return
    repeated = of_fresh > 0 or len(np.unique(codes_of(train))) < len(train)
    if repeated:
        both = n + round(of_fresh * len(fresh))
        by_chance = hypergeom.sf(n - 1, len(test) + len(fresh), both, len(test))
        if by_chance > RARE:
            return
    raise BadInput(
        f"{name}: {n} of {len(test)} test samples ({of_test:.1%}) are training samples as well, of "
        f"fresh ones {of_fresh:.1%}: what a model learned by heart would count as good. Leave them "
        "out of one of the two."
    )
