"""Records to tables: one per data set, best first, real samples and controls in their place.

Nothing here knows of files, colours or HTML; a table can be rebuilt from records alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import fmean
from typing import Self

from genbench.models.parameters import has_parameters
from genbench.report.agreement import FACES, Agreement, Faces, agreement
from genbench.report.columns import HEADLINE, Cell, Column, cell_of, columns_of, leaders_of
from genbench.report.comparable import made_otherwise
from genbench.report.copying import ORIGINALITY, Originality
from genbench.report.curves import Curve, parted
from genbench.report.intervals import ENOUGH, Estimate, joined
from genbench.report.losses import competes, estimates, losses, numbers
from genbench.report.reasons import failure
from genbench.report.standing import Standing, as_real, share_told_apart, standings
from genbench.runs.boards import Board
from genbench.runs.records import REAL, Record, by_dataset
from genbench.sequences import decoders

FEW_TOLD_APART = 0.05  # of pairs
ENOUGH_SEEDS = 2 / 3  # of those that were to be run; with fewer, the agreement is that of noise
ONE_SEED = "Fewer than three seeds: an order, not a ranking."
DECODED = (
    "What a decoder wrote (model@decoder) stands in its place and is not ranked: one fit writes it"
    " all. genbench compare tells two of them apart."
)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One model on one data set, over the seeds that went well."""

    model: str
    family: str
    competes: bool  # real samples, controls and copies of the test set do not
    records: tuple[Record, ...]
    failed: int  # seeds that did not go well; they are among the failures
    agreement: Estimate | None
    faces: Mapping[str, Estimate] = field(default_factory=dict)
    cells: Mapping[str, Cell]
    standing: Standing | None = None  # None: it does not compete, or there is nothing to rank by
    originality: Originality | None = None
    as_real: bool = False  # all but surely as good as real samples
    imputed: bool = False  # too many seeds failed: its agreement is that of noise

    @property
    def rank(self) -> str | None:
        """The places that are open to it."""
        return None if self.standing is None else self.standing.rank

    @property
    def copies_test(self) -> bool:
        """Whether test samples were handed in as samples."""
        return any(record.test_copies for record in self.records)

    @property
    def copies_train(self) -> bool:
        """Whether far fewer of its samples are originals than of real ones."""
        return self.originality is not None and self.originality.copies

    @property
    def decoded(self) -> bool:
        """Whether a decoder wrote its samples: it is shown, and no model to be ranked."""
        return decoders.is_decoded(self.model)

    @property
    def mark(self) -> str:
        """What is to be said beside the model's name, if anything is."""
        seeds = f"{len(self.records)} of {len(self.records) + self.failed} seeds"
        said = {
            "copies of test samples": self.copies_test,
            "copies": self.copies_train and self.competes,
            seeds: bool(self.failed),
            "agreement imputed": self.imputed,
        }
        return ", ".join(words for words, true in said.items() if true)

    @property
    def fits(self) -> Estimate | None:
        """Seconds of a fit, over seeds."""
        found = tuple(r.fit_seconds for r in self.records if r.fit_seconds is not None)
        return Estimate(found) if found else None

    @property
    def seconds(self) -> float | None:
        """Mean seconds of a fit."""
        return None if self.fits is None else self.fits.mean


@dataclass(frozen=True, kw_only=True)
class Table:
    """One data set's leaderboard."""

    dataset: str
    columns: tuple[Column, ...]
    headline: tuple[str, ...]  # the metrics that the headline is to be made of
    counted: tuple[str, ...]  # those of them that count here
    rows: tuple[Row, ...]
    failures: tuple[Record, ...]
    otherwise: tuple[tuple[Record, str], ...] = ()  # made otherwise, and in what
    pairs: tuple[int, int] = (0, 0)  # told apart, of how many
    notes: tuple[str, ...] = ()
    curves: tuple[Row, ...] = ()  # the points of curves, which are drawn and have no place

    @property
    def sequences(self) -> str:
        """What its rows are sequences of, "symbols" or "series"; nothing of others."""
        records = [record for row in self.rows for record in row.records]
        found = {"symbols": any(r.texts for r in records), "series": any(r.series for r in records)}
        return next((kind for kind, so in found.items() if so), "")

    @property
    def leaders(self) -> set[str]:
        """The models of the lead group, less those that are in it for their scatter only."""
        places = {row.model: row.standing for row in self.rows if row.standing is not None}
        return {m for m, place in places.items() if place.letter == "A" and not place.hollow}

    @property
    def families(self) -> dict[str, str]:
        """The family of every model, those without numbers among them."""
        found = {record.model: record.family for record in self.failures}
        return found | {row.model: row.family for row in self.rows}

    @property
    def by_model(self) -> dict[str, Row]:
        """The rows by their models, and the points of curves by theirs."""
        return {row.model: row for row in (*self.rows, *self.curves)}


def plain(words: str) -> str:
    """Replace what does not print: line ends, colour codes, marks that turn the direction."""
    return "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in words)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a board may decide for itself."""

    faces: Faces = field(default_factory=lambda: FACES)  # what the headline is made of
    copiers_ranked: bool = False  # whether who copies the training set has a rank all the same

    @classmethod
    def of(cls, board: Board | None) -> Self:
        """Return those of a board; without one, the usual."""
        if board is None:
            return cls()
        return cls(faces=board.headline or FACES, copiers_ranked=board.copies == "ranked")


USUAL = Rules()


