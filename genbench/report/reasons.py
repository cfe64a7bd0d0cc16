"""Why there are no numbers: a reason that many share is told once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from genbench.report.intervals import joined
from genbench.runs.records import Record


@dataclass(frozen=True, kw_only=True)
class Missing:
    """Cells of one data set that have no numbers, for the same reason and on the same seeds."""

    models: tuple[str, ...]
    seeds: tuple[int, ...]
    became: str  # status, and where
    why: str  # the same with the reason

    @property
    def on(self) -> str:
        """The seeds, in words."""
        return f"seed{'s' * (len(self.seeds) > 1)} {', '.join(map(str, self.seeds))}"


def failure(record: Record) -> str:
    """Say how a cell failed, in one line."""
    became = _became(record)
    return f"{became}: {record.reason}" if record.reason else became


def _became(record: Record) -> str:
    return f"{record.status} in {record.phase}" if record.phase else record.status


def missing(failures: Iterable[Record]) -> list[Missing]:
    """Return the cells that failed, in the order of the first of each kind."""
    seeds: dict[tuple[str, str, str], list[int]] = {}
    for record in failures:
        seeds.setdefault((record.model, _became(record), failure(record)), []).append(record.seed)
    models: dict[tuple[tuple[int, ...], str, str], list[str]] = {}
    for (model, became, why), on in seeds.items():
        models.setdefault((tuple(on), became, why), []).append(model)
    return [
        Missing(models=tuple(names), seeds=on, became=became, why=why)
        for (on, became, why), names in models.items()
    ]


def by_reason(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the names that have each reason, in the order of the first of them."""
    found: dict[str, list[str]] = {}
    for name, why in reasons.items():
        found.setdefault(why, []).append(name)
    return found


def notes_on(said: str, reasons: Mapping[str, str]) -> list[str]:
    """Return a note for each reason: which names it is said of, as "are not shown", and why."""
    return [
        f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} {said}: {why}"
        for why, names in by_reason(reasons).items()
    ]


def one_reason(reasons: Iterable[str]) -> str:
    """Return several reasons as one sentence; nothing for none."""
    found = set(reasons)
    if len(found) < 2:
        return joined(found)
    return "; ".join(reason.removesuffix(".") for reason in sorted(found)) + "."
