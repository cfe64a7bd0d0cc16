"""The power law y = k x^a, the law of allometry, by least squares of logarithms.

The interval of the exponent is Student's with n - 2 degrees of freedom: of 10 points the normal
one holds the truth in 92 of 100, of 7 in 89. Gould, "Allometry and size in ontogeny and phylogeny",
Biological Reviews 1966, https://doi.org/10.1111/j.1469-185X.1966.tb01624.x.
"""

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from genbench.ground.arrays import Array, as_numbers
from genbench.ground.errors import BadInput

FEWEST = 3  # points: two lie on a line whatever they are
LEVEL = 0.95  # of every interval here


@dataclass(frozen=True, kw_only=True)
class Exponent:
    """The exponent of a power law, and how sure it is."""

    value: float
    standard_error: float
    n: int  # points

    @classmethod
    def of_summary(cls, value: float, r_squared: float, n: int) -> Self:
        """Return an exponent of which no more is printed than its fit's R^2 and number of points.

        Raises:
            BadInput: there are fewer than three points, or `r_squared` is not in (0, 1].
        """
        if n < FEWEST:
            raise BadInput(f"An exponent has an interval from {FEWEST} points on, not of {n}.")
        if not 0 < r_squared <= 1:
            raise BadInput(f"r_squared is above 0 and at most 1, not {r_squared}.")
        error = abs(value) * math.sqrt((1 / r_squared - 1) / (n - 2))
        return cls(value=value, standard_error=error, n=n)

    @property
    def interval(self) -> tuple[float, float]:
        """The ends of the 95 % interval."""
        half = student(self.n - 2) * self.standard_error
        return self.value - half, self.value + half

    def may_be(self, value: float) -> bool:
        """Say whether a value lies inside the 95 % interval."""
        low, high = self.interval
        return low <= value <= high


@dataclass(frozen=True, kw_only=True)
class PowerLaw:
    """y = k x^a, as fitted."""

    exponent: Exponent  # a
    factor: float  # k
    r_squared: float  # of logarithms
    centre: float  # mean logarithm of x
    spread: float  # standard deviation of the logarithms of y around the law

    def __call__(self, x: Any) -> Array:
        """Return y at points x (n,)."""
        return np.asarray(self.factor * np.asarray(x, dtype=float) ** self.exponent.value)

    def next_point(self, x: float) -> tuple[float, float]:
        """Return the ends of the interval that holds one more y, at x, in 95 of 100."""
        n, middle = self.exponent.n, math.log(float(self(x)))
        away = (math.log(x) - self.centre) * self.exponent.standard_error
        half = student(n - 2) * math.sqrt(self.spread**2 * (1 + 1 / n) + away**2)
        return math.exp(middle - half), math.exp(middle + half)


def fit_power_law(x: Any, y: Any) -> PowerLaw:
    """Fit y = k x^a to points x (n,), y (n,), all above 0.

    Raises:
        BadInput: there are fewer than three points, numbers that have no logarithm, or one x only.
    """
    x = as_numbers(x, name="x")
    y = as_numbers(y, name="y", n=len(x))
    if len(x) < FEWEST:
        raise BadInput(f"A power law is fitted to {FEWEST} points or more, not to {len(x)}.")
    for name, numbers in (("x", x), ("y", y)):
        if numbers.min() <= 0:
            raise BadInput(f"{name} must be above 0 to have a logarithm, not {numbers.min():g}.")
    across, up = np.log(x), np.log(y)
    centre, middle = float(across.mean()), float(up.mean())
    squares = float(((across - centre) ** 2).sum())
    if squares == 0:
        raise BadInput(f"All {len(x)} points have x = {x[0]:g}: an exponent needs different ones.")
    slope = float((across - centre) @ (up - middle)) / squares
    total = float(((up - middle) ** 2).sum())
    left = float(((up - middle - slope * (across - centre)) ** 2).sum())
    spread = math.sqrt(left / (len(x) - 2))
    return PowerLaw(
        exponent=Exponent(value=slope, standard_error=spread / math.sqrt(squares), n=len(x)),
        factor=math.exp(middle - slope * centre),
        r_squared=1 - left / total if total else 1.0,
        centre=centre,
        spread=spread,
    )


def student(degrees: int) -> float:
    """Return how many standard errors a 95 % interval reaches to either side."""
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, degrees))