def tables(records: Iterable[Record], rules: Rules = USUAL) -> list[Table]:
    """Return a table for each data set, in order of name."""
    return [_with_curves(dataset, found, rules) for dataset, found in by_dataset(records).items()]


def _with_curves(dataset: str, records: Sequence[Record], rules: Rules) -> Table:
    """Return the table of the models, which is the same without curves, and the curves' points."""
    alone, curves = parted(records)
    table = _table(dataset, alone, rules)
    if not curves:
        return table
    beside = _table(dataset, records, rules)
    return replace(
        table,
        curves=tuple(row for row in beside.rows if has_parameters(row.model)),
        notes=(*table.notes, *_notes_on_curves(curves, beside)),
    )


def _notes_on_curves(curves: Iterable[Curve[Record]], beside: Table) -> Iterable[str]:
    for curve in curves:
        yield f"{curve.label}: a curve, small points in the figures; in table.csv, not ranked"
    lacking = [(record, failure(record)) for record in beside.failures]
    for record, why in (*lacking, *beside.otherwise):
        if has_parameters(record.model):
            yield f"{record.model}, seed {record.seed}, is not on its curve: {why}"


def _table(dataset: str, records: Sequence[Record], rules: Rules) -> Table:
    otherwise = made_otherwise(records)
    out = {record.place for record, _ in otherwise}
    cells = [record for record in records if record.status == "ok" and record.place not in out]
    failures = tuple(record for record in records if record.status != "ok")
    headline = agreement(cells, rules.faces)
    by_model: dict[str, list[Record]] = {}
    for record in cells:
        by_model.setdefault(record.model, []).append(record)
    failed = {model: sum(f.model == model and f.failed for f in failures) for model in by_model}
    imputed = {
        model
        for model, own in by_model.items()
        if headline.of and len(own) < ENOUGH_SEEDS * (len(own) + failed[model])
    }
    agreements = estimates(headline.of, by_model)
    agreements |= {model: Estimate((0.0,) * ENOUGH) for model in imputed}
    originals = _originality(cells)
    ranked = {
        model
        for model, own in by_model.items()
        if all(map(competes, own))
        and not decoders.is_decoded(model)
        and (rules.copiers_ranked or model not in originals or not originals[model].copies)
    }
    places = standings(
        {m: each for m, each in agreements.items() if m in ranked and each.half is not None}
    )
    columns, notes = columns_of(cells)
    winners = {column.name: leaders_of(cells, column, ranked) for column in columns}
    real = agreements.get(REAL)
    rows = [
        Row(
            model=model,
            family=own[0].family,
            competes=all(map(competes, own)),
            records=tuple(own),
            failed=failed[model],
            agreement=agreements.get(model),
            faces={
                face: estimate
                for face, values in headline.faces.items()
                for estimate in estimates(values, [model]).values()
            },
            cells={column.name: cell_of(own, column, winners) for column in columns},
            standing=places.get(model),
            originality=originals.get(model),
            as_real=real is not None and model in places and as_real(agreements[model], real),
            imputed=model in imputed,
        )
        for model, own in by_model.items()
    ]
    pairs = share_told_apart([agreements[model] for model in places])
    return Table(
        dataset=dataset,
        columns=tuple(columns),
        headline=tuple(name for names in rules.faces.values() for name in names),
        counted=headline.metrics,
        rows=tuple(sorted(rows, key=lambda row: _place_of(row, cells))),
        failures=failures,
        otherwise=tuple(otherwise),
        pairs=pairs,
        notes=tuple(_notes(cells, headline, pairs)) + tuple(notes),
    )


def _place_of(row: Row, cells: Sequence[Record]) -> tuple[float, bool, str]:
    """Return what rows are ordered by; without a headline, by the first measure of one."""
    if row.agreement is not None:
        strength = -row.agreement.mean
    else:
        bad = losses(cells, HEADLINE[0]).get(row.model)
        strength = Estimate(tuple(bad.values())).mean if bad else math.inf
    return strength, row.model != REAL, row.model


def _notes(
    cells: Sequence[Record],
    headline: Agreement,
    pairs: tuple[int, int],
) -> Iterable[str]:
    yield from headline.notes
    if cells and not headline.of:
        yield f"Rows are ordered by {HEADLINE[0]}."
    if headline.of and max(map(len, headline.of.values())) < ENOUGH:
        yield ONE_SEED
    told, n = pairs
    if n and told < FEW_TOLD_APART * n:
        yield f"This data set tells models apart badly: {told} of {n} pairs."
    if any(decoders.is_decoded(cell.model) for cell in cells):
        yield DECODED
    if names := joined({cell.model for cell in cells if not cell.verified}):
        yield f"not verified: genbench was handed the samples of {names}"
    for cell in cells:
        if cell.test_copies:
            yield (
                f"{cell.test_copies} of {cell.n_generated} samples of {cell.model}, seed"
                f" {cell.seed}, are equal to test samples, more than chance brings about: it does"
                " not compete"
            )


def _originality(cells: Sequence[Record]) -> dict[str, Originality]:
    """Return how many samples of each model are no copies, where real samples tell of it too."""
    found = {model: fmean(values.values()) for model, values in numbers(cells, ORIGINALITY).items()}
    drawn = {cell.model: cell.n_generated for cell in cells}
    return {
        model: Originality(share=share, real=found[REAL], n=drawn[model])
        for model, share in found.items()
        if REAL in found and drawn[model]
    }
