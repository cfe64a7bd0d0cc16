"""What trials found, as sections of the page of metrics: first of all what to use, and when.

Each line of advice leads to the row of a table that it rests on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeAlias

from genbench.ground.csv_rows import read_rows
from genbench.report.advice import (
    EXPLOITED,
    FAULTS,
    Advice,
    advice,
    falls,
    made_of,
    needed_by_metric,
)
from genbench.report.markup import text
from genbench.sanity.heat_table import interval, words
from genbench.sanity.markup import table

Row: TypeAlias = Mapping[str, str]
Sections: TypeAlias = dict[str, tuple[str, str]]  # titles and bodies, by anchor

USE = (
    "From models whose faults are known exactly: the measure that tells most of them from real "
    "samples, and how many samples that takes. Look at several: each is blind to something."
)
SEEN = (
    "The least number of samples from which on a measure puts real samples before a faulty model "
    "in 95 of 100 pairs of seeds, the measures that see most first. After > stands what is not "
    "enough, the most that were tried; empty is no value."
)
ORDERED = (
    "Kendall's tau of a measure with what is true, over the models of a board, with its 95 % "
    "interval over seeds: 1 is the true order, 0 knows nothing of it."
)
ATTACKED = (
    "How far samples that were moved to please a measure have come from noise (0) to real samples "
    "(1), by what the attacker was given, and what most of them are. From 1 on, what was made to "
    "please is liked better than what is real."
)
PROMISED = "How often a difference was seen with as many samples as a plan asked for."


@dataclass(frozen=True, kw_only=True)
class Trials:
    """Rows of the tables of trials; no rows of a trial that was not run."""

    sizes: Sequence[Row] = ()
    agreements: Sequence[Row] = ()
    attacks: Sequence[Row] = ()
    promises: Sequence[Row] = ()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read what trials left in a folder."""
        return cls(
            sizes=read_rows(folder / "n95.csv"),
            agreements=read_rows(folder / "agreement.csv"),
            attacks=read_rows(folder / "attacks.csv"),
            promises=read_rows(folder / "power.csv"),
        )


NONE = Trials()


def trial_sections(trials: Trials) -> Sections:
    """Return the sections of trials that were run."""
    lines = advice(trials.sizes, trials.attacks)
    found = {
        "use": ("What to use", _use(lines, trials) if lines else ""),
        "seen": ("Who sees what, and from how many samples on", _seen(trials.sizes)),
        "order": ("Who has the true order", _order(trials.agreements)),
        "attacks": ("What attacks reach", _attacks(trials.attacks)),
        "promises": ("Is promised power met?", _promises(trials.promises)),
    }
    return {anchor: section for anchor, section in found.items() if section[1]}


def _use(lines: Iterable[Advice], trials: Trials) -> str:
    attacked = {row["metric"] for row in trials.attacks}
    return f"<p>{text(USE)}</p><ul>{''.join(_line(one, attacked) for one in lines)}</ul>"


def _line(one: Advice, attacked: Iterable[str]) -> str:
    seen = f"it sees {one.seen} of {one.of} such models"
    of_attacks = ""
    if one.metric in attacked:
        made = " and ".join(one.falls)
        said = f"attacks make it like {made} better than real ones" if made else "it stands attacks"
        of_attacks = f'; <a href="#attack-{text(one.metric)}">{text(said)}</a>'
    return (
        f"<li>To see <b>{text(one.fault)}</b>: <code>{text(one.metric)}</code> with"
        f" {one.n:,} samples; "
        f'<a href="#{_anchor(one.fault, one.metric)}">{text(seen)}</a>{of_attacks}.'
    )


def _anchor(fault: str, metric: str) -> str:
    return text(f"{fault.replace(' ', '-')}-{metric}")


def _seen(sizes: Sequence[Row]) -> str:
    tables = []
    families = dict.fromkeys([*FAULTS, *(row["family"] for row in sizes)])
    for fault in families:
        own = [row for row in sizes if row["family"] == fault]
        models = list(dict.fromkeys((row["board"], row["model"]) for row in own))
        by_place = {(row["metric"], row["board"], row["model"]): row for row in own}
        rows = [
            [
                f'<th scope="row" id="{_anchor(fault, metric)}">{words(metric)}</th>',
                *(f"<td>{_size(by_place.get((metric, *model)))}</td>" for model in models),
            ]
            for metric in needed_by_metric(own)
        ]
        heads = [fault, *(f"{board}: {model}" for board, model in models)]
        tables += [table(heads, rows, fault)] if rows else []
    return f"<p>{text(SEEN)}</p>{''.join(tables)}" if tables else ""


