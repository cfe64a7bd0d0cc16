"""Two models of a board against each other, on each data set and on all of them.

The numbers and the verdicts are those of the board, by the same functions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from genbench.ground.errors import BadInput
from genbench.models.parameters import has_parameters
from genbench.report.columns import NOTHING, WORSE
from genbench.report.intervals import ENOUGH, Interval, decimals
from genbench.report.kept import Kept
from genbench.report.leaderboard import Table, plain
from genbench.report.overall import Overall, why_nothing
from genbench.report.power import MOST_SEEDS, seeds_needed
from genbench.report.standing import TOLD_APART, Difference, difference

Verdict = Literal["better", "perhaps", "cannot tell"]
Pair = tuple[str, str]

EVERYWHERE = "overall"
COPYING = "copying"
FEWEST_DECIMALS = 2  # of an agreement


@dataclass(frozen=True, kw_only=True)
class Duel:
    """Two models on one data set, or on all."""

    where: str
    agreements: tuple[Interval | None, Interval | None]
    difference: Difference | None = None
    verdict: Verdict | None = None
    better: str | None = None  # the model that is better, or perhaps
    seeds: int | None = None  # of each, that would tell them apart; None: too many to be run
    why: str = ""  # there is no verdict

    @property
    def apart(self) -> float | None:
        """How much higher the agreement of the first is."""
        one, other = self.agreements
        return None if one is None or other is None else one.mean - other.mean


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two models on a board."""

    board: str
    models: Pair
    duels: tuple[Duel, ...]  # all data sets first, then each
    copied: Mapping[str, tuple[str, ...]]  # the data sets on which each copies its training data
    unknown: tuple[str, ...]  # the data sets on which that is not known of both
    notes: tuple[str, ...]


def compare(board: Kept, one: str, other: str) -> Comparison:
    """Compare two models of a board.

    Raises:
        BadInput: one is not on the board, or both are the same.
    """
    models = (one, other)
    for model in models:
        board.check_model(model)
    if one == other:
        raise BadInput(f"{one} cannot be compared with itself: name two models.")
    rows = {table.dataset: [table.by_model.get(m) for m in models] for table in board.tables}
    return Comparison(
        board=board.name,
        models=models,
        duels=(_on_all(board.overall, models), *(_on(table, models) for table in board.tables)),
        copied={
            model: tuple(
                name for name, pair in rows.items() if (row := pair[i]) and row.copies_train
            )
            for i, model in enumerate(models)
        },
        unknown=tuple(
            name
            for name, pair in rows.items()
            if any(row is None or row.originality is None for row in pair)
        ),
        notes=tuple(
            f"{row.model} on {name}: {row.mark}"
            for name, pair in rows.items()
            for row in pair
            if row is not None and (row.failed or row.imputed or row.copies_test)
        ),
    )


def print_comparison(found: Comparison, console: Console) -> None:
    """Print a line for all data sets and for each, and one for copying."""
    width = max(len(COPYING), *(len(duel.where) for duel in found.duels))
    grid = Grid(box=None, show_header=False, padding=(0, 3, 0, 0), pad_edge=False)
    grid.add_column(min_width=width)
    for duel in found.duels:
        grid.add_row(*(Text(plain(words)) for words in _cells(duel, found.models)))
    console.print(grid)
    console.print(Text(plain(f"{COPYING:{width}}   {copying(found)}")), soft_wrap=True)
    reasons = dict.fromkeys(duel.why for duel in found.duels if duel.why)
    for why in reasons:
        where = ", ".join(duel.where for duel in found.duels if duel.why == why)
        console.print(Text(plain(f"{where}: {why}"), style="dim"), soft_wrap=True)
    for note in found.notes:
        console.print(Text(plain(note), style="dim"), soft_wrap=True)


def to_values(found: Comparison) -> dict[str, Any]:
    """Return a comparison as values of JSON."""
    return {
        "board": found.board,
        "models": list(found.models),
        "duels": [_values(duel, found.models) for duel in found.duels],
        "copies": {model: list(where) for model, where in found.copied.items()},
        "copying_unknown": list(found.unknown),
        "notes": list(found.notes),
    }


