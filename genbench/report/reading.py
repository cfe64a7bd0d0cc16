"""What a reader is told beside every table: how it was made and how to read it."""

from collections.abc import Iterable

from genbench.report.leaderboard import Table

RULES = (
    "Numbers are means over seeds. With three seeds or more they carry a 95 % interval (Student's"
    " t over seeds), and a rank is the range of places that overlapping intervals leave open; with"
    " fewer there is no interval and a rank is just the order.",
    "Marked as best are the best model of a column and all that cannot be told from it. Real"
    " samples and controls are there to be compared with: they are not ranked and never best.",
    "– is a number that could not be had. A failed seed is listed with its reason.",
)


def protocol(table: Table) -> str:
    """Say what the numbers of a table were made from."""
    records = [record for row in table.rows for record in row.records]
    if not records:
        return "no cell went well"
    facts = [
        f"{_all(r.n_train for r in records)} training samples, {_all(r.n_test for r in records)}"
        f" to test against, {_all(r.n_generated for r in records)} drawn from each model",
        f"features: {_all(r.features for r in records)}",
        f"data {_all(r.dataset_hash[:12] for r in records)}",
        f"seeds {_all(r.seed for r in records)}",
    ]
    return "; ".join(facts)


def _all(values: Iterable[object]) -> str:
    """Return the one value that all have, or every value there is."""
    found = sorted({value for value in values if value != ""}, key=lambda v: (str(type(v)), v))
    return ", ".join(map(str, found)) or "unknown"
