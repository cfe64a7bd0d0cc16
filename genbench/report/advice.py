"""Which metric to use for which fault, and with how many samples: from the trials that ship."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genbench.report.behaviour import shipped_rows

EXPLOITED, MOSTLY = 1.0, 0.5  # preferred to real samples; of the pictures
FAULTS = ("dropped classes", "noise", "heat", "coarser fit", "copies")


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The metric that sees most models of a fault, and of those the one that needs least."""

    fault: str
    metric: str
    n: int  # from which on it sees all that it sees
    seen: int  # models, of all boards
    of: int
    falls: tuple[str, ...]  # to what attacks on it are made of


def advice(
    sizes: Iterable[Mapping[str, str]], attacks: Iterable[Mapping[str, str]]
) -> list[Advice]:
    """Return a line for each fault, from the rows of n95.csv and of attacks.csv.

    Metrics are ordered by how many models of the fault they cannot tell from real samples, then by
    the geometric mean of n95 over those they can. One that a board has no value of sees none of it.
    """
    rows = list(sizes)
    fallen = falls(attacks)
    found = []
    for fault in FAULTS:
        own = [row for row in rows if row["family"] == fault]
        models = {(row["board"], row["model"]) for row in own}
        best, needed = next(iter(needed_by_metric(own).items()), ("", []))
        if not needed:
            continue
        found.append(
            Advice(
                fault=fault,
                metric=best,
                n=max(needed),
                seen=len(needed),
                of=len(models),
                falls=fallen.get(best, ()),
            )
        )
    return found


def needed_by_metric(sizes: Iterable[Mapping[str, str]]) -> dict[str, list[int]]:
    """Return n95 of the models that each metric can tell from real samples, the best metric first.

    `sizes` are rows of n95.csv, of models of one fault.
    """
    found: dict[str, list[int]] = {}
    for row in sizes:
        needed = found.setdefault(row["metric"], [])
        if row["n95"]:
            needed.append(int(float(row["n95"])))
    return dict(sorted(found.items(), key=lambda item: _order(item[1])))


def _order(needed: Sequence[int]) -> tuple[int, float]:
    return -len(needed), sum(map(math.log, needed)) / max(len(needed), 1)


def falls(attacks: Iterable[Mapping[str, str]]) -> dict[str, tuple[str, ...]]:
    """Return what each metric prefers to real samples, junk or copies, as attacks found."""
    found: dict[str, set[str]] = {}
    for row in attacks:
        if row["exploitability"] and float(row["exploitability"]) >= EXPLOITED:
            found.setdefault(row["metric"], set()).update(made_of(row))
    return {metric: tuple(sorted(kinds, reverse=True)) for metric, kinds in found.items() if kinds}


def made_of(attack: Mapping[str, str]) -> list[str]:
    """Return what most of an attack's pictures are: junk, copies, or neither."""
    return [kind for kind in ("junk", "copies") if float(attack[kind]) > MOSTLY]


def published_advice() -> list[Advice]:
    """Return the advice of the trials as shipped; none if they were not shipped."""
    return advice(shipped_rows("n95.csv"), shipped_rows("attacks.csv"))


def published_falls() -> dict[str, tuple[str, ...]]:
    """Return what the metrics fell to in the attacks as shipped; none if they were not shipped."""
    return falls(shipped_rows("attacks.csv"))
