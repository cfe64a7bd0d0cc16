"""The ways in which a metric can be sound, each with its test."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import bdtr, bdtrc, betaincinv, chdtri, stdtr, stdtrit

from genbench.ground.arrays import Array
from genbench.metric import Failure, Metric
from genbench.sanity.check import Check, Finding, Responses, sound_name
from genbench.sanity.trend import interval_of_mean, page_p_value, rank_correlations

THREE_STANDARD_ERRORS = 0.0027  # how seldom a normal number lies that far from its mean
ROUNDING = 1e-9  # relative: what is exact but for rounding agrees as well
FEWEST_SEEDS = 2


@dataclass(frozen=True)
class Worsens:
    """The metric gets worse with the level: claimed by those that claim one of the failures."""

    failures: tuple[Failure, ...] = ()
    inputs: tuple[str, ...] = ()  # or, where no failure fits: by those that need one of these
    role: Callable[[Metric], bool] | None = None  # or by those of a role

    @property
    def says(self) -> str:
        return "gets worse"

    def claimed_by(self, metric: Metric) -> bool:
        if self.role is not None:
            return self.role(metric)
        return bool(
            set(metric.catches) & set(self.failures) or set(metric.inputs) & set(self.inputs)
        )

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Page's test of the losses over the seeds that have a number at every level."""
        claimed = self.claimed_by(metric)
        losses = losses_of(metric, responses)
        levels = np.asarray(responses.levels)
        if len(losses) < FEWEST_SEEDS:
            return Finding(
                check=check.name, metric=metric.name, claimed=claimed, note=_why_not(responses)
            )
        p, down = page_p_value(losses)
        correlations = rank_correlations(losses, levels)
        low, high = interval_of_mean(correlations)
        means = np.nanmean(responses.values, axis=(0, 2))
        return Finding(
            check=check.name,
            metric=metric.name,
            claimed=claimed,
            p=p,
            wrong=down,
            strength=float(correlations.mean()),
            by_seed=tuple(map(float, correlations)),
            low=low,
            high=high,
            note=f"from {means[0]:.4g} to {means[-1]:.4g}",
        )


@dataclass(frozen=True)
class Stays:
    """The metric hardly moves: less than it does between two draws of real samples.

    Claimed by all. Levels are ways to look at the same two sets; the first is the plain one.
    """

    @property
    def says(self) -> str:
        return "stays"

    def claimed_by(self, metric: Metric) -> bool:
        return True

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Changes against the 95 % range of values between seeds, which is known with an error.

        It stays if the 95 % interval of the mean change is within the least that the range may be.
        It moves if more changes are beyond the most that the range may be than the one in twenty
        that draws are: a binomial test, which neither heavy tails nor changes of sign deceive.
        """
        values = whole_rows(responses)
        known: dict[str, Any] = {"check": check.name, "metric": metric.name, "claimed": True}
        if len(values) < FEWEST_SEEDS:
            return Finding(**known, note=_why_not(responses))
        n = len(values)
        changes, natural = changes_of(values)
        means, errors = changes.mean(axis=0), changes.std(axis=0, ddof=1) / np.sqrt(n)
        worst = int(np.argmax(np.abs(means) + errors))
        largest, reach = abs(means[worst]), stdtrit(n - 1, 0.975) * errors[worst]
        slacks = ROUNDING * np.abs(values).max(axis=1, keepdims=True)
        slack = float(np.median(slacks))
        least_natural, most_natural = natural * np.sqrt((n - 1) / chdtri(n - 1, [0.025, 0.975]))
        beyond = int((np.abs(changes) > most_natural + slacks).sum(axis=0).max())
        by_chance = float(bdtrc(beyond - 1, n, 0.05)) if beyond else 1.0
        return Finding(
            **known,
            p=min(1.0, by_chance * changes.shape[1]),  # one of several levels is the worst
            wrong=True,
            holds=bool(largest + reach <= least_natural + slack),
            strength=1 - 2 * float(min(1.0, largest / (natural + slack))) if largest else 1.0,
            note=f"moves by {largest:.3g}; draws differ by {natural:.3g}",
        )


@dataclass(frozen=True)
class Equals:
    """The metric's mean is a known number, by level: claimed by those that are named."""

    truths: Mapping[str, Callable[[float], float]]
    transform: Callable[[Array], Array] | None = None  # under which the estimator has no bias

    @property
    def says(self) -> str:
        return "equals its known value"

    def claimed_by(self, metric: Metric) -> bool:
        return sound_name(metric.name) in self.truths

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """The mean over seeds and repeats within three standard errors of the truth, each level."""
        name = sound_name(metric.name)
        if name not in self.truths:
            return Finding(check=check.name, metric=metric.name, claimed=False, note="not claimed")
        truths = np.array([self.truths[name](level) for level in responses.levels])
        return _agreement(check, metric, responses, truths[None, :, None], self.transform)


