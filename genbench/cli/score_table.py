"""Scores on a terminal: a line each as they come, then what to take care of, and what is missing.

Lines are as long as their names are: a terminal may break them, a pipe gets them whole.
"""

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from genbench.metric import ARROWS, Score

COLUMNS = ("value", "±", "real", "ideal", "chance", "p")
WIDTH = 10


class ScoreTable:
    """A table whose rows are printed one by one."""

    def __init__(self, console: Console, title: str, names: Iterable[str], *, real: bool) -> None:
        """Print the title and the head; `real`: whether scores tell what real samples get."""
        self._console, self._real = console, real
        self._width = max(map(len, names), default=0)
        self._scores: list[Score] = []
        heads = [name for name in COLUMNS if real or name != "real"]
        self._print(title, style="bold")
        self._print(
            f"  {'metric':<{self._width}}   " + "".join(f"{head:>{WIDTH}}" for head in heads)
        )

    def add(self, score: Score) -> None:
        """Print the row of a metric; one that was not scored has none."""
        self._scores.append(score)
        if score.status != "ok":
            return
        numbers = [score.value, score.standard_error, *([score.real] if self._real else [])]
        numbers += [score.ideal, score.chance, score.p_value]
        cells = "".join(f"{_number(number):>{WIDTH}}" for number in numbers)
        self._print(f"  {score.metric:<{self._width}} {ARROWS[score.aim]} {cells}")

    def end(self, *, why: bool) -> None:
        """Print warnings, and how much was not scored: with `why`, which metrics and for what."""
        self._print(
            "↓ lower, ↑ higher, → as real is better; what each is: genbench list metrics",
            style="dim",
        )
        warned: dict[str, list[str]] = {}
        skipped: dict[str, list[str]] = {}
        for score in self._scores:
            for warning in score.warnings:
                warned.setdefault(warning, []).append(score.metric)
            if score.status != "ok":
                skipped.setdefault(score.reason or score.status, []).append(score.metric)
        n_scored = sum(score.status == "ok" for score in self._scores)
        for warning, names in warned.items():  # what is said of the samples concerns every score
            warned[warning] = names if len(names) < max(n_scored, 2) else ["every metric"]
        self._print_reasons("Take care", warned)
        if why:
            self._print_reasons("Not scored", skipped)
        elif skipped:
            n = sum(map(len, skipped.values()))
            self._print(
                f"Not scored: {n} of {len(self._scores)} metrics; --why says which, and why.",
                style="dim",
            )

    def _print_reasons(self, heading: str, reasons: dict[str, list[str]]) -> None:
        for reason, names in reasons.items():
            self._print(f"{heading}: {reason.rstrip('.')} ({', '.join(names)}).", style="dim")

    def _print(self, line: str, *, style: str = "") -> None:
        self._console.print(Text(line.rstrip(), style=style), highlight=False, soft_wrap=True)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"
