"""Responses, findings and standings as pandas frames: what goes into CSV files and notebooks.

Those of boards (`genbench.report.frames`) keep every digit; here only those that machines share.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from genbench.metric import Metric
from genbench.report.frames import frame_of
from genbench.sanity.check import Check, Response, sound_name
from genbench.sanity.judging import Judgement
from genbench.sanity.summary import Standing

if TYPE_CHECKING:
    import pandas

DIGITS = 7  # of a response: what is beyond differs from machine to machine


def responses_frame(
    responses: Iterable[Response], checks: Mapping[str, Check], metrics: Mapping[str, Metric]
) -> "pandas.DataFrame":
    """Return one row per response, sorted; what the check does not ask of a metric is left out.

    Seconds are kept only where a check times metrics: they are not the same from run to run.
    """
    rows = (
        {
            "metric": one.metric,
            "check": one.check,
            "desideratum": str(checks[one.check].desideratum),
            "claimed": checks[one.check].expects.claimed_by(metrics[one.metric]),
            "knob": checks[one.check].knob,
            "level": one.level,
            "repeat": one.repeat,
            "seed": one.seed,
            "value": rounded(one.value),
            "ideal": rounded(one.ideal),
            "chance": rounded(one.chance),
            "seconds": round(one.seconds, 6) if checks[one.check].timed else None,
            "reason": one.reason,
        }
        for one in sorted(responses, key=lambda one: (one.metric, *one.place))
    )
    return frame_of(rows)


def checks_frame(
    judgements: Iterable[Judgement], checks: Mapping[str, Check]
) -> "pandas.DataFrame":
    """Return one row per metric and check: the verdict and what it rests on."""
    shown = [one for one in judgements if one.finding.claimed or one.finding.p is not None]
    samples = {name: checks[name].samples() for name in {one.finding.check for one in shown}}
    rows = (
        {
            "metric": one.finding.metric,
            "sound_metric": sound_name(one.finding.metric),
            "check": one.finding.check,
            "desideratum": str(checks[one.finding.check].desideratum),
            "samples": samples[one.finding.check],
            "claimed": one.finding.claimed,
            "verdict": str(one.verdict) if one.letter else None,
            "strength": rounded(one.finding.strength, 3),
            "low": rounded(one.finding.low, 3),
            "high": rounded(one.finding.high, 3),
            "p": rounded(one.finding.p, 3),
            "adjusted_p": rounded(one.adjusted_p, 3),
            "note": one.finding.note,
        }
        for one in shown
    )
    return frame_of(rows)


def desiderata_frame(standings: Iterable[Standing]) -> "pandas.DataFrame":
    """Return one row per metric and desideratum."""
    rows = (
        {
            "metric": one.metric,
            "desideratum": str(one.desideratum),
            "score": round(one.score, 3),
            "low": round(one.low, 3),
            "high": round(one.high, 3),
            "least": round(one.least, 3),
            "passed": one.passed,
            "failed": one.failed,
            "undecided": one.undecided,
        }
        for one in standings
    )
    return frame_of(rows)


def rounded(number: float | None, digits: int = DIGITS) -> float | None:
    """Return a number with so many significant digits; None is what is not there."""
    return None if number is None else float(f"{number:.{digits}g}")
