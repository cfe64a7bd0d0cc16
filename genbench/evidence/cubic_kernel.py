"""The discrepancy of many points under KID's kernel, of which hardly any pair is looked at.

About a centre c, with z = x - c, the kernel (x.y/d + 1)^3 is (b + a(x) + a(y) + t)^3, where
b = |c|^2/d + 1, a(x) = c.z/d and t = z.z'/d. What is constant, or a function of x or of y alone,
cancels in a discrepancy. Means over all pairs of what is linear in t follow from weighted means of
the points, and of t^2 from their second moments: n d^2 operations in place of n^2 d. The rest,
r = 3 (a(x) + a(y)) t^2 + t^3, is the smaller the narrower the points lie beside their distance to
the origin, and the more dimensions they vary in. It is estimated from the pairs of a few points, if
its standard error is a hundredth of the discrepancy's or less.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from genbench.evidence.pair_means import KernelMeans, PairMeans
from genbench.evidence.scatter import scatter_of
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.ground.spread import error_where_degenerate

MANY = 4000  # points of each set: fewer are looked at pair by pair
LOOKED_AT = 2000  # points of each set whose pairs are
ROWS = 256  # of pairs at a time, which stay in the cache
PRECISE_BESIDE_ERROR = 0.01  # of the standard error

Block = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CubicDiscrepancy:
    """The U-statistic of the squared discrepancy, and its standard error."""

    unbiased: float
    standard_error: float


def by_moments(test: Array, generated: Array) -> CubicDiscrepancy | None:
    """Return the discrepancy of two sets (n, d), (m, d); None if all pairs must be looked at."""
    if min(len(test), len(generated)) < MANY:
        return None
    centre = (test.mean(axis=0) + generated.mean(axis=0)) / 2
    one, other = (_Side(points, centre, name) for points, name in ((test, "t"), (generated, "g")))
    with np.errstate(over="ignore", invalid="ignore"):  # of single precision: then it is no use
        found, off = _discrepancy(one, other)
    return found if off <= PRECISE_BESIDE_ERROR * found.standard_error < np.inf else None


def _discrepancy(one: "_Side", other: "_Side") -> tuple[CubicDiscrepancy, float]:
    """Return the discrepancy, and what it is off by, as estimated."""
    pairs = [_pair_means(*sides) for sides in ((one, one), (other, other), (one, other))]
    whole, rest = (KernelMeans(*means) for means in zip(*pairs, strict=True))
    value = one.within + other.within - 2 * one.mean_over(other) + rest.unbiased
    n, m = one.n, other.n
    first = 4 * one.influences(other).var(ddof=1) / n + 4 * other.influences(one).var(ddof=1) / m
    degenerate = (
        2 * whole.test.within.centred_square / (n * (n - 1))
        + 2 * whole.generated.within.centred_square / (m * (m - 1))
        + 4 * whole.between.centred_square / (n * m)
    )
    error = error_where_degenerate(float(first), degenerate)
    return CubicDiscrepancy(float(value), error), rest.standard_error


class _Side:
    """One set about the centre: means of its points, weighted by powers of a, and their square."""

    def __init__(self, points: Array, centre: Array, name: str) -> None:
        self.n, self.d = points.shape
        self.base = centre @ centre / self.d + 1
        centred = points - centre
        self.a = centred @ centre / self.d  # (n,)
        self.own = np.einsum("ij,ij->i", centred, centred) / self.d  # (n,) t of a point with itself
        powers = np.stack([np.ones(self.n), self.a, self.a**2]) / self.n
        self.powers = powers.sum(axis=1)  # (3,) means of 1, a and a^2
        self.points = powers @ centred  # (3, d) means of z, a z and a^2 z
        chosen = np.arange(self.n)
        if self.n > LOOKED_AT:
            rng = rng_for(0, "cubic_kernel", name)
            chosen = rng.choice(self.n, size=LOOKED_AT, replace=False)
        self.some, self.some_a, self.some_own = centred[chosen], self.a[chosen], self.own[chosen]
        self.some_in_single = self.some.astype(np.float32)
        self._all = points
        self._centre = centre

    @cached_property
    def square(self) -> Array:
        """Mean of z z', (d, d)."""
        found = scatter_of(self._all)
        shift = found.mean - self._centre
        covariance = found.scaled * found.scales
        covariance *= found.scales[:, None]
        return np.asarray(covariance * ((self.n - 1) / self.n) + np.outer(shift, shift))

    @property
    def within(self) -> float:
        """Mean over pairs of distinct points of what follows from moments."""
        own = self._of_itself(self.a, self.own).sum()
        return float((self.n**2 * self.mean_over(self) - own) / (self.n * (self.n - 1)))

    def mean_over(self, other: "_Side") -> float:
        """Mean over all pairs with another set of what follows from moments."""
        b, d = self.base, self.d
        (_, a, aa), (_, c, cc) = self.powers, other.powers
        linear = self.points @ other.points.T  # [p, q]: mean of a(x)^p a(y)^q t, times d
        weights = np.array([[b**2, 2 * b, 1], [2 * b, 2, 0], [1, 0, 0]])
        square = np.vdot(self.square, other.square)
        return float(
            6 * b * a * c
            + 3 * (aa * c + a * cc)
            + 3 / d * (weights * linear).sum()
            + 3 * b / d**2 * square
        )

    def influences(self, other: "_Side") -> Array:
        """Return, of the few points, the mean over their own set less that over the other one.

        Sums over the own set are divided by n - 2, as in `WithinMeans`.
        """
        many = self.n / (self.n - 2)
        b, a, d = self.base, self.some_a, self.d
        _, s, ss = many * self.powers - other.powers
        points = many * self.points - other.points
        products = self.some @ points.T  # (n_some, 3)
        square = (many * self.square - other.square).astype(np.float32)
        squared = np.einsum("ij,ij->i", self.some_in_single @ square, self.some_in_single)
        weights = np.stack([(b + a) ** 2, 2 * (b + a), np.ones_like(a)], axis=1)
        own = self._of_itself(a, self.some_own) / (self.n - 2)
        return np.asarray(
            6 * b * a * s
            + 3 * (a**2 * s + a * ss)
            + 3 / d * (weights * products).sum(axis=1)
            + 3 * b / d**2 * squared
            - own
        )

    def _of_itself(self, a: Array, own: Array) -> Array:
        b = self.base
        return np.asarray(6 * b * a**2 + 6 * a**3 + 3 * (b + 2 * a) ** 2 * own + 3 * b * own**2)


