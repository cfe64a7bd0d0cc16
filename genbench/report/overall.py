"""All data sets of a board in one table: each weighs the same, however many seeds it has.

The headline of a model depends on nobody else who is listed. The data sets are taken as they are:
intervals and verdicts are about these, on these splits, over seeds. Models of symbols cannot learn
series, nor models of series symbols: of a board that has both, the table is of those that are more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from genbench.report.intervals import ENOUGH, Estimate, Interval, Pooled, joined
from genbench.report.leaderboard import DECODED, USUAL, Row, Rules, Table
from genbench.report.reasons import failure
from genbench.report.standing import Standing, as_real, share_told_apart, standings
from genbench.runs.records import REAL
from genbench.sequences import decoders

NOVELTY = "bayesian_surprise"
SEQUENCES = {"symbols": "series", "series": "symbols"}  # each kind, and the other


@dataclass(frozen=True, kw_only=True)
class Line:
    """One model over all data sets of a board."""

    model: str
    family: str
    competes: bool
    rows: Mapping[str, Row]  # by data set
    agreement: Interval
    standing: Standing | None = None
    as_real: bool = False
    imputed: int = 0  # data sets where its agreement is that of noise, as it failed
    surprise: float | None = None  # over that of real samples, the mean over data sets

    @property
    def rank(self) -> str | None:
        """The places that are open to it."""
        return None if self.standing is None else self.standing.rank

    @property
    def decoded(self) -> bool:
        """Whether a decoder wrote its samples: it is shown, and no model to be ranked."""
        return decoders.is_decoded(self.model)

    @property
    def copied(self) -> tuple[str, ...]:
        """The data sets on which it copies the training data."""
        return tuple(name for name, row in self.rows.items() if row.copies_train)

    @property
    def copies(self) -> bool:
        """Whether it copies on more than half of the data sets."""
        return 2 * len(self.copied) > len(self.rows)

    @property
    def honest(self) -> bool:
        """Whether it competes and does not copy."""
        return self.competes and not self.copies

    @property
    def may_lead(self) -> bool:
        """Whether it is an honest model: no decoder wrote its samples."""
        return self.honest and not self.decoded

    @property
    def originality(self) -> float | None:
        """The share of originals over that of real samples, the mean over data sets."""
        found = [
            row.originality.relative
            for row in self.rows.values()
            if row.originality is not None and row.originality.relative is not None
        ]
        return fmean(found) if found else None

    @property
    def fits(self) -> Interval | None:
        """Seconds of a fit, the mean over data sets."""
        found = tuple(row.fits for row in self.rows.values() if row.fits is not None)
        return Pooled(found) if found else None

    @property
    def seconds(self) -> float | None:
        """Mean seconds of a fit."""
        return None if self.fits is None else self.fits.mean

    def agreement_on(self, dataset: str) -> float | None:
        """The mean on one data set; None where it failed with every seed."""
        row = self.rows.get(dataset)
        return None if row is None or row.agreement is None else row.agreement.mean


@dataclass(frozen=True, kw_only=True)
class Incomplete:
    """A model without a number on some data set, and why."""

    model: str
    family: str
    done: int  # data sets
    of: int
    reasons: Mapping[str, str]  # by data set


@dataclass(frozen=True, kw_only=True)
class Overall:
    """The table of all data sets that have a headline."""

    datasets: tuple[str, ...] = ()
    without: tuple[str, ...] = ()  # data sets that have no headline
    apart: tuple[str, ...] = ()  # data sets of the other kind of sequences, which are fewer
    of: str = ""  # the kind that the table is of, where some are apart: "symbols" or "series"
    lines: tuple[Line, ...] = ()
    incomplete: tuple[Incomplete, ...] = ()
    pairs: tuple[int, int] = (0, 0)  # told apart, of how many

    @property
    def title(self) -> str:
        """What it is a table of."""
        return f"all data sets of {self.of}" if self.of else "all data sets"

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said under it: what is not in it, or not ranked, and why."""
        said = {
            f"Without an agreement, and so not in it: {joined(self.without)}.": self.without,
            f"Of {SEQUENCES.get(self.of)}, which models of {self.of} do not learn, and so not in it"
            f" but in tables of their own: {joined(self.apart)}.": self.apart,
            DECODED: any(line.decoded for line in self.lines),
        }
        return tuple(words for words, true in said.items() if true)

    @property
    def by_model(self) -> dict[str, Line]:
        """The lines by their models."""
        return {line.model: line for line in self.lines}


FLOOR = Estimate((0.0,) * ENOUGH)  # the agreement of noise


