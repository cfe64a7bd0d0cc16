"""What records of one model of several sizes on several amounts of data tell, and its laws."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import fmean

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.models.parameters import has_parameters, parse, with_parameter
from genbench.runs.records import Record
from genbench.runs.scaling import WIDTH
from genbench.sequences.scaling.resampling import LawFit, fit_with_intervals
from genbench.sequences.scaling.trials import Trials

LOSS, EXCESS, GAP = "bits_per_symbol", "excess_bits", "likelihood_gap"
OPERATIONS = 6  # of a parameter for a symbol in training: two forwards, four backwards
OVERFITTING = 0.74  # Kaplan et al. 2020: models of one N^.74 / D overfit alike


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A model of one width on one amount of data: what its seeds tell."""

    width: int
    rows: int
    size: float  # parameters, embeddings not counted
    amount: float  # symbols of the training rows
    seen: float  # symbols that it was trained on, each as often as it was; mean over seeds
    seconds: float  # of a fit
    losses: tuple[float, ...]  # bits a symbol of test rows, of each seed
    gaps: tuple[float, ...]  # bits a symbol by which training rows are shorter than test ones

    @property
    def loss(self) -> float:
        """Mean over seeds."""
        return fmean(self.losses)

    @property
    def compute(self) -> float:
        """Operations of a fit, 6 N times the symbols seen."""
        return OPERATIONS * self.size * self.seen

    @property
    def overfitting(self) -> float:
        """N^.74 / D, which is said to tell how far a model overfits."""
        return float(self.size**OVERFITTING / self.amount)


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """One model on one data set."""

    dataset: str
    model: str  # without its width
    trials: tuple[Trial, ...]  # in order of width, then of rows
    entropy: float | None  # bits a symbol of test rows under the true law, if it is known
    left_out: tuple[str, ...]  # cells without a number, and why

    @cached_property
    def fit(self) -> LawFit | None:
        """The law of its losses; None where there is none to be had (`why_no_law`)."""
        return None if self.why_no_law else self._fit()

    @cached_property
    def why_no_law(self) -> str | None:
        """Why there is no law of its losses: a sentence, or None."""
        return self._points.why_no_law()

    @property
    def _points(self) -> Trials:
        each = self.trials
        return Trials(
            np.array([one.size for one in each]),
            np.array([one.amount for one in each]),
            tuple(np.array(one.losses) for one in each),
        )

    def _fit(self) -> LawFit:
        rng = rng_for(0, self.dataset, self.model, "residuals")
        return fit_with_intervals(self._points, rng=rng)

    def of_width(self, width: int) -> list[Trial]:
        """Return the trials of one width, in order of rows."""
        return [one for one in self.trials if one.width == width]

    def of_rows(self, rows: int) -> list[Trial]:
        """Return the trials on so many rows, in order of width."""
        return [one for one in self.trials if one.rows == rows]

    @property
    def widths(self) -> list[int]:
        """All widths, in order."""
        return sorted({one.width for one in self.trials})

    @property
    def all_rows(self) -> list[int]:
        """All numbers of rows, in order."""
        return sorted({one.rows for one in self.trials})

    @property
    def curves(self) -> tuple[list[float], Array]:
        """Sizes, and losses (n_sizes, n_amounts) of those that have all amounts of data."""
        rows = self.all_rows
        whole = [line for width in self.widths if len(line := self.of_width(width)) == len(rows)]
        losses = np.array([[one.loss for one in line] for line in whole])
        return [line[0].size for line in whole], losses.reshape(-1, len(rows))


def scalings(records: Iterable[Record]) -> list[Scaling]:
    """Return what records tell of each model on each data set, in order of their names.

    Raises:
        BadInput: no record is of a model of a width on a part of a data set.
    """
    groups: dict[tuple[str, str], list[Record]] = {}
    for record in sorted(records, key=lambda each: each.place):
        dataset, part, _ = record.dataset.partition("/")
        if part and has_parameters(record.model) and WIDTH in parse(record.model)[1]:
            groups.setdefault((dataset, _without_width(record.model)), []).append(record)
    if not groups:
        raise BadInput("No record is of a model of some width on a part of a data set's rows.")
    return [_scaling(*names, group) for names, group in sorted(groups.items())]


def _without_width(model: str) -> str:
    name, params = parse(model)
    for parameter, value in params.items():
        name = name if parameter == WIDTH else with_parameter(name, parameter, value)
    return name


def _scaling(dataset: str, model: str, records: Sequence[Record]) -> Scaling:
    cells: dict[tuple[int, int], list[Record]] = {}
    left_out = []
    for record in records:
        if reason := _why_left_out(record):
            left_out.append(f"{record.dataset}, {record.model}, seed {record.seed}: {reason}")
        else:
            width = int(parse(record.model)[1][WIDTH])
            cells.setdefault((width, record.n_train), []).append(record)
    truths = [  # on the same rows
        loss - excess
        for record in records
        if (loss := record.value(LOSS)) is not None and (excess := record.value(EXCESS)) is not None
    ]
    return Scaling(
        dataset=dataset,
        model=model,
        trials=tuple(_trial(*place, cells[place]) for place in sorted(cells)),
        entropy=fmean(truths) if truths else None,
        left_out=tuple(left_out),
    )


def _why_left_out(record: Record) -> str | None:
    """Return why a record has no number to fit, or None."""
    if record.status != "ok":
        where = f" in {record.phase}" if record.phase else ""
        return f"{record.status}{where}. {record.reason or ''}".strip()
    if record.n_parameters is None or record.n_seen is None:
        return "the model does not say how many parameters it has, and how much it has seen."
    if record.value(LOSS) is None:
        score = record.scores.get(LOSS)
        return f"no {LOSS}: {score.reason if score else 'not scored'}."
    return None


def _trial(width: int, rows: int, records: Sequence[Record]) -> Trial:
    length = fmean(_length(record) for record in records)
    gaps = [record.value(GAP) for record in records]
    return Trial(
        width=width,
        rows=rows,
        size=fmean(float(record.n_parameters or 0) for record in records),
        amount=rows * length,
        seen=fmean(float(record.n_seen or 0) for record in records),
        seconds=fmean(record.fit_seconds or 0.0 for record in records),
        losses=tuple(float(record.value(LOSS) or 0.0) for record in records),
        gaps=tuple(gap / length / float(np.log(2)) for gap in gaps if gap is not None),
    )


def _length(record: Record) -> float:
    """Mean symbols of a test row, by which those of training rows are counted."""
    told = record.scores[LOSS].parameters
    return float(told["n_symbols"]) / float(told["n_rows"])
