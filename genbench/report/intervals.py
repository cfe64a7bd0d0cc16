"""What several seeds say together: a mean, how far to trust it, and the digits it deserves."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

ENOUGH = 3  # seeds for an interval; with fewer there is nothing honest to say about spread
MOST_DECIMALS = 6


class Interval:
    """A mean and its 95 % interval: Student's t, whose degrees of freedom follow from its parts.

    Its variance is a sum of those of parts; `share` is the sum of their squares, each over the
    part's degrees of freedom (Welch, Satterthwaite). Student's t keeps its 95 % with three seeds,
    where resampling the seeds (the bootstrap) keeps 75 %.
    """

    mean: float
    variance: float | None  # of the mean; None where nothing can be said of it
    share: float | None  # variance squared over degrees of freedom

    @cached_property
    def half(self) -> float | None:
        """Half the width of the 95 % interval; None with fewer than three seeds."""
        if self.variance is None or self.share is None:
            return None
        return half_width(self.variance, self.share, 0.95)

    @property
    def degrees(self) -> float | None:
        """Degrees of freedom; None without an interval, or where nothing varies."""
        if self.variance is None or not self.share:
            return None
        return self.variance**2 / self.share

    @property
    def low(self) -> float:
        """The lower end, the mean itself where there is no interval."""
        return self.mean - (self.half or 0.0)

    @property
    def high(self) -> float:
        """The upper end, the mean itself where there is no interval."""
        return self.mean + (self.half or 0.0)

    @property
    def text(self) -> str:
        """The mean with as many digits as its interval supports, three without one."""
        return number(self.mean, self.half)


@dataclass(frozen=True)
class Estimate(Interval):
    """One number per seed, read together."""

    values: tuple[float, ...]  # at least one

    @cached_property
    def mean(self) -> float:  # type: ignore[override]
        """The mean over seeds; an infinite seed makes it infinite."""
        infinite = [value for value in self.values if math.isinf(value)]
        return infinite[0] if infinite else math.fsum(self.values) / len(self.values)

    @cached_property
    def variance(self) -> float | None:  # type: ignore[override]
        """That of the mean; None with fewer than three seeds, or an infinite one."""
        if len(self.values) < ENOUGH or not all(map(math.isfinite, self.values)):
            return None
        n = len(self.values)
        return math.fsum((value - self.mean) ** 2 for value in self.values) / (n - 1) / n

    @property
    def share(self) -> float | None:  # type: ignore[override]
        """The variance squared, over one degree of freedom less than there are seeds."""
        return None if self.variance is None else self.variance**2 / (len(self.values) - 1)


@dataclass(frozen=True)
class Pooled(Interval):
    """The mean of several estimates, one a data set, each of which weighs the same.

    The data sets are taken as they are: the interval is about these, over seeds.
    """

    parts: tuple[Interval, ...]  # at least one

    @cached_property
    def mean(self) -> float:  # type: ignore[override]
        """The mean of the means."""
        return math.fsum(part.mean for part in self.parts) / len(self.parts)

    @cached_property
    def variance(self) -> float | None:  # type: ignore[override]
        """The sum of their variances over the square of their number, if all have one."""
        found = [part.variance for part in self.parts if part.variance is not None]
        whole = len(found) == len(self.parts)
        return math.fsum(found) / len(self.parts) ** 2 if whole else None

    @cached_property
    def share(self) -> float | None:  # type: ignore[override]
        """The sum of what their variances are over their degrees of freedom."""
        found = [part.share for part in self.parts if part.share is not None]
        whole = len(found) == len(self.parts)
        return math.fsum(found) / len(self.parts) ** 4 if whole else None


def half_width(variance: float, share: float, level: float) -> float:
    """Return half the width of an interval that covers with probability `level`."""
    if share == 0:  # as its square is, where variance is nothing but rounding
        return 0.0
    return _student(variance**2 / share, (1 + level) / 2) * math.sqrt(variance)


def decimals(column: Sequence[Interval]) -> int:
    """Return how many decimals a column of numbers deserves.

    So many that a narrow interval of the column, one of four, has a digit, or two if the first is a
    1; without intervals, that a large number has three. None has more than four digits that matter.
    """
    widths = [half for each in column if (half := each.half) is not None and 0 < half < math.inf]
    sizes = [abs(each.mean) for each in column if 0 < abs(each.mean) < math.inf]
    if not sizes:
        return 0
    large = _exponent(_quartile(sizes, 3))
    if not widths:
        return max(2 - large, 0)
    narrow = _quartile(widths, 1)
    exponent = _exponent(narrow)
    return max(min(int(narrow < 2 * 10.0**exponent) - exponent, 3 - large), 0)


def _quartile(values: Sequence[float], which: int) -> float:
    return sorted(values)[which * (len(values) - 1) // 4]


def _exponent(value: float) -> int:
    return math.floor(math.log10(value))


def fixed(mean: float, half: float | None, places: int) -> str:
    """Write a number with so many decimals, as all of its column have.

    >>> fixed(0.95312, 0.0213, 3), fixed(12.5, None, 1), fixed(float("inf"), None, 2)
    ('0.953 ± 0.021', '12.5', '∞')
    """
    if math.isinf(mean) or max(abs(mean), half or 0) >= 1e6 or places > MOST_DECIMALS:
        return number(mean, half)
    written = f"{mean:z.{places}f}"
    return written if half is None else f"{written} ± {half:.{places}f}"


def number(mean: float, half: float | None = None) -> str:
    """Write a number for people.

    >>> number(0.95312, 0.0213), number(1234.5), number(0.5), number(float("inf"))
    ('0.95 ± 0.02', '1234', '0.500', '∞')
    """
    if math.isinf(mean):
        return "∞" if mean > 0 else "-∞"
    if half is None or half <= 1e-12 * abs(mean):
        return _three_digits(mean)
    exponent = _exponent(half)
    if exponent < -6 or max(abs(mean), half) >= 1e6:
        return f"{mean:.2e} ± {half:.0e}"
    keep = -exponent + (half / 10**exponent < 2)  # a leading 1 takes a second digit along
    mean, half = round(mean, keep), round(half, keep)
    return f"{mean:z.{max(keep, 0)}f} ± {half:.{max(keep, 0)}f}"


def joined(names: Iterable[str]) -> str:
    """Write names in order, for a note."""
    return ", ".join(sorted(names))


def _three_digits(value: float) -> str:
    if value == 0:
        return "0"
    if 1000 <= abs(value) < 1e6:
        return f"{value:.0f}"
    return f"{value:#.3g}".removesuffix(".")


@lru_cache(maxsize=4096)
def _student(degrees: float, level: float) -> float:
    from scipy.stats import t

    return float(t.ppf(level, degrees))
