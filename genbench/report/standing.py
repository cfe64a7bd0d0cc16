"""Who is told apart from whom: verdicts on pairs, and the groups and ranks that follow from them.

A verdict is Welch's test on the seeds of two models, variances added over data sets. It depends on
these two alone: clones, withdrawn models and filters change none, which holds of no correction for
the number of pairs. Welch, "The generalization of Student's problem when several different
population variances are involved", Biometrika 1947, https://doi.org/10.1093/biomet/34.1-2.28.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from genbench.ground.arrays import Array, Flags
from genbench.ground.randomness import rng_for
from genbench.report.intervals import Interval, half_width

# With 55 equal models and five seeds of each, the leader then shuts out one wrongly on a twentieth
# of boards of five data sets (simulated: .048 to .053), on a hundredth of those of one.
TOLD_APART = 0.0003
BOARDS = 2_000  # that are drawn to see how often chance alone tells models apart
AS_REAL = 0.05  # of agreement, by which what is as good as real samples may fall short


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a model stands: its group, and the places that the verdicts leave open."""

    letter: str
    hollow: bool  # in its group only because its seeds scatter too much to tell
    first: int  # the best place: one more than there are models told apart and better
    last: int  # the worst: all that are ranked, less those told apart and worse

    @property
    def rank(self) -> str:
        """The places as text: "3", or "2-7"."""
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What is known of a difference of two means."""

    mean: float
    half: float  # of its 95 % interval
    p: float  # of such a difference or a larger one, either way, between equals


def difference(one: Interval, other: Interval) -> Difference:
    """Compare two intervals.

    Raises:
        ValueError: one has no variance: there are fewer than three seeds.
    """
    variance, share = _added(one, other)
    return Difference(
        mean=one.mean - other.mean,
        half=half_width(variance, share, 0.95),
        p=float(p_values([one, other])[0, 1]),
    )


def as_real(model: Interval, real: Interval) -> bool:
    """Say whether it is all but sure that a model falls short of real samples by little at most.

    The one-sided 95 % bound of the difference lies above that: absence of a difference would not
    be enough.
    """
    if model.variance is None or real.variance is None:
        return False
    bound = model.mean - real.mean - half_width(*_added(model, real), 0.9)
    return bound > -AS_REAL


def p_values(intervals: Sequence[Interval]) -> Array:
    """Return Welch's two-sided p-value of every pair, (n, n).

    Where nothing varies, equal means have 1 and others 0.

    Raises:
        ValueError: an interval has no variance.
    """
    means = np.array([each.mean for each in intervals])
    variances = np.array([_known(each.variance) for each in intervals])
    shares = np.array([_known(each.share) for each in intervals])
    return welch(*((each[:, None], each) for each in (means, variances, shares)))


def welch(
    means: tuple[Array, Array], variances: tuple[Array, Array], shares: tuple[Array, Array]
) -> Array:
    """Return the p-values of pairs of means, which broadcast."""
    from scipy.stats import t

    apart = np.abs(means[0] - means[1])
    variance, share = variances[0] + variances[1], shares[0] + shares[1]
    sure = share == 0
    degrees = np.divide(variance**2, share, out=np.ones_like(variance), where=~sure)
    statistic = np.divide(apart, np.sqrt(variance), out=np.zeros_like(apart), where=~sure)
    return np.where(sure, apart == 0, 2 * t.sf(statistic, degrees))


def told_apart(intervals: Sequence[Interval]) -> Flags:
    """Return which pairs are told apart, (n, n)."""
    return np.asarray(p_values(intervals) < TOLD_APART) if intervals else np.zeros((0, 0), bool)


def standings(models: Mapping[str, Interval]) -> dict[str, Standing]:
    """Return where each model stands, the highest mean first; equal means in order of name.

    The first model leads the group A; all that are not told apart from it are in it. Of the rest
    the first leads B, and so on.
    """
    names = sorted(models, key=lambda name: (-models[name].mean, name))
    intervals = [models[name] for name in names]
    apart = told_apart(intervals)
    means = np.array([each.mean for each in intervals])
    worse = apart & (means[:, None] > means)  # of row i, those that are told apart and worse
    found: dict[str, Standing] = {}
    rest = list(range(len(names)))
    for group in range(len(names)):
        if not rest:
            break
        members = [i for i in rest if not apart[rest[0], i]]
        rest = [i for i in rest if apart[rest[0], i]]
        best_of_rest = max((means[i] for i in rest), default=-math.inf)
        for i in members:
            found[names[i]] = Standing(
                letter=letter(group),
                hollow=bool(means[i] < best_of_rest),
                first=1 + int(worse[:, i].sum()),
                last=len(names) - int(worse[i].sum()),
            )
    return found


def wrongly_shut_out(models: Sequence[Interval]) -> float:
    """Return on which share of boards the leader would be told apart from an equal by chance.

    From `BOARDS` drawn boards of such models, all equal, whose seeds vary as theirs do: a mean is
    normal, its variance a chi-square of its degrees of freedom.
    """
    known = [(_known(each.variance), _known(each.share)) for each in models]
    varying = np.array([pair for pair in known if pair[1] > 0]).reshape(-1, 2)
    if len(varying) < 2:
        return 0.0
    rng = rng_for(0, "equal models")
    size = (BOARDS, len(varying))
    degrees = varying[:, 0] ** 2 / varying[:, 1]
    means = np.sqrt(varying[:, 0]) * rng.normal(size=size)
    variances = varying[:, 0] * rng.chisquare(degrees, size=size) / degrees
    shares = variances**2 / degrees
    leader = means.argmax(axis=1)[:, None]
    of_leader = (np.take_along_axis(each, leader, axis=1) for each in (means, variances, shares))
    p = welch(*(pair for pair in zip(of_leader, (means, variances, shares), strict=True)))
    return float((p < TOLD_APART).any(axis=1).mean())


def letter(group: int) -> str:
    """Return the name of a group, counted from 0: A to Z, then AA, AB, ..."""
    sets, place = divmod(group, len(ascii_uppercase))
    return (letter(sets - 1) if sets else "") + ascii_uppercase[place]


def share_told_apart(models: Sequence[Interval]) -> tuple[int, int]:
    """Return how many pairs are told apart, and how many there are."""
    n = len(models)
    return int(told_apart(models).sum()) // 2, n * (n - 1) // 2


def _added(one: Interval, other: Interval) -> tuple[float, float]:
    return (
        _known(one.variance) + _known(other.variance),
        _known(one.share) + _known(other.share),
    )


def _known(value: float | None) -> float:
    if value is None:
        raise ValueError("Nothing is known of the spread: there are fewer than three seeds.")
    return value