def _size(row: Row | None) -> str:
    if row is None:
        return ""
    if row["n95"]:
        return f"<b>{int(float(row['n95'])):,}</b>"
    return f"<small>&gt; {int(row['most']):,}</small>"


def _order(agreements: Sequence[Row]) -> str:
    boards = dict.fromkeys(row["board"] for row in agreements)
    parts = [_order_on([row for row in agreements if row["board"] == name]) for name in boards]
    folded = "".join(
        f"<details><summary><b>{text(name)}</b></summary>{part}</details>"
        for name, part in zip(boards, parts, strict=True)
    )
    return f"<p>{text(ORDERED)}</p>{folded}" if folded else ""


def _order_on(agreements: Sequence[Row]) -> str:
    """Return a board's table: a column for each truth and size, measures by their mean."""
    columns = list(dict.fromkeys((row["truth"], int(row["n"])) for row in agreements))
    by_place = {(row["metric"], row["truth"], int(row["n"])): row for row in agreements}
    taus: dict[str, list[float]] = {}
    for row in agreements:
        taus.setdefault(row["metric"], []).append(float(row["tau"]))
    best_first = sorted(taus, key=lambda metric: -sum(taus[metric]) / len(taus[metric]))
    rows = [
        [
            f'<th scope="row">{words(metric)}</th>',
            *(_tau(by_place.get((metric, *column))) for column in columns),
        ]
        for metric in best_first
    ]
    return table(["", *(f"{truth}, n {n:,}" for truth, n in columns)], rows, "Agreement")


def _tau(row: Row | None) -> str:
    if row is None:
        return "<td></td>"
    bounds = interval(float(row["low"]), float(row["high"]))
    return f"<td>{float(row['tau']):.2f}<small>{bounds}</small></td>"


def _attacks(attacks: Sequence[Row]) -> str:
    given = list(dict.fromkeys(row["given"] for row in attacks))
    fallen = falls(attacks)
    rows = [
        [
            f'<th scope="row" id="attack-{text(metric)}">{words(metric)}</th>',
            f"<td>{text(' and '.join(fallen.get(metric, ())) or 'neither')}</td>",
            *_reached([row for row in attacks if row["metric"] == metric], given),
        ]
        for metric in dict.fromkeys(row["metric"] for row in attacks)
    ]
    heads = ["", "falls to junk or copies", *(f"given {each}" for each in given)]
    return f"<p>{text(ATTACKED)}</p>{table(heads, rows, 'Attacks')}" if rows else ""


def _reached(attacks: Sequence[Row], given: Iterable[str]) -> Iterator[str]:
    """Yield a cell for each that attackers were given: the best that was reached."""
    for each in given:
        own = [row for row in attacks if row["given"] == each and row["exploitability"]]
        if not own:
            yield "<td></td>"
            continue
        best = max(own, key=lambda row: float(row["exploitability"]))
        reached = float(best["exploitability"])
        made = " and ".join(made_of(best)) or "neither"
        shown = f"<b>{reached:.2f}</b>" if reached >= EXPLOITED else f"{reached:.2f}"
        yield f"<td>{shown} <small>{made}, from {text(best['start'])}</small></td>"


def _promises(promises: Sequence[Row]) -> str:
    rows = [
        [
            f'<th scope="row">{words(row["metric"])}</th><td class="left">{words(row["law"])}</td>',
            f"<td>{text(row['difference'])}</td><td>{text(row['samples'])}</td>",
            f"<td>{_kept(row)}</td>",
        ]
        for row in promises
    ]
    heads = ["", "law", "difference", "samples", "seen"]
    return f"<p>{text(PROMISED)}</p>{table(heads, rows, 'Promises')}" if rows else ""


def _kept(row: Row) -> str:
    if not row["seen"]:
        return ""
    bounds = interval(float(row["low"]), float(row["high"]))
    return f"{float(row['seen']):.2f}<small>{bounds}</small>"
