"""All that a report tells, made from responses alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.sanity.check import Check, Desideratum, Response, Verdict
from genbench.sanity.human import human_standings
from genbench.sanity.judging import Judgement, judge
from genbench.sanity.mutants import MUTANTS
from genbench.sanity.summary import Standing, aliases, caught, standings


@dataclass(frozen=True, kw_only=True)
class Results:
    """Responses of metrics, broken ones among them, and what follows."""

    responses: Sequence[Response]
    checks: Mapping[str, Check]
    metrics: Mapping[str, Metric]
    command: str  # that made them

    @cached_property
    def seeds(self) -> str:
        """The seeds, in words."""
        seeds = sorted({one.seed for one in self.responses})
        whole = len(seeds) > 1 and seeds == list(range(seeds[0], seeds[-1] + 1))
        return f"{seeds[0]} to {seeds[-1]}" if whole else ", ".join(map(str, seeds))

    @cached_property
    def sound(self) -> Mapping[str, Metric]:
        """The metrics that were not broken on purpose."""
        return {name: metric for name, metric in self.metrics.items() if name not in MUTANTS}

    @cached_property
    def judged(self) -> Sequence[Judgement]:
        """The verdicts on all metrics."""
        return judge(self.responses, self.checks, self.metrics)

    @cached_property
    def of_sound(self) -> Sequence[Judgement]:
        """The verdicts on sound metrics."""
        return [one for one in self.judged if one.finding.metric in self.sound]

    @cached_property
    def human(self) -> Mapping[str, Standing]:
        """The scores in agreement with people, by metric."""
        found = human_standings()
        return {name: one for (name, _), one in found.items() if name in self.sound}

    @cached_property
    def standing(self) -> Mapping[tuple[str, Desideratum], Standing]:
        """The scores of sound metrics; those of one metric side by side."""
        found = standings(self.of_sound, self.checks)
        found |= {(name, one.desideratum): one for name, one in self.human.items()}
        order = list(self.metrics)
        return dict(sorted(found.items(), key=lambda item: order.index(item[0][0])))

    @cached_property
    def desiderata(self) -> Sequence[Desideratum]:
        """The desiderata that there are scores in."""
        return [one for one in Desideratum if any(one == column for _, column in self.standing)]

    @cached_property
    def aliases(self) -> Sequence[tuple[str, str]]:
        """Pairs of metrics that are one another."""
        return aliases(self.responses, self.sound)

    @cached_property
    def caught(self) -> Mapping[str, Sequence[str]]:
        """The checks that catch each broken metric, but for those of time, which do not repeat."""
        mutants = [metric for name, metric in self.metrics.items() if name in MUTANTS]
        judged = [one for one in self.judged if not self.checks[one.finding.check].timed]
        return caught(judged, mutants)

    @cached_property
    def alike(self) -> tuple[Sequence[str], Array]:
        """Metrics that can be held against one another, and their correlations (n, n)."""
        from genbench.sanity.correlations import correlations

        return correlations(self.responses, self.checks, self.sound)

    def of_check(self, check: str) -> Sequence[Judgement]:
        """Return a check's verdicts on sound metrics, those on what they claim first."""
        mine = [one for one in self.of_sound if one.finding.check == check]
        return sorted(mine, key=lambda one: not one.finding.claimed)

    def counts(self, check: str) -> str:
        """Say how many sound metrics pass a check that they claim to pass, and how many fail it."""
        claimed = [one for one in self.of_check(check) if one.finding.claimed and one.letter]
        return ", ".join(
            f"{sum(one.verdict == verdict for one in claimed)} {verdict}" for verdict in Verdict
        )
