"""A metric: a function from evidence to a number, and how to read that number."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from genbench.evidence import Evidence
from genbench.evidence.parts import OverParts

Aim = Literal["low", "high", "match"]
ARROWS: dict[Aim, str] = {"low": "↓", "high": "↑", "match": "→"}  # which way is better
Failure = Literal["noise", "shift", "collapse", "dropped mode", "copying"]
Level = float | Callable[[Any], float | None] | None


def loss(aim: Aim, value: float, *, target: float) -> float:
    """Map a value so that smaller is better; `target` is what is to be matched, if anything is."""
    return {"low": value, "high": -value, "match": abs(value - target)}[aim]


@dataclass(frozen=True, kw_only=True)
class Metric:
    """What genbench knows about a measure; the first line of its docstring is its meaning.

    `ideal` is what a perfect model scores, whose samples are distributed as the data. `chance` is
    what comes out when the measure has nothing to go on: for a distance or a test, two samples of
    one distribution at these sizes; for a score of class probabilities, predictions that say
    nothing; for a share of overlap, none. Either is a number, a function of the evidence, or None
    where only real samples can tell.
    """

    compute: Callable[[Any], float]
    needs: type[Evidence]  # what is handed to `compute`
    also: tuple[str, ...] = ()  # inputs that it needs beyond those of all such evidence
    aim: Aim  # "match": as close as can be to the ideal, or to what real samples get
    catches: tuple[Failure, ...]  # the failures that move it the wrong way; tested
    bounds: tuple[float, float] = (-math.inf, math.inf)
    ideal: Level = None
    chance: Level = None
    standard_error: Callable[[Any], float] | OverParts | None = None
    uncertainty: str = "spread over samples"  # how the standard error is found, if it is
    p_value: Callable[[Any], float] | None = None  # of such a value or a worse one by chance
    revision: int = 1  # raised by hand when its values change: older scores are then made anew

    @property
    def name(self) -> str:
        """The function's name: one word to search for."""
        return self.compute.__name__

    @property
    def meaning(self) -> str:
        """One sentence: what the number is."""
        return (self.compute.__doc__ or "").strip().splitlines()[0]

    @property
    def inputs(self) -> tuple[str, ...]:
        """What must be given to `genbench.score` for it."""
        return self.needs.inputs + self.also

    def loss(self, value: float, *, real: float) -> float:
        """Map `value` so that smaller is better; `real` is the ideal or what real samples get."""
        return loss(self.aim, value, target=real)


@dataclass(frozen=True, kw_only=True)
class Score:
    """What a metric found: a number with all it takes to read it, or the reason for none.

    `real` is what the metric says of fresh real samples, as many as there are generated ones.
    """

    metric: str
    aim: Aim
    bounds: tuple[float, float]
    status: Literal["ok", "skipped", "error"]
    value: float | None = None
    reason: str | None = None
    ideal: float | None = None
    chance: float | None = None
    real: float | None = None
    standard_error: float | None = None
    uncertainty: str | None = None  # how the standard error was found
    p_value: float | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)  # that the value depends on
    warnings: tuple[str, ...] = ()  # what makes it less trustworthy
    revision: int = 1  # of the metric
    seconds: float = 0.0  # of this metric alone, evidence it was the first to need included
