"""When two values with standard errors are told apart, and how variances fall with samples."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.optimize import nnls

from genbench.scoring.resolution import APART


def told_apart(one: tuple[float, float], other: tuple[float, float]) -> bool:
    """Tell whether two values differ, each given with its standard error."""
    return abs(one[0] - other[0]) > APART * math.hypot(one[1], other[1])


@dataclass(frozen=True)
class Variance:
    """Variance of a value that n generated samples give: fixed + first / n + second / n^2.

    What is fixed is due to the real samples. The second order is all there is of distances whose
    first order vanishes, between equal distributions.
    """

    fixed: float
    first: float
    second: float

    @classmethod
    def fitted(cls, variances: Mapping[int, float]) -> Self:
        """Fit to variances by sizes, all of which weigh the same relative to themselves."""
        n, v = np.array(list(variances), dtype=float), np.array(list(variances.values()))
        kept = v > 0
        if not kept.any():
            return cls(0.0, 0.0, 0.0)
        n, v = n[kept], v[kept]
        terms = np.stack([np.ones_like(n), 1 / n, 1 / n**2], axis=1) / v[:, None]
        scale = np.linalg.norm(terms, axis=0)
        found, _ = nnls(terms / scale, np.ones_like(n))
        return cls(*(float(each) for each in found / scale))

    def __call__(self, n: float) -> float:
        return self.fixed + self.first / n + self.second / n**2

    def times(self, factor: float) -> Self:
        """Return this variance times a factor."""
        return type(self)(self.fixed * factor, self.first * factor, self.second * factor)

    def __add__(self, other: Self) -> Self:
        """Return that of a difference of two independent values."""
        return type(self)(
            self.fixed + other.fixed, self.first + other.first, self.second + other.second
        )

    def samples_for(self, wanted: float, *, seeds: int = 1, of_seeds: float = 0.0) -> float:
        """Return n so that the mean over seeds of n samples has at most the wanted variance.

        `of_seeds` is the variance that a seed adds beside that of its samples. Infinity where no
        number of samples is enough.
        """
        left = (wanted - self.fixed - of_seeds / seeds) * seeds
        if left <= 0:
            return math.inf
        return (self.first + math.sqrt(self.first**2 + 4 * left * self.second)) / (2 * left)
