"""From judgements to what is printed: a score for each desideratum, aliases, mutants caught."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.metric import Metric
from genbench.sanity.check import Check, Desideratum, Response, Verdict, sound_name
from genbench.sanity.judging import Judgement

N_BOOTSTRAP = 1000
FEWEST_SHARED = 20  # numbers that two metrics must have in common to be called the same
SAME = 1 - 1e-9  # absolute correlation


@dataclass(frozen=True)
class Standing:
    """How a metric fares in a desideratum: the mean strength of its claims, families alike.

    1 is the ideal response to every check, 0 none, -1 the opposite. The 95 % interval is over seeds
    and checks drawn anew; the least family is told apart, since one fatal fault must stay visible.
    """

    metric: str
    desideratum: Desideratum
    score: float
    low: float
    high: float
    least: float
    passed: int
    failed: int
    undecided: int

    @property
    def verdict(self) -> Verdict:
        """Whether the whole interval is on one side of zero, and on which."""
        if self.low > 0:
            return Verdict.PASS
        return Verdict.FAIL if self.high < 0 else Verdict.UNDECIDED


def standings(
    judgements: Iterable[Judgement], checks: Mapping[str, Check]
) -> dict[tuple[str, Desideratum], Standing]:
    """Average what each metric claims over the families of checks of each desideratum."""
    grouped: dict[tuple[str, Desideratum], list[Judgement]] = {}
    for one in judgements:
        if one.finding.claimed and one.finding.strength is not None:
            place = one.finding.metric, checks[one.finding.check].desideratum
            grouped.setdefault(place, []).append(one)
    return {place: _standing(*place, group, checks) for place, group in grouped.items()}


def _standing(
    metric: str, desideratum: Desideratum, group: Sequence[Judgement], checks: Mapping[str, Check]
) -> Standing:
    families: dict[str, list[Judgement]] = {}
    for one in group:
        families.setdefault(checks[one.finding.check].counted_as, []).append(one)
    rng = rng_for(0, "standing", metric, desideratum)
    means = np.array([_mean(family) for family in families.values()])
    redrawn = np.stack([_redrawn(family, rng) for family in families.values()], axis=1)
    chosen = rng.integers(len(means), size=redrawn.shape)
    low, high = np.quantile(
        np.take_along_axis(redrawn, chosen, axis=1).mean(axis=1), [0.025, 0.975]
    )
    verdicts = [one.verdict for one in group]
    return Standing(
        metric=metric,
        desideratum=desideratum,
        score=float(means.mean()),
        low=float(low),
        high=float(high),
        least=float(means.min()),
        passed=verdicts.count(Verdict.PASS),
        failed=verdicts.count(Verdict.FAIL),
        undecided=verdicts.count(Verdict.UNDECIDED),
    )


def _mean(family: Iterable[Judgement]) -> float:
    return float(np.mean([one.finding.strength for one in family]))


def _redrawn(family: Iterable[Judgement], rng: np.random.Generator) -> Array:
    """Return the family's mean (n_bootstrap,) with the seeds of each check drawn anew."""
    drawn = []
    for one in family:
        seeds = np.array(one.finding.by_seed or (one.finding.strength,), dtype=float)
        drawn.append(seeds[rng.integers(len(seeds), size=(N_BOOTSTRAP, len(seeds)))].mean(axis=1))
    return np.asarray(np.mean(drawn, axis=0))


def aliases(responses: Iterable[Response], metrics: Iterable[str]) -> list[tuple[str, str]]:
    """Return pairs of metrics that are one another up to a factor and a constant, on all checks."""
    values: dict[str, dict[tuple[str, int, float, int], float]] = {name: {} for name in metrics}
    for one in responses:
        if one.metric in values and one.value is not None and np.isfinite(one.value):
            values[one.metric][one.check, one.seed, one.level, one.repeat] = one.value
    places = sorted({place for found in values.values() for place in found})
    index = {place: i for i, place in enumerate(places)}
    table = np.full((len(values), len(places)), np.nan)
    for row, found in zip(table, values.values(), strict=True):
        row[[index[place] for place in found]] = list(found.values())
    names = list(values)
    return [
        (names[i], names[j])
        for i in range(len(names))
        for j in range(i)
        if _same(table[i], table[j])
    ]


def _same(one: Array, other: Array) -> bool:
    shared = np.isfinite(one) & np.isfinite(other)
    if shared.sum() < FEWEST_SHARED:
        return False
    one, other = one[shared] - one[shared].mean(), other[shared] - other[shared].mean()
    norm = np.linalg.norm(one) * np.linalg.norm(other)
    return bool(norm > 0 and abs(one @ other) > SAME * norm)


def caught(
    judgements: Iterable[Judgement], mutants: Iterable[Metric]
) -> dict[str, tuple[str, ...]]:
    """Return which checks catch each broken metric: those that it does not pass but should.

    It should pass what the sound metric passes, and what it claims and the sound one does not.
    Where the sound metric fails as well, nothing is caught. Checks that it fails come first.
    """
    by_metric: dict[str, dict[str, Judgement]] = {}
    for one in judgements:
        by_metric.setdefault(one.finding.metric, {})[one.finding.check] = one
    found = {}
    for mutant in mutants:
        sound = by_metric.get(sound_name(mutant.name), {})
        failing = [
            (one.verdict != Verdict.FAIL, check)
            for check, one in by_metric.get(mutant.name, {}).items()
            if one.finding.claimed
            and one.verdict != Verdict.PASS
            and check in sound
            and (sound[check].verdict == Verdict.PASS or not sound[check].finding.claimed)
        ]
        found[mutant.name] = tuple(check for _, check in sorted(failing))
    return found
