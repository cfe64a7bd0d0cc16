"""The table of promises: planned samples, and how often the difference was seen."""

from collections.abc import Iterable, Sequence
from typing import Any

from genbench.report.frames import frame_of
from genbench.report.markdown import grid
from genbench.sanity.power.promises import MOST_SAMPLES, N_REAL, Promise
from genbench.scoring.resolution import POWER

READING = (
    f"`genbench plan` was given {N_REAL} samples of a law, half of them to compare with, and asked "
    f"for so many samples that a difference is seen in {100 * POWER:g} of 100 cases. Then test "
    "samples and both models were drawn anew {simulations} times, the worse one off by just that "
    "difference on average. Seen is how often the two were told apart, with its 95 % interval; "
    "**bold** where that is surely less than promised. Without a number, no number of samples is "
    f"enough beside so few real ones, or it takes more than {MOST_SAMPLES:,}, which was not tried."
)


def frame(found: Iterable[Promise]) -> Any:
    """Return a row for each metric and law."""
    return frame_of(
        {
            "metric": one.metric,
            "law": one.law,
            "difference": one.difference,
            "samples": one.n,
            "simulations": one.kept and one.kept.simulations,
            "seen": one.kept and round(one.kept.share, 4),
            "low": one.kept and round(one.kept.interval[0], 4),
            "high": one.kept and round(one.kept.interval[1], 4),
            "met": one.kept and one.kept.met,
        }
        for one in found
    )


def markdown(found: Sequence[Promise], simulations: int, command: str) -> str:
    """Return the page: a row a metric and law."""
    rows = [
        [
            f"`{one.metric}`",
            one.law.replace("_", " "),
            f"{one.difference:g}",
            "no number" if one.n is None else f"{one.n:,}",
            _seen(one),
        ]
        for one in found
    ]
    return "\n".join(
        [
            "# Is promised power met?\n",
            f"Made by `{command}`; not to be edited by hand.\n",
            f"{READING.format(simulations=simulations)}\n",
            grid(["metric", "law", "difference", "samples", "seen"], rows),
            "Numbers: [power.csv](power.csv).\n",
        ]
    )


def _seen(one: Promise) -> str:
    if one.kept is None:
        return ""
    low, high = one.kept.interval
    text = f"{one.kept.share:.2f} [{low:.2f}, {high:.2f}]"
    return text if one.kept.met else f"**{text}**"
