"""What each baseline reaches: the records of a board, a line a cell, and a table of them.

`python -m genbench.report.levels RECORDS baselines/levels.csv` writes the lines; the table in the
README of the baselines is made of these.
"""

import csv
import math
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from genbench.datasets import load
from genbench.ground.csv_rows import read_rows
from genbench.models.find import baselines
from genbench.runs.records import Record, read

FIELDS = ("dataset", "model", "seed", "status", "fit_seconds", "share", "nats", "frechet")
FEWEST = 2  # numbers that have a spread

Line = Mapping[str, str]


def lines_of(records: Iterable[Record]) -> list[dict[str, Any]]:
    """Return a line for each record: what it reached, or how it ended.

    Those are the share of samples where the true density is as high as at 95 % of real ones and the
    nats by which test samples are less likely than under it, or, where no density is known, the
    Fréchet distance.
    """
    lines = []
    for record in sorted(records, key=lambda each: each.place):
        log_likelihood = record.value("log_likelihood")
        truth = _truth(record.dataset)
        values = {
            "dataset": record.dataset,
            "model": record.model,
            "seed": record.seed,
            "status": record.status,
            "fit_seconds": record.fit_seconds,
            "share": record.value("high_density_share"),
            "nats": None if None in (truth, log_likelihood) else truth - log_likelihood,  # type: ignore[operator]
            "frechet": None if truth is not None else record.value("frechet_distance"),
        }
        lines.append({k: f"{v:.4g}" if isinstance(v, float) else v for k, v in values.items()})
    return lines


@cache
def _truth(dataset: str) -> float | None:
    """Return the mean log-density of the test samples, in nats, if that is known."""
    data = load(dataset)
    return None if data.density is None else float(data.density.log_prob(data.test).mean())


def write_levels(path: Path, records: Iterable[Record]) -> None:
    """Write the lines to a file of comma-separated values."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines_of(records))


def published_levels() -> Sequence[Line]:
    """Return the lines as shipped; there are none if none were shipped."""
    return read_levels(resources.files("genbench.baselines") / "levels.csv")


def read_levels(path: Traversable) -> Sequence[Line]:
    """Return the lines of a file; none of one that is not there."""
    return read_rows(path)


def levels_table(lines: Iterable[Line]) -> tuple[list[str], list[list[str]]]:
    """Return the head and the rows of a table: a row for each baseline, a column for each data set.

    A number is a mean over seeds, with its standard deviation; after it come the nats.
    """
    by_cell: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in lines:
        by_cell[line["model"], line["dataset"]].append(line)
    datasets = sorted({dataset for _, dataset in by_cell}, key=_order)
    rows = []
    for model in baselines():
        if not any((model, dataset) in by_cell for dataset in datasets):
            continue
        cells = [by_cell.get((model, dataset), []) for dataset in datasets]
        seconds = [
            float(line["fit_seconds"]) for cell in cells for line in cell if line["fit_seconds"]
        ]
        most = f"{max(seconds):.0f}" if seconds else ""
        rows.append([f"`{model}`", *map(_cell, cells), most])
    return ["model", *datasets, "most seconds"], rows


def _order(dataset: str) -> tuple[bool, str]:
    return _truth(dataset) is None, dataset


def _cell(lines: list[Line]) -> str:
    if lines and all(line["status"] == "skipped" for line in lines):
        return "refused"
    failed = [line["status"] for line in lines if line["status"] not in ("ok", "skipped")]
    parts = [_number(lines, "share"), _number(lines, "frechet")]
    if nats := _number(lines, "nats"):
        parts.append(f"({nats})")
    return ", ".join([" ".join(filter(None, parts)), *failed]).removeprefix(", ")


def _number(lines: list[Line], field: str) -> str:
    values = [float(line[field]) for line in lines if line[field]]
    if not values:
        return ""
    if not all(map(math.isfinite, values)):
        return "∞"
    spread = f" ± {stdev(values):.2g}" if len(values) >= FEWEST else ""
    return f"{fmean(values):.2f}{spread}"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Give a board's records and the file to which the lines should be written.")
    write_levels(Path(sys.argv[2]), read(Path(sys.argv[1])))