@dataclass(frozen=True)
class AsDeclared:
    """The metric is what it declares of a perfect model, its ideal, or of one that knows nothing.

    Claimed by all that declare it.
    """

    of: Literal["a perfect model", "one that knows nothing"] = "a perfect model"

    @property
    def says(self) -> str:
        return "is as declared"

    def claimed_by(self, metric: Metric) -> bool:
        return (metric.ideal if self._of_perfect else metric.chance) is not None

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """The mean of value minus declaration, within three standard errors of zero."""
        if not self.claimed_by(metric):
            return Finding(check=check.name, metric=metric.name, claimed=False, note="not declared")
        declared = responses.ideals if self._of_perfect else responses.chances
        return _agreement(check, metric, responses, declared, None)

    @property
    def _of_perfect(self) -> bool:
        return self.of == "a perfect model"


@dataclass(frozen=True)
class Separates:
    """The metric tells a fault from none with few samples: claimed by those that claim one.

    A level is a number of samples, below zero where they are real. The number that is enough is the
    least at which the metric is right in nine draws of ten or more, by the lower end of the 95 %
    interval (Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case
    of the binomial", Biometrika 1934, https://doi.org/10.1093/biomet/26.4.404).
    """

    failures: tuple[Failure, ...]
    right: float = 0.9

    @property
    def says(self) -> str:
        return "needs few samples"

    def claimed_by(self, metric: Metric) -> bool:
        return bool(set(metric.catches) & set(self.failures))

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Count, at each number of samples, how often the fault has the larger loss."""
        known: dict[str, Any] = {
            "check": check.name,
            "metric": metric.name,
            "claimed": self.claimed_by(metric),
        }
        sizes = sorted(level for level in responses.levels if level > 0)
        wins = {size: _wins(metric, responses, size) for size in sizes}
        if np.isnan(responses.values).all():
            return Finding(**known, note=_why_not(responses))
        share = float(wins[sizes[-1]].mean())
        enough = [size for size in sizes if _least_share(wins[size]) >= self.right]
        least = f"{enough[0]:g}" if enough else f"more than {sizes[-1]:g}"
        n = len(wins[sizes[-1]])
        return Finding(
            **known,
            p=float(min(1.0, 2 * bdtr(int(min(share, 1 - share) * n + 0.5), n, 0.5))),
            wrong=share < 0.5,
            strength=2 * share - 1,
            note=f"{least} samples are enough; right in {share:.0%} of draws of {sizes[-1]:g}",
        )


@dataclass(frozen=True)
class WithinBounds:
    """No response in any check lies beyond the declared bounds; claimed where one is finite."""

    @property
    def says(self) -> str:
        return "stays within its bounds"

    def claimed_by(self, metric: Metric) -> bool:
        return bool(np.isfinite(metric.bounds).any())

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """A single value beyond the bounds refutes them."""
        known: dict[str, Any] = {"check": check.name, "metric": metric.name}
        if not self.claimed_by(metric):
            return Finding(**known, claimed=False, note="not declared")
        values, (low, high) = responses.values[~np.isnan(responses.values)], metric.bounds
        slack = ROUNDING * max(abs(bound) for bound in (*metric.bounds, 1.0) if np.isfinite(bound))
        beyond = int(((values < low - slack) | (values > high + slack)).sum())
        return Finding(
            **known,
            claimed=True,
            p=0.0 if beyond else 1.0,
            wrong=True,
            holds=not beyond,
            strength=-1.0 if beyond else 1.0,
            note=(
                f"{beyond} of {len(values)} values lie beyond [{low:g}, {high:g}]; "
                f"they reach from {values.min():.4g} to {values.max():.4g}"
            ),
        )


@dataclass(frozen=True)
class Scales:
    """The time it takes grows at most with the square of the level; claimed by all."""

    most: float = 2.0

    @property
    def says(self) -> str:
        return "takes time within the square"

    def claimed_by(self, metric: Metric) -> bool:
        return True

    def judge(self, check: Check, metric: Metric, responses: Responses) -> Finding:
        """Fit the exponent to each seed's times; a t test over seeds against the square."""
        seconds = np.log(np.maximum(responses.seconds.min(axis=2), 1e-6))
        seconds = seconds[np.isfinite(seconds).all(axis=1)]
        known: dict[str, Any] = {"check": check.name, "metric": metric.name, "claimed": True}
        if len(seconds) < FEWEST_SEEDS:
            return Finding(**known, note=_why_not(responses))
        slopes = np.polyfit(np.log(responses.levels), seconds.T, 1)[0]
        mean, error = slopes.mean(), max(slopes.std(ddof=1), 1e-9) / np.sqrt(len(slopes))
        reach = stdtrit(len(slopes) - 1, 0.975) * error
        last = np.exp(np.median(seconds[:, -1]))
        return Finding(
            **known,
            p=float(stdtr(len(slopes) - 1, -(mean - self.most) / error)),
            wrong=True,
            holds=bool(mean <= self.most),
            note=f"exponent {mean:.2f} ± {reach:.2f}; {last:.2g} s at {responses.levels[-1]:g}",
        )