def overall(made: Sequence[Table], rules: Rules = USUAL) -> Overall:
    """Return the table of all data sets, the highest agreement first.

    Where there are both symbols and series, more of one than of the other, these are the table's.
    Who was refused or is missing on one data set has no place in it, and is listed with the reason.
    Where most seeds of a model failed, or all, its agreement is that of noise.
    """
    counted = [table for table in made if table.counted]
    most, others = _by_kind(counted)
    whole = [table for table in counted if table not in others]
    names = tuple(table.dataset for table in whole)
    rows = {table.dataset: table.by_model for table in whole}
    lines: list[Line] = []
    incomplete: list[Incomplete] = []
    for model, family in _families(whole).items():
        own = {name: rows[name][model] for name in names if model in rows[name]}
        failed = {t.dataset for t in whole if model not in own and _failed(t, model)}
        lacking = {
            t.dataset: why_nothing(t, model) for t in whole if t.dataset not in {*own, *failed}
        }
        if lacking or not own:
            lacking |= dict.fromkeys(failed, "failed with every seed")
            incomplete.append(
                Incomplete(
                    model=model, family=family, done=len(own), of=len(names), reasons=lacking
                )
            )
            continue
        known = [row.agreement for row in own.values() if row.agreement is not None]
        lines.append(
            Line(
                model=model,
                family=family,
                competes=all(row.competes for row in own.values()),
                rows=own,
                agreement=Pooled((*known, *(FLOOR for _ in failed))),
                imputed=len(failed) + sum(row.imputed for row in own.values()),
                surprise=_surprise(own, rows),
            )
        )
    ranked = [
        line
        for line in lines
        if line.competes
        and not line.decoded
        and (rules.copiers_ranked or not line.copies)
        and line.agreement.half is not None
    ]
    places = standings({line.model: line.agreement for line in ranked})
    real = next((line.agreement for line in lines if line.model == REAL), None)
    lines = [
        replace(
            line,
            standing=places.get(line.model),
            as_real=real is not None and line.model in places and as_real(line.agreement, real),
        )
        for line in lines
    ]
    return Overall(
        datasets=names,
        without=tuple(table.dataset for table in made if not table.counted),
        apart=tuple(table.dataset for table in others),
        of=most if others else "",
        lines=tuple(sorted(lines, key=lambda line: (-line.agreement.mean, line.model))),
        incomplete=tuple(incomplete),
        pairs=share_told_apart([line.agreement for line in ranked]),
    )


def _by_kind(made: Sequence[Table]) -> tuple[str, list[Table]]:
    """Return of which kind of sequences there are more, and the tables of the other one.

    There are none of these where both are as many: then nothing speaks for either.
    """
    kinds = {kind: [t for t in made if t.sequences == kind] for kind in SEQUENCES}
    fewer, most = sorted(kinds, key=lambda kind: len(kinds[kind]))
    return most, kinds[fewer] if len(kinds[fewer]) < len(kinds[most]) else []


def places_of(found: Overall) -> dict[str, dict[str, float]]:
    """Return the place of each ranked model by its agreement, on each data set where it has one.

    The highest has the first place, and equals share the mean of theirs. Places depend on who is
    listed, and within a group on chance.
    """
    from scipy.stats import rankdata

    ranked = [line for line in found.lines if line.standing is not None]
    places = {}
    for name in found.datasets:
        known = {line.model: line.agreement_on(name) for line in ranked}
        held = {model: value for model, value in known.items() if value is not None}
        ranks = rankdata([-value for value in held.values()]).tolist()
        places[name] = dict(zip(held, ranks, strict=True))
    return places


def _families(whole: Sequence[Table]) -> dict[str, str]:
    """Return the family of every model that any of the tables names, in order of name."""
    return dict(sorted(item for table in whole for item in table.families.items()))


def _failed(table: Table, model: str) -> bool:
    """Say whether a model tried and failed with every seed; what was refused was not tried."""
    own = [record for record in table.failures if record.model == model]
    return bool(own) and all(record.failed for record in own)


def why_nothing(table: Table, model: str) -> str:
    """Say why a model has no number on a data set."""
    reasons = {failure(record) for record in table.failures if record.model == model}
    reasons |= {f"made with {why}" for r, why in table.otherwise if r.model == model}
    return "; ".join(sorted(reasons)) or "not run"


def _surprise(own: Mapping[str, Row], rows: Mapping[str, Mapping[str, Row]]) -> float | None:
    """Return a model's surprise over that of real samples, the mean over data sets."""
    shares = []
    for name, row in own.items():
        mine, real = (
            each.cells[NOVELTY].estimate if each is not None and NOVELTY in each.cells else None
            for each in (row, rows[name].get(REAL))
        )
        if mine is not None and real is not None and real.mean > 0:
            shares.append(mine.mean / real.mean)
    return fmean(shares) if shares else None
