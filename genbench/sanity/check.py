"""What a check of metrics is: samples of known truth, a knob, and what a sound metric does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol, TypeAlias

import numpy as np

from genbench.ground.arrays import Array
from genbench.metric import Metric

# From the real samples' stream, the model's stream and the level to the inputs of a comparison.
Make: TypeAlias = Callable[[np.random.Generator, np.random.Generator, float], Mapping[str, Any]]
Measure: TypeAlias = Callable[[np.random.Generator, float], float]


class Desideratum(StrEnum):
    """What a good measure of generative models should do: the seven of Borji.

    Borji, "Pros and cons of GAN evaluation measures", Computer Vision and Image Understanding 2019,
    https://arxiv.org/abs/1802.03446.
    """

    DISCRIMINABILITY = "discriminability"
    DIVERSITY = "diversity"
    LATENTS = "latents"
    BOUNDS = "bounds"
    INVARIANCE = "invariance"
    HUMAN = "human judgement"
    COST = "cost"


class Verdict(StrEnum):
    """What a check says of a metric; undecided is not failed."""

    PASS = "+"  # noqa: S105  # no password
    FAIL = "-"
    UNDECIDED = "·"


def sound_name(name: str) -> str:
    """Return the name of the metric that a broken one, named `metric__mistake`, stands for."""
    return name.partition("__")[0]


@dataclass(frozen=True, kw_only=True)
class Response:
    """One number that a metric gave in a check, or the reason why there is none."""

    check: str
    seed: int
    metric: str
    level: float
    repeat: int = 0
    value: float | None = None
    reason: str | None = None
    ideal: float | None = None  # as the metric declares it on these samples
    chance: float | None = None
    seconds: float = 0.0

    @property
    def place(self) -> tuple[str, int, str, float, int]:
        """Where it stands in any order."""
        return self.check, self.seed, self.metric, self.level, self.repeat


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a check found of a metric, before verdicts are settled over all checks of the metric.

    `wrong` tells which way a significant response points; `strength` is 1 for the ideal response,
    0 for none, -1 for the opposite, with one number a seed where seeds can be told apart.
    """

    check: str
    metric: str
    claimed: bool  # whether the metric claims what the check asks for
    p: float | None = None  # two-sided, that there is no response (or that the truth is met)
    wrong: bool = False
    holds: bool = False  # where a truth is met or nothing moves, which no small p can show
    strength: float | None = None
    by_seed: tuple[float, ...] = ()
    low: float | None = None  # 95 % interval of the strength, over seeds
    high: float | None = None
    note: str = ""  # the numbers behind it, or why there are none


class Expectation(Protocol):
    """What a sound metric does in a check, and the test of whether one did."""

    @property
    def says(self) -> str:
        """What is expected, in a few words."""
        ...

    def claimed_by(self, metric: Metric) -> bool:
        """Whether the metric claims to do so; where it does not, it is not judged."""
        ...

    def judge(self, check: "Check", metric: Metric, responses: "Responses") -> Finding:
        """Test the responses."""
        ...


@dataclass(frozen=True, eq=False)
class Responses:
    """A metric's responses in a check as tables (n_seeds, n_levels, n_repeats); NaN: none."""

    seeds: tuple[int, ...]
    levels: tuple[float, ...]
    values: Array
    ideals: Array
    chances: Array
    seconds: Array
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check. Its samples depend on its name, the seed and the level alone."""

    name: str
    asks: str  # the question, in one sentence
    desideratum: Desideratum
    knob: str  # what the levels are
    levels: tuple[float, ...]  # the first is without fault
    expects: Expectation
    make: Make | None = None
    measures: Mapping[str, Measure] | None = (
        None  # in place of `make`: numbers without a comparison
    )
    only: tuple[str, ...] | None = None  # the metrics that it says something about; None: all
    repeats: int = 1  # at each level, with all samples drawn anew
    of_all: bool = False  # makes nothing of its own: judges the responses of all other checks
    timed: bool = False  # nothing is shared between metrics, so that their times can be compared
    family: str = ""  # checks of one construction count once; the check's own name if empty
    slow: bool = False  # left out of the quick table
    source: str = ""  # where the construction is from

    def asks_of(self, metric: Metric) -> bool:
        """Whether the check says something about the metric."""
        return not self.of_all and (self.only is None or sound_name(metric.name) in self.only)

    def samples(self) -> str:
        """Return what its samples are: pictures, sequences or points. Some are made, to see."""
        if self.make is None:
            return "points"
        made = self.make(np.random.default_rng(0), np.random.default_rng(0), self.levels[0])
        if {"symbols", "series"} & set(made):
            return "sequences"
        return "pictures" if "picture" in made else "points"

    @property
    def counted_as(self) -> str:
        """The family that it counts in."""
        return self.family or self.name