def _wins(metric: Metric, responses: Responses, size: float) -> Array:
    """Return, of each draw of two sets of this size, whether the fault has the larger loss.

    Ties count one half.
    """
    good, bad = (responses.levels.index(level) for level in (-size, size))
    pair = responses.values[:, [good, bad]], responses.ideals[:, [good, bad]]
    values, ideals = (np.moveaxis(table, 1, 2).reshape(-1, 2) for table in pair)
    kept = ~np.isnan(values).any(axis=1)
    n_missing = int((~kept).sum())  # where there is no number, nothing is told
    values, ideals = values[kept], ideals[kept]
    if metric.aim == "match":
        rest = values[:, 0].sum() - values[:, 0]  # of the real draws but for its own
        others = rest / max(len(values) - 1, 1)
        values = np.abs(values - np.where(np.isfinite(ideals), ideals, others[:, None]))
    good_losses, bad_losses = (values if metric.aim != "high" else -values).T
    worse = (bad_losses > good_losses).astype(float) - (bad_losses < good_losses)
    return np.concatenate([(worse + 1) / 2, np.zeros(n_missing)])


def _least_share(wins: Array) -> float:
    """Return the lower end of the one-sided 95 % interval of a share."""
    n, right = len(wins), np.floor(wins.sum())
    return float(betaincinv(right, n - right + 1, 0.05)) if right else 0.0


def whole_rows(responses: Responses) -> Array:
    """Return the values (n, n_levels) of seeds that have a finite one at every level."""
    values = responses.values[:, :, 0]
    return np.asarray(values[np.isfinite(values).all(axis=1)])


def changes_of(values: Array) -> tuple[Array, float]:
    """Return changes (n, n_levels - 1) from the first level, and how far two draws of it differ.

    The latter is half of the 95 % range of what seeds get at the first level.
    """
    natural = stdtrit(len(values) - 1, 0.975) * values[:, 0].std(ddof=1)
    return values[:, 1:] - values[:, :1], float(natural)


def overall(metric: Metric) -> bool:
    """Whether it is a measure of all that two distributions can differ in."""
    return {"noise", "shift", "collapse", "dropped mode"} <= set(metric.catches)


def losses_of(metric: Metric, responses: Responses) -> Array:
    """Return how far from ideal each response is, (n_seeds, n_levels), whole rows only.

    Where real samples only tell what is to be matched, they are those of the other seeds: a row
    that helped to set its own target would lie nearer to it by chance.
    """
    values, ideals = responses.values.mean(axis=2), responses.ideals.mean(axis=2)
    if metric.aim != "match":
        losses = values if metric.aim == "low" else -values
    elif np.isfinite(ideals).all():
        losses = np.abs(values - ideals)
    else:
        real = values[:, 0]
        whole = np.isfinite(real)
        others = [real[whole & (np.arange(len(real)) != row)] for row in range(len(real))]
        target = np.array([part.mean() if len(part) else np.nan for part in others])
        losses = np.abs(values - target[:, None])
    return np.asarray(losses[~np.isnan(losses).any(axis=1)])


def _agreement(
    check: Check,
    metric: Metric,
    responses: Responses,
    truths: Array,
    transform: Callable[[Array], Array] | None,
) -> Finding:
    """Compare each level's mean with its truth; the level that agrees least decides."""
    values = responses.values
    if transform is not None:
        values, truths = transform(values), transform(truths)
    gaps = np.moveaxis(values - truths, 1, 0).reshape(values.shape[1], -1)
    truths = np.moveaxis(np.broadcast_to(truths, values.shape), 1, 0).reshape(gaps.shape)
    known: dict[str, Any] = {"check": check.name, "metric": metric.name, "claimed": True}
    worst, least = None, -1.0
    for level, gap, truth in zip(responses.levels, gaps, truths, strict=True):
        kept = np.isfinite(gap)
        if kept.sum() < FEWEST_SEEDS:
            return Finding(**known, note=_why_not(responses))
        n, known_value, mean = int(kept.sum()), float(truth[kept].mean()), float(gap[kept].mean())
        error = float(gap[kept].std(ddof=1) / np.sqrt(n))
        error = max(error, ROUNDING * abs(known_value), np.finfo(float).tiny)
        if abs(mean) / error > least:
            least = abs(mean) / error
            worst = level, mean, error, known_value, n
    assert worst is not None  # noqa: S101  # checks have levels
    level, mean, error, truth, n = worst
    # One of several levels is the worst by chance: Bonferroni.
    p = min(1.0, _two_sided(mean / error, n - 1) * len(responses.levels))
    where = f" at {check.knob} {level:g}" if len(responses.levels) > 1 else ""
    return Finding(
        **known,
        p=p,
        wrong=True,
        holds=p >= THREE_STANDARD_ERRORS,
        strength=1.0 if p >= THREE_STANDARD_ERRORS else -1.0,
        note=f"{truth + mean:.5g} ± {error:.2g}, known {truth:.5g}{where} ({n} draws)",
    )


def _two_sided(t: float, degrees: int) -> float:
    return float(2 * stdtr(degrees, -abs(t)))


def _why_not(responses: Responses) -> str:
    return responses.reasons[0] if responses.reasons else "too few numbers."