def copying(found: Comparison) -> str:
    """Say which of the two copies its training data, and where."""
    said = [f"{model} on {', '.join(where)}" for model, where in found.copied.items() if where]
    unknown = [f"not known of both on {', '.join(found.unknown)}"] if found.unknown else []
    return "; ".join([*(said or ["neither"]), *unknown])


def _on_all(every: Overall, models: Pair) -> Duel:
    lines = [every.by_model.get(model) for model in models]
    missing = {
        m: "is a point of a curve: it has no place there" for m in models if has_parameters(m)
    }
    for each in every.incomplete:
        missing[each.model] = f"has no agreement on {', '.join(each.reasons)}"
    lacking = [
        f"{model} {missing[model]}"
        for model, line in zip(models, lines, strict=True)
        if line is None and model in missing
    ]
    one, other = (None if line is None else line.agreement for line in lines)
    why = "; ".join(lacking) or ("" if every.datasets else "no data set has a headline")
    return _duel(EVERYWHERE, models, (one, other), why)


def _on(table: Table, models: Pair) -> Duel:
    rows = [table.by_model.get(model) for model in models]
    lacking = [
        f"{model} has no agreement: {why_nothing(table, model)}"
        for model, row in zip(models, rows, strict=True)
        if row is None
    ]
    one, other = (None if row is None else row.agreement for row in rows)
    why = "; ".join(lacking) or ("" if table.counted else "the data set has no headline")
    return _duel(table.dataset, models, (one, other), why)


def _duel(
    where: str, models: Pair, agreements: tuple[Interval | None, Interval | None], why: str
) -> Duel:
    one, other = agreements
    if one is None or other is None:
        return Duel(where=where, agreements=agreements, why=f"{why}.")
    if one.variance is None or other.variance is None:
        few = f"no verdict with fewer than {ENOUGH} seeds of each."
        return Duel(where=where, agreements=agreements, why=few)
    found = difference(one, other)
    verdict: Verdict = (
        "better" if found.p < TOLD_APART else "perhaps" if found.p < WORSE else "cannot tell"
    )
    return Duel(
        where=where,
        agreements=agreements,
        difference=found,
        verdict=verdict,
        better=None if verdict == "cannot tell" else models[0 if found.mean > 0 else 1],
        seeds=seeds_needed(one, other),
    )


def _cells(duel: Duel, models: Pair) -> Iterator[str]:
    known = [each for each in duel.agreements if each is not None]
    places = max(FEWEST_DECIMALS, decimals(known))
    yield duel.where
    for model, agreement in zip(models, duel.agreements, strict=True):
        yield f"{model} {NOTHING if agreement is None else f'{agreement.mean:z.{places}f}'}"
    found = duel.difference
    if duel.apart is None:
        return
    reach = (
        f" [{found.mean - found.half:+z.{places}f}, {found.mean + found.half:+z.{places}f}]"
        if found
        else ""
    )
    yield f"difference {duel.apart:+z.{places}f}{reach}"
    if found is None:
        return
    words = {"better": f"{duel.better} is better", "perhaps": f"perhaps {duel.better}"}
    yield f"{words.get(duel.verdict or '', 'cannot tell')} (p {found.p:.2g})"
    yield f"{f'more than {MOST_SEEDS}' if duel.seeds is None else duel.seeds} seeds would tell"


def _values(duel: Duel, models: Pair) -> dict[str, Any]:
    return {
        "where": duel.where,
        "agreement": {
            model: None if each is None else {"mean": each.mean, "half": each.half}
            for model, each in zip(models, duel.agreements, strict=True)
        },
        "apart": duel.apart,
        "difference": None if duel.difference is None else asdict(duel.difference),
        "verdict": duel.verdict,
        "better": duel.better,
        "seeds": duel.seeds,
        "why": duel.why or None,
    }
