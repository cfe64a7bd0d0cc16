"""What several seeds say together: a mean, how far to trust it, and the digits it deserves."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import mean, stdev

ENOUGH = 3  # seeds for an interval; with fewer there is nothing honest to say about spread


@dataclass(frozen=True)
class Estimate:
    """One number per seed, read together.

    The interval is Student's t, for it keeps its 95 % with three seeds, where resampling the seeds
    (the bootstrap) keeps 75 %.
    """

    values: tuple[float, ...]  # at least one

    @cached_property
    def mean(self) -> float:
        """The mean over seeds; an infinite seed makes it infinite."""
        infinite = [value for value in self.values if math.isinf(value)]
        return infinite[0] if infinite else mean(self.values)

    @cached_property
    def half(self) -> float | None:
        """Half the width of the 95 % interval; None with fewer than three seeds."""
        if len(self.values) < ENOUGH or not all(map(math.isfinite, self.values)):
            return None
        n = len(self.values)
        return _student(n - 1) * stdev(self.values) / math.sqrt(n)

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

    def overlaps(self, other: "Estimate") -> bool:
        """Say whether the two cannot be told apart: their intervals share a point."""
        return self.low <= other.high and other.low <= self.high


def ranks(losses: dict[str, Estimate]) -> dict[str, str]:
    """Return the rank of each name, smallest loss first: "1", "1", "3", or "2-4" with intervals.

    A rank interval runs from the best to the worst place that the overlaps leave open.
    """
    certain = all(estimate.half is None for estimate in losses.values())
    found = {}
    for name, mine in losses.items():
        others = [estimate for other, estimate in losses.items() if other != name]
        if certain:
            found[name] = str(1 + sum(other.mean < mine.mean for other in others))
            continue
        best = 1 + sum(other.high < mine.low for other in others)
        worst = 1 + sum(other.low <= mine.high for other in others)
        found[name] = str(best) if best == worst else f"{best}-{worst}"
    return found


def best_of(losses: dict[str, Estimate]) -> set[str]:
    """Return the name with the smallest loss and all that cannot be told from it."""
    leader = min(losses.values(), key=lambda estimate: estimate.mean, default=None)
    if leader is None or leader.mean == math.inf:
        return set()
    return {name for name, estimate in losses.items() if estimate.overlaps(leader)}


def number(mean: float, half: float | None = None) -> str:
    """Write a number for people.

    >>> number(0.95312, 0.0213), number(1234.5), number(0.5), number(float("inf"))
    ('0.95 ± 0.02', '1234', '0.500', '∞')
    """
    if math.isinf(mean):
        return "∞" if mean > 0 else "-∞"
    if half is None or half <= 1e-12 * abs(mean):
        return _three_digits(mean)
    exponent = math.floor(math.log10(half))
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


@lru_cache
def _student(degrees: int) -> float:
    from scipy.stats import t

    return float(t.ppf(0.975, degrees))
