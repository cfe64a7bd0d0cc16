"""Records to tables: one per data set, real samples first, then the models, best first.

Nothing here knows of files, colours or HTML; a table can be rebuilt from records alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genbench.metric import Aim
from genbench.report.agreement import FALLBACK, HEADLINE, agreement, competes, losses, numbers
from genbench.report.intervals import Estimate, best_of, joined, ranks
from genbench.report.tradeoff import novelty_quality_points
from genbench.runs.records import REAL, Record, by_dataset

__all__ = ["Cell", "Column", "Row", "Table", "failure", "novelty_quality_points", "plain", "tables"]

NOTHING = "–"
ORDER = (
    *HEADLINE,
    "recall",
    "density",
    "authenticity",
    "bayesian_surprise",
    "high_density_share",
    "kernel_distance",
    "critic_distance",
    "classifier_two_sample_p_value",
    "statistically_different_bins",
    "bin_divergence",
    "birthday_support",
    "inception_score",
    "modified_inception_score",
    "mode_score",
    "am_score",
    "kernel_log_likelihood",
    "log_likelihood",
)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A metric as this data set shows it: which way is better, and what to hold it against."""

    name: str
    aim: Aim
    bounds: tuple[float, float]
    ideal: float | None = None
    chance: float | None = None

    @property
    def arrow(self) -> str:
        """Which way is better, in one sign."""
        if self.aim == "match":
            return f"→ {'real' if self.ideal is None else f'{self.ideal:g}'}"
        return {"low": "↓", "high": "↑"}[self.aim]

    @property
    def words(self) -> str:
        """The name for people; code and files keep the name itself."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number in a table, or the reason for none."""

    estimate: Estimate | None = None
    reason: str | None = None
    best: bool = False

    @property
    def text(self) -> str:
        """What the table shows."""
        return NOTHING if self.estimate is None else self.estimate.text


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model on one data set, over the seeds that went well."""

    model: str
    family: str
    competes: bool  # real samples, controls and copies of the test set do not
    records: tuple[Record, ...]
    failed: int  # seeds that did not go well; they are among the failures
    agreement: Estimate | None
    cells: Mapping[str, Cell]
    rank: str | None = None  # None: it does not compete, or there is nothing to rank by

    @property
    def copied(self) -> bool:
        """Whether test samples were handed in as samples."""
        return any(record.test_copies for record in self.records)

    @property
    def mark(self) -> str:
        """What is to be said beside the model's name, if anything is."""
        seeds = f"{len(self.records)} of {len(self.records) + self.failed} seeds"
        return ", ".join(["copies of test samples"] * self.copied + [seeds] * bool(self.failed))


@dataclass(frozen=True, kw_only=True)
class Table:
    """One data set's leaderboard."""

    dataset: str
    columns: tuple[Column, ...]
    counted: tuple[str, ...]  # the metrics in the headline
    rows: tuple[Row, ...]
    failures: tuple[Record, ...]
    notes: tuple[str, ...] = ()


def plain(words: str) -> str:
    """Replace what does not print: line ends, colour codes, marks that turn the direction."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in words)


def failure(record: Record) -> str:
    """Say how a cell failed, in one line."""
    where = f"{record.status} in {record.phase}" if record.phase else record.status
    return f"{where}: {record.reason}" if record.reason else where


def tables(records: Iterable[Record]) -> list[Table]:
    """Return a table for each data set, in order of name."""
    return [_table(dataset, found) for dataset, found in by_dataset(records).items()]


def _table(dataset: str, records: Sequence[Record]) -> Table:
    cells = [record for record in records if record.status == "ok"]
    failures = tuple(record for record in records if record.status != "ok")
    columns, notes = _columns(cells)
    headline = agreement(cells)
    by_model: dict[str, list[Record]] = {}
    for record in cells:
        by_model.setdefault(record.model, []).append(record)
    rivals = {model for model, own in by_model.items() if all(map(competes, own))}
    winners = {
        column.name: best_of(_estimates(losses(cells, column.name), rivals)) for column in columns
    }
    order, remark = _order(cells, headline.of)
    places = ranks(_estimates(order, rivals))
    agreements = _estimates(headline.of, by_model)
    rows = [
        Row(
            model=model,
            family=own[0].family,
            competes=model in rivals,
            records=tuple(own),
            failed=sum(record.model == model for record in failures),
            agreement=agreements.get(model),
            cells={column.name: _cell(own, column.name, winners) for column in columns},
            rank=places.get(model),
        )
        for model, own in by_model.items()
    ]
    strength = _estimates(order, by_model)
    rows.sort(
        key=lambda row: (
            row.model != REAL,
            strength[row.model].mean if row.model in strength else math.inf,
            row.model,
        )
    )
    return Table(
        dataset=dataset,
        columns=tuple(columns),
        counted=headline.metrics,
        rows=tuple(rows),
        failures=failures,
        notes=(*headline.notes, *remark, *_handed_in(cells), *_copied(cells), *notes),
    )


def _handed_in(cells: Sequence[Record]) -> list[str]:
    """Return a note that names the models whose samples came in bundles, if there are any."""
    names = joined({cell.model for cell in cells if not cell.verified})
    return [f"not verified: genbench was handed the samples of {names}"] if names else []


def _copied(cells: Sequence[Record]) -> list[str]:
    """Return a note for each cell whose samples are test samples, more than by chance."""
    return [
        f"{cell.test_copies} of {cell.n_generated} samples of {cell.model}, seed {cell.seed}, are "
        "equal to test samples, more than chance brings about: it does not compete"
        for cell in cells
        if cell.test_copies
    ]


def _columns(cells: Sequence[Record]) -> tuple[list[Column], list[str]]:
    """Return the metrics that have a value somewhere, and a note for each that has none."""
    names = {name for cell in cells for name in cell.scores}
    columns, notes = [], []
    for name in sorted(names, key=_place):
        holders = sorted((c for c in cells if name in c.scores), key=lambda c: c.model != REAL)
        scores = [holder.scores[name] for holder in holders]
        if not numbers(cells, name):
            notes.append(f"{name} is not shown: {joined({s.reason or s.status for s in scores})}")
            continue
        columns.append(
            Column(
                name=name,
                aim=scores[0].aim,
                bounds=scores[0].bounds,
                ideal=next((s.ideal for s in scores if s.ideal is not None), None),
                chance=next((s.chance for s in scores if s.chance is not None), None),
            )
        )
    return columns, notes


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _order(
    cells: Sequence[Record], agreements: Mapping[str, Mapping[int, float]]
) -> tuple[Mapping[str, Mapping[int, float]], list[str]]:
    """Return what the rows are ordered by, smaller being better, and a note if that is unusual."""
    if agreements:
        return {
            model: {seed: -value for seed, value in by_seed.items()}
            for model, by_seed in agreements.items()
        }, []
    return losses(cells, FALLBACK), [f"Rows are ordered by {FALLBACK}."] if cells else []


def _cell(own: Sequence[Record], metric: str, winners: Mapping[str, set[str]]) -> Cell:
    found = _estimates(numbers(own, metric), [own[0].model])
    if found:
        return Cell(estimate=found[own[0].model], best=own[0].model in winners[metric])
    scores = [record.scores[metric] for record in own if metric in record.scores]
    reasons = {score.reason or score.status for score in scores}
    return Cell(reason=joined(reasons) or "not measured")


def _estimates(
    by_seed: Mapping[str, Mapping[int, float]], models: Iterable[str]
) -> dict[str, Estimate]:
    return {
        model: Estimate(tuple(value for _, value in sorted(by_seed[model].items())))
        for model in sorted(models)
        if model in by_seed
    }
