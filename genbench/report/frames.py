"""Tables and records as pandas frames: what goes into CSV files and notebooks, with every digit."""

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter
from statistics import fmean
from typing import TYPE_CHECKING, Any

from genbench.report.intervals import ENOUGH
from genbench.report.leaderboard import Row, Table
from genbench.report.overall import Overall, places_of
from genbench.report.reasons import failure
from genbench.runs.records import Record

if TYPE_CHECKING:
    import pandas

# What formulas begin with, in the wide forms of East Asian letters too.
FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
WIDE = ("dataset", "rank", "group", "hollow", "model", "family", "seeds", "failed", "copies")
LONG = (
    "dataset",
    "model",
    "seed",
    "metric",
    "value",
    "status",
    "reason",
    "ideal",
    "chance",
    "standard_error",
)


def long_frame(records: Iterable[Record]) -> "pandas.DataFrame":
    """Return one row per data set, model, seed and metric, sorted; a failed cell has no metric.

    Seconds are left out, so that the same board run twice, or run in parts, gives the same file.
    """
    ordered = sorted(records, key=attrgetter("place"))
    return frame_of((row for record in ordered for row in _lines(record)), LONG)


def wide_frame(tables: Sequence[Table]) -> "pandas.DataFrame":
    """Return one row per data set and model in the order of the tables: means over seeds.

    `<metric> ±` is half the 95 % interval, where there are seeds enough for one.
    """
    names = list(dict.fromkeys(name for table in tables for name in _metrics(table)))
    measured = ["agreement", *names]
    spread = any(len(row.records) >= ENOUGH for table in tables for row in table.rows)
    numbers = [c for name in measured for c in ((name, f"{name} ±") if spread else (name,))]
    columns = (*WIDE, *numbers, "reason")
    rows = (values for table in tables for values in (*_wide(table), *_failed(table)))
    return frame_of(rows, columns)


def overall_frame(found: Overall) -> "pandas.DataFrame":
    """Return one row per model over all data sets, in the order of that table.

    `mean_rank` and `win_rate` (a tie counts half) are over the models that are ranked on every data
    set; they depend on who is listed, and nothing else here does.
    """
    places = _mean_ranks(found)
    rows = [
        {
            "rank": line.rank,
            "group": line.standing.letter if line.standing else None,
            "hollow": line.standing.hollow if line.standing else None,
            "model": line.model,
            "family": line.family,
            "agreement": line.agreement.mean,
            "agreement ±": line.agreement.half,
            **{name: line.agreement_on(name) for name in found.datasets},
            "copies": len(line.copied),
            "imputed": line.imputed,
            "originality": line.originality,
            "surprise": line.surprise,
            **places.get(line.model, {}),
        }
        for line in found.lines
    ]
    columns = ("rank", "group", "hollow", "model", "family", "agreement", "agreement ±")
    more = ("copies", "imputed", "originality", "surprise", "mean_rank", "win_rate")
    return frame_of(rows, (*columns, *found.datasets, *more))


def _mean_ranks(found: Overall) -> dict[str, dict[str, float]]:
    """Return the mean place and the share of wins of each model that is ranked."""
    ranked = [line.model for line in found.lines if line.standing is not None]
    whole = [places for places in places_of(found).values() if len(places) == len(ranked)]
    if len(ranked) < 2 or not whole:
        return {}
    mean = {model: fmean(places[model] for places in whole) for model in ranked}
    return {
        model: {"mean_rank": place, "win_rate": (len(ranked) - place) / (len(ranked) - 1)}
        for model, place in mean.items()
    }


def cost_frame(records: Iterable[Record]) -> "pandas.DataFrame":
    """Return what each cell cost, and in what it ran: these differ from run to run.

    `peak_memory` is in bytes; `environment` is a name in environments.json.
    """
    costs = ("fit_seconds", "sample_seconds", "peak_memory", "environment")
    columns = ("dataset", "model", "seed", *costs)
    ordered = sorted(records, key=attrgetter("place"))
    rows = ({name: getattr(record, name) for name in columns} for record in ordered)
    return frame_of(rows, columns)


def frame_of(
    rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> "pandas.DataFrame":
    """Return rows as a frame with these columns, or the first row's; None is what a row lacks."""
    import pandas as pd

    rows = list(rows)
    columns = list(columns or next(iter(rows), ()))
    # As objects: pandas would turn None into NaN and whole numbers beside it into fractions.
    lines = [[row.get(column) for column in columns] for row in rows]
    return pd.DataFrame(lines, columns=columns, dtype=object)


def to_csv(frame: "pandas.DataFrame") -> bytes:
    """Return a frame as CSV, every number with all its digits.

    Text that a spreadsheet would take for a formula begins with an apostrophe.
    """
    import pandas as pd

    inert = frame.rename(columns=_inert)
    for place, column in enumerate(frame.columns):
        if not pd.api.types.is_numeric_dtype(frame.dtypes.iloc[place]):
            # As objects: pandas would turn whole numbers beside nothing into fractions.
            words = [_inert(value) for value in frame[column]]
            inert.isetitem(place, pd.Series(words, index=frame.index, dtype=object))
    text: str = inert.to_csv(index=False, lineterminator="\n")
    return text.encode()


def _inert(value: Any) -> Any:
    # A sign alone, as of a verdict, is none.
    is_formula = isinstance(value, str) and value.lstrip().startswith(FORMULAS) and len(value) > 1
    return f"'{value}" if is_formula else value


def _lines(record: Record) -> list[dict[str, Any]]:
    cell = {"dataset": record.dataset, "model": record.model, "seed": record.seed}
    if record.status != "ok":
        return [cell | {"status": record.status, "reason": failure(record)}]
    return [
        cell | {"metric": name} | {key: getattr(score, key) for key in LONG[LONG.index("value") :]}
        for name, score in sorted(record.scores.items())
    ]


def _metrics(table: Table) -> Iterable[str]:
    """Yield those that somebody has; the points of a curve may have some alone."""
    yield from (column.name for column in table.columns)
    yield from (name for row in table.curves for name in row.cells)


def _wide(table: Table) -> Iterable[dict[str, Any]]:
    for row in (*table.rows, *table.curves):
        values: dict[str, Any] = {
            "dataset": table.dataset,
            "rank": row.rank,
            "group": row.standing.letter if row.standing else None,
            "hollow": row.standing.hollow if row.standing else None,
            "model": row.model,
            "family": row.family,
            "seeds": len(row.records),
            "failed": row.failed,
            "copies": row.copies_train,
            "reason": row.mark or None,
        }
        for name, estimate in _estimates(row).items():
            values |= {name: estimate.mean, f"{name} ±": estimate.half}
        yield values


def _estimates(row: Row) -> dict[str, Any]:
    found = {name: cell.estimate for name, cell in row.cells.items()}
    return {
        name: estimate
        for name, estimate in ({"agreement": row.agreement} | found).items()
        if estimate is not None
    }


def _failed(table: Table) -> Iterable[dict[str, Any]]:
    shown = {row.model for row in table.rows}
    for record in table.failures:
        if record.model not in shown:
            shown.add(record.model)
            n = sum(other.model == record.model for other in table.failures)
            yield {
                "dataset": table.dataset,
                "model": record.model,
                "family": record.family,
                "seeds": 0,
                "failed": n,
                "reason": failure(record),
            }
