"""The test set handed in as samples: it gets perfect scores, and says nothing of a model.

Test sets are public, so that samples equal to test samples are looked for. Whole numbers, short
sentences and the like repeat by nature: what counts is more than chance brings about.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.randomness import rng_for

DEALS = 100  # of all samples to the sets
SPREADS = 4  # beyond which a number of repeats is none of nature
FEWEST = 3  # copies of what does not repeat; fewer may be an accident of rounding
BITS = 24  # of a number in single precision, its sign and exponent apart
DIGITS = 5  # of numbers that are written short, such as measurements
LOOKED_AT, COORDINATES = 100, 4  # samples that tell which coordinates tell samples apart
ROWS = 1000  # that are rounded at a time


class Copies(NamedTuple):
    """How many generated samples are equal to test samples, more than by chance."""

    n: int
    of: int
    others: str  # how that compares with other real samples

    def __str__(self) -> str:
        """Return the warning."""
        return (
            f"{self.n} of {self.of} generated samples are equal to test samples{self.others}, more "
            "than chance brings about: was the test set handed in? Its copies say nothing of a "
            "model."
        )


def copies_of(test: Array, generated: Array, *others: Array) -> Copies | None:
    """Return how many generated samples are copies of test samples, if that is beyond chance.

    `others` are more real samples, each (n, ...). Equal are those of the same numbers in single
    precision. If nobody has seen the test set, it was by chance which samples are generated, which
    are test and which are other real ones: as many are equal when all are dealt out anew. Where
    real samples never repeat, a few are enough.
    """
    if not _may_hold_copies(flat(test), flat(generated)):
        return None
    codes = codes_of(*map(_rounded, (generated, test, *others)))
    made, real = codes[: len(generated)], codes[len(generated) :]
    known = np.unique(real[: len(test)])
    n = int(np.isin(made, known).sum())
    if not n:
        return None
    if len(np.unique(real)) < len(real) or _repeats(flat(test)):
        rng = rng_for(0, "copies")
        sizes = len(generated), len(test)
        dealt = np.array([_matched(rng.permutation(codes), *sizes) for _ in range(DEALS)])
        copied = _matched(codes, *sizes) > dealt.mean() + SPREADS * dealt.std()
    else:
        copied = np.isin(known, made).sum() >= FEWEST
    if not copied:
        return None
    told = ""
    if others:
        equal = np.isin(real[len(test) :], known)
        told = f", and {equal.sum()} of {len(equal)} other real ones"
    return Copies(n, len(generated), told)


def _may_hold_copies(test: Array, generated: Array) -> bool:
    """Tell whether any samples are equal in the few coordinates that tell test samples apart best.

    Hardly any are, and all coordinates of many samples take a while to compare.
    """
    telling = np.argsort(test[:LOOKED_AT].std(axis=0), kind="stable")[-COORDINATES:]
    known, made = (_rounded(points[:, telling]) + 0.0 for points in (test, generated))
    made = made[np.isin(made[:, -1], known[:, -1])]  # most often none is left
    return bool(len(made) and np.isin(_as_one(made), _as_one(known)).any())


def _as_one(rows: Array) -> NDArray[np.void]:
    """Return the numbers of each row as one, (n,), which is equal where all of them are."""
    return np.ascontiguousarray(rows).view(f"V{rows.itemsize * rows.shape[1]}").ravel()


def codes_of(*parts: Array) -> Labels:
    """Return a whole number for each sample of all parts in turn, the same for equal ones."""
    rows = [hash((row + 0.0).tobytes()) for part in parts for row in flat(part)]
    return np.unique(np.array(rows), return_inverse=True)[1]  # minus zero is zero


def _matched(codes: Labels, n: int, n_test: int) -> int:
    """Count the pairs, one to one, of equal samples among the first n and the next ones."""
    most = int(codes.max()) + 1
    counts = (np.bincount(part, minlength=most) for part in (codes[:n], codes[n : n + n_test]))
    return int(np.minimum(*counts).sum())


def _rounded(samples: Array) -> Array:
    """Round to single precision; unlike its own numbers, these may be as large or small as any."""
    rounded = np.empty(flat(samples).shape)
    for start in range(0, len(samples), ROWS):
        mantissa, exponent = np.frexp(np.asarray(flat(samples)[start : start + ROWS]))
        rounded[start : start + ROWS] = np.ldexp(np.rint(np.ldexp(mantissa, BITS)), exponent - BITS)
    return rounded


def _repeats(points: Array) -> bool:
    """Tell whether samples are such that some may well be equal: single numbers, or short ones."""
    if points.shape[1] == 1 or np.array_equal(points, np.rint(points)):
        return True
    shown = np.abs(points[points != 0])
    scaled = shown / 10.0 ** (np.floor(np.log10(shown)) + 1 - DIGITS)
    return bool((np.abs(scaled - np.rint(scaled)) < 10.0 ** -(DIGITS - 1)).all())