def _pair_means(one: _Side, other: _Side) -> tuple[PairMeans, PairMeans]:
    """Return the means of the kernel, less what cancels, and of its rest, over the few's pairs."""
    n, m = len(one.some), len(other.some)
    rows, columns, squares = np.zeros((2, n)), np.zeros((2, m)), np.zeros(2)
    for part, kernels in _blocks(one, other):
        for index, values in enumerate(kernels):
            if one is other:
                values[np.arange(len(values)), np.arange(part.start, part.stop)] = 0
            rows[index, part] = values.sum(axis=1, dtype=float)
            columns[index] += values.sum(axis=0, dtype=float)
            squares[index] += float(np.vdot(values, values))
    others = m - 1 if one is other else m
    whole, rest = (
        PairMeans(rows[i] / others, columns[i] * m / (n * others), squares[i] / (n * others))
        for i in range(2)
    )
    return whole, rest


def _blocks(one: _Side, other: _Side) -> Iterator[tuple[slice, tuple[Block, Block]]]:
    b, d = np.float32(one.base), one.d
    a, c = one.some_a.astype(np.float32)[:, None], other.some_a.astype(np.float32)
    scaled = other.some_in_single / np.float32(d)
    for start in range(0, len(a), ROWS):
        part = slice(start, min(start + ROWS, len(a)))
        t = one.some_in_single[part] @ scaled.T
        both = a[part] + c
        square = t * t
        rest = 3 * both
        rest += t
        rest *= square
        base = both + b
        base *= base
        base *= 3 * t
        square *= 3 * b
        base += square
        base += rest
        product = a[part] * c
        product *= 6 * b + 3 * both
        base += product
        yield part, (base, rest)
