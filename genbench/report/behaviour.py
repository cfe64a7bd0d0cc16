"""How metrics behave: the verdicts of genbench's own checks of them, as they ship with it."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from genbench.ground.csv_rows import read_rows

FAILED = "-"
# Of a metric's use as a column of a board. Latents and cost are of other uses, and people were
# asked about models, not about checks.
RELEVANT = frozenset({"discriminability", "diversity", "bounds", "invariance"})
PICTURES = "pictures"  # the samples of a check; or points


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """What a check found of a metric."""

    metric: str
    check: str
    desideratum: str
    samples: str  # of the check: pictures or points
    claimed: bool  # whether the metric claims what the check asks for
    verdict: str  # "+", "-", "·"; empty where there was no number

    @property
    def letter(self) -> str:
        """The verdict, in brackets where the metric claims nothing."""
        return self.verdict if self.claimed or not self.verdict else f"({self.verdict})"


@dataclass(frozen=True, kw_only=True)
class Failing:
    """A check that a metric fails though it claims to pass it."""

    check: str
    on_pictures: bool

    @property
    def words(self) -> str:
        """The check's name for people."""
        return self.check.replace("_", " ")


def published_behaviour() -> list[Behaviour]:
    """Return the verdicts of the checks as shipped; there are none if no table was shipped."""
    return [
        Behaviour(
            metric=row["metric"],
            check=row["check"],
            desideratum=row["desideratum"],
            samples=row.get("samples", ""),
            claimed=row["claimed"] == "True",
            verdict=row["verdict"],
        )
        for row in shipped_rows("checks.csv")
    ]


def published_calibration() -> dict[str, tuple[float, float]]:
    """Return the least and greatest ratio of standard error to spread, by metric, as shipped."""
    found: dict[str, tuple[float, float]] = {}
    for row in shipped_rows("calibration.csv"):
        low, high = found.get(row["metric"], (math.inf, -math.inf))
        ratio = float(row["ratio"])
        found[row["metric"]] = min(low, ratio), max(high, ratio)
    return found


def failings(behaviours: Iterable[Behaviour]) -> Mapping[str, tuple[Failing, ...]]:
    """Return what each metric fails that matters to a board; metrics that fail nothing are not in.

    Broken metrics, which the checks are tried on, have names of their own and are on no board.
    """
    found: dict[str, tuple[Failing, ...]] = {}
    for one in behaviours:
        if one.claimed and one.verdict == FAILED and one.desideratum in RELEVANT:
            failing = Failing(check=one.check, on_pictures=one.samples == PICTURES)
            found[one.metric] = (*found.get(one.metric, ()), failing)
    return found


def warning(failed: Iterable[Failing], fallen_to: Sequence[str] = (), *, pictures: bool) -> str:
    """Say what a metric fails, and what beats real samples by it, or nothing.

    A check on pictures counts only where samples are pictures.
    """
    names = [one.words for one in failed if pictures or not one.on_pictures]
    said = [f"In genbench's checks of metrics it fails: {', '.join(names)}."] if names else []
    if fallen_to:
        made = " and ".join(fallen_to)
        said.append(f"In genbench's attacks it liked {made} better than real samples.")
    return " ".join(said)


def shipped_rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a table of metrics as shipped; none if it was not shipped."""
    return read_rows(resources.files("genbench.leaderboards") / "metrics" / name)
