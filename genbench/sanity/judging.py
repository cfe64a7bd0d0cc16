"""From responses to verdicts: each check's test, then Holm's correction over a metric's checks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Response, Responses, Verdict

LEVEL = 0.01  # the error rate of each metric's row of verdicts


@dataclass(frozen=True)
class Judgement:
    """A finding with its verdict, after all checks of the metric are known."""

    finding: Finding
    verdict: Verdict
    adjusted_p: float | None = None

    @property
    def letter(self) -> str:
        """The verdict, in brackets if the metric claims nothing; none if there are no numbers."""
        if self.finding.p is None and not self.finding.holds:
            return ""
        return str(self.verdict) if self.finding.claimed else f"({self.verdict})"


def judge(
    responses: Iterable[Response], checks: Mapping[str, Check], metrics: Mapping[str, Metric]
) -> list[Judgement]:
    """Judge every metric on every check that it has responses for.

    Where a metric makes no claim it has a verdict as well, of a separate correction: it tells what
    the metric happens to do, and counts for nothing.
    """
    grouped: dict[tuple[str, str], list[Response]] = {}
    for response in responses:
        grouped.setdefault((response.metric, response.check), []).append(response)
    judged = []
    for name, metric in metrics.items():
        findings = [
            check.expects.judge(check, metric, table_of(check, grouped[name, check.name]))
            for check in checks.values()
            if (name, check.name) in grouped
        ]
        # What a check measures on its own are not the metric's values.
        makers = [check.name for check in checks.values() if check.measures is None]
        found = [one for check in makers for one in grouped.get((name, check), ())]
        findings += [
            check.expects.judge(check, metric, _all_of(found))
            for check in checks.values()
            if check.of_all and any(one.value is not None for one in found)
        ]
        for claimed in (True, False):
            judged += settle([finding for finding in findings if finding.claimed == claimed])
    return judged


def settle(findings: Iterable[Finding]) -> list[Judgement]:
    """Give verdicts at one level of error over all findings, which are of one metric.

    Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 1979, https://www.jstor.org/stable/4615733.
    """
    findings = list(findings)
    tested = sorted((f for f in findings if f.p is not None), key=lambda f: f.p or 0.0)
    adjusted: dict[int, float] = {}
    largest = 0.0
    for rank, finding in enumerate(tested):
        largest = max(largest, min(1.0, (len(tested) - rank) * (finding.p or 0.0)))
        adjusted[id(finding)] = largest
    return [
        Judgement(finding, _verdict(finding, adjusted.get(id(finding))), adjusted.get(id(finding)))
        for finding in findings
    ]


def _verdict(finding: Finding, p: float | None) -> Verdict:
    if p is not None and p < LEVEL:
        return Verdict.FAIL if finding.wrong else Verdict.PASS
    return Verdict.PASS if finding.holds else Verdict.UNDECIDED


def _all_of(responses: Iterable[Response]) -> Responses:
    """Put all of a metric's numbers, of whichever checks, into one row."""
    values = [one.value for one in responses if one.value is not None]
    table = np.array(values, dtype=float)[None, None]
    none = np.full(table.shape, np.nan)
    return Responses((), (0.0,), table, none, none, none)


def table_of(check: Check, responses: Iterable[Response]) -> Responses:
    """Arrange a metric's responses in a check by seed, level and repeat."""
    responses = list(responses)
    seeds = tuple(sorted({response.seed for response in responses}))
    row = {seed: i for i, seed in enumerate(seeds)}
    column = {level: i for i, level in enumerate(check.levels)}
    shape = len(seeds), len(check.levels), check.repeats
    values, ideals, chances, seconds = tables = [np.full(shape, np.nan) for _ in range(4)]
    for one in responses:
        place = row[one.seed], column[one.level], one.repeat
        numbers = one.value, one.ideal, one.chance, one.seconds
        for table, number in zip(tables, numbers, strict=True):
            if number is not None and one.value is not None:
                table[place] = number
    reasons = sorted({one.reason for one in responses if one.reason is not None})
    return Responses(seeds, check.levels, values, ideals, chances, seconds, reasons=tuple(reasons))
