"""The places of ranked models by agreement, from data set to data set and over all.

A place is one more than there are models above: it depends on who is listed, and within a group on
chance.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from genbench.report.frames import frame_of
from genbench.report.overall import Line, Overall, places_of

if TYPE_CHECKING:
    import pandas

COLUMNS = ("dataset", "model", "family", "place", "rank", "group", "hollow", "copies", "reason")


@dataclass(frozen=True, kw_only=True)
class Course:
    """A ranked model's places; equals share the mean of theirs."""

    line: Line
    places: tuple[float | None, ...]  # on each data set (None: it failed with every seed), over all

    @property
    def leads(self) -> bool:
        """Whether it is in the lead group over all data sets."""
        return self.line.standing is not None and self.line.standing.letter == "A"


def courses(found: Overall) -> tuple[Course, ...] | None:
    """Return the courses of all ranked models, the highest agreement first.

    None where there is nothing to compare: fewer than two data sets, or two models.
    """
    from scipy.stats import rankdata

    lines = [line for line in found.lines if line.standing is not None]
    if min(len(found.datasets), len(lines)) < 2:
        return None
    places = places_of(found).values()
    over_all = rankdata([-line.agreement.mean for line in lines]).tolist()
    return tuple(
        Course(line=line, places=(*(own.get(line.model) for own in places), place))
        for line, place in zip(lines, over_all, strict=True)
    )


def ranks_frame(datasets: Iterable[str], found: Iterable[Course]) -> "pandas.DataFrame":
    """Return a row for each data set and model; those over all data sets name none."""
    found = tuple(found)
    rows = (_row(i, name, each) for i, name in enumerate((*datasets, None)) for each in found)
    return frame_of(rows, COLUMNS)


def _row(index: int, dataset: str | None, course: Course) -> Mapping[str, Any]:
    line = course.line
    row = None if dataset is None else line.rows.get(dataset)
    failed = dataset is not None and row is None
    standing = line.standing if dataset is None else row and row.standing
    return {
        "dataset": dataset,
        "model": line.model,
        "family": line.family,
        "place": course.places[index],
        "rank": standing.rank if standing else None,
        "group": standing.letter if standing else None,
        "hollow": standing.hollow if standing else None,
        "copies": line.copies if dataset is None else bool(row and row.copies_train),
        "reason": "failed with every seed" if failed else None,
    }
