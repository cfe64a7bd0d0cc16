"""What a model's agreement costs: seconds of a fit, and who is as good in less time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.report.frames import frame_of
from genbench.report.intervals import Interval
from genbench.report.overall import Line, Overall
from genbench.report.tradeoff import unbeaten

if TYPE_CHECKING:
    import pandas

COLUMNS = (
    "model",
    "family",
    "group",
    "copies",
    "seconds",
    "agreement",
    "agreement ±",
    "on_front",
    "reason",
)


@dataclass(frozen=True, kw_only=True)
class Priced:
    """A model's agreement over all data sets, and what a fit takes."""

    line: Line
    seconds: Interval  # above 0; the mean over data sets
    on_front: bool  # no honest model is both faster and better, for sure; a decoder is no model

    @property
    def model(self) -> str:
        """Its name."""
        return self.line.model

    @property
    def agreement(self) -> Interval:
        """Its agreement."""
        return self.line.agreement

    @property
    def honest(self) -> bool:
        """Whether it competes and does not copy its training data."""
        return self.line.honest

    @property
    def leads(self) -> bool:
        """Whether it is in the lead group."""
        return self.line.standing is not None and self.line.standing.letter == "A"


@dataclass(frozen=True, kw_only=True)
class Costs:
    """The models of a board with the seconds of their fits, and those without, and why."""

    priced: tuple[Priced, ...]  # the highest agreement first
    absent: Mapping[str, str]
    over: str = "all data sets"


def costs(found: Overall) -> Costs | None:
    """Return what models cost; None where no seconds of a model that competes are known."""
    priced: list[tuple[Line, Interval]] = []
    absent = {}
    for line in found.lines:
        if line.fits is None:
            absent[line.model] = "the seconds of its fits are not known"
        elif not line.fits.mean > 0:
            absent[line.model] = "its fits took no time that could be measured"
        else:
            priced.append((line, line.fits))
    if not any(line.competes for line, _ in priced):
        return None
    able = [(line, fits) for line, fits in priced if line.may_lead]
    agreements, seconds = [line.agreement for line, _ in able], [fits for _, fits in able]
    stands = unbeaten([(agreements, "high"), (seconds, "low")])
    front = {line.model for (line, _), alone in zip(able, stands, strict=True) if alone}
    return Costs(
        priced=tuple(
            Priced(line=line, seconds=fits, on_front=line.model in front) for line, fits in priced
        ),
        absent=absent,
        over=found.title,
    )


def best_within(found: Costs) -> list[Priced]:
    """Return the honest models better than all that are as fast, the fastest first.

    What a decoder wrote took the fit of its model, and is none.
    """
    best: list[Priced] = []
    honest = (each for each in found.priced if each.line.may_lead)
    for each in sorted(honest, key=lambda p: (p.seconds.mean, -p.agreement.mean, p.model)):
        if not best or each.agreement.mean > best[-1].agreement.mean:
            best.append(each)
    return best


def cost_frame(found: Costs) -> "pandas.DataFrame":
    """Return a row for each model, and those that are not drawn with the reason."""
    return frame_of(_rows(found), COLUMNS)


def _rows(found: Costs) -> Iterable[Mapping[str, Any]]:
    for each in found.priced:
        yield {
            "model": each.model,
            "family": each.line.family,
            "group": each.line.standing.letter if each.line.standing else None,
            "copies": each.line.copies,
            "seconds": each.seconds.mean,
            "agreement": each.agreement.mean,
            "agreement ±": each.agreement.half,
            "on_front": each.on_front,
        }
    for model, reason in found.absent.items():
        yield {"model": model, "reason": reason}
