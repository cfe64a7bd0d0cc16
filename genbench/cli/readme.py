"""The generated parts of documents: what catalogs list, and verdicts on the measures.

`python -m genbench.cli.readme`, in the root of the repository, writes them; a test fails when they
have drifted.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from genbench.datasets import CATALOG as DATASETS
from genbench.metrics import ALIASES, CATALOG
from genbench.models.find import baselines
from genbench.report.advice import published_advice
from genbench.report.behaviour import published_behaviour, published_calibration
from genbench.report.levels import levels_table, published_levels

# Each fault, and the checks that plant it alone, plainest first: a measure that needs pictures has
# no number in those of points.
PLANTED = {
    "noise": ("noise", "picture_noise"),
    "shift": ("shift",),
    "collapse": ("collapse",),
    "collapse within modes": ("collapse_within_modes",),
    "dropped mode": ("mode_drop",),
    "copying": ("copying",),
}
BETTER = {"low": "↓ lower", "high": "↑ higher", "match": "→ as real"}


def metrics_table() -> str:
    """Every measure: its acronym, which way is better, its inputs, what it catches and what it is.

    What it catches is as measured; empty where no check that plants the fault has its inputs. So is
    how its standard error compares with the spread of its values; empty where there is none.
    """
    calibration = {
        name: f"{low:.2f} to {high:.2f}" for name, (low, high) in published_calibration().items()
    }
    letters = {(one.metric, one.check): one.letter for one in published_behaviour()}
    rows = []
    for name, metric in CATALOG.items():
        aliases = ", ".join(f"`{alias}`" for alias, full in ALIASES.items() if full == name)
        catches = (
            next((letters[name, check] for check in checks if letters.get((name, check))), "")
            for checks in PLANTED.values()
        )
        needs = ", ".join(metric.inputs)
        error = calibration.get(name, "")
        known = (f"`{name}`", aliases, BETTER[metric.aim], needs)
        rows.append((*known, *catches, error, metric.meaning))
    head = ("measure", "also", "better", "needs", *PLANTED, "error / spread", "what it is")
    return _markdown(head, rows)


def faults_table() -> str:
    """Each fault, the measure that sees most of it, and how many samples that takes."""
    rows = [
        (
            one.fault,
            f"`{one.metric}`",
            f"{one.n:,}",
            f"{one.seen} of {one.of}",
            " and ".join(one.falls),
        )
        for one in published_advice()
    ]
    head = ("to see", "use", "samples", "models that it sees", "but it falls to")
    return _markdown(head, rows) if rows else "Not run yet.\n"


def models_table() -> str:
    """Every baseline: its family, and the file to read, from the folder of the baselines."""
    rows = []
    for name, spec in baselines().items():
        file = spec.target.removeprefix("genbench.baselines.").partition(":")[0].replace(".", "/")
        rows.append((spec.family, f"`{name}`", spec.summary, f"[{file}.py]({file}.py)"))
    return _markdown(("family", "model", "what it is", "file"), rows)


def reached_table() -> str:
    """What each baseline reached on each data set, over seeds."""
    head, rows = levels_table(published_levels())
    return _markdown(head, rows) if rows else "Not run yet.\n"


def datasets_table() -> str:
    """Every data set, and what it is."""
    rows = ((f"`{name}`", entry.summary) for name, entry in DATASETS.items())
    return _markdown(("data set", "what it is"), rows)


# The documents that hold generated parts, from the root of the repository.
PARTS: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "baselines/README.md": {"models": models_table, "levels": reached_table},
    "genbench/datasets/README.md": {"datasets": datasets_table},
    "genbench/metrics/README.md": {"faults": faults_table, "metrics": metrics_table},
}


def regenerated(text: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Return a document's text with these parts as the catalogs have them now.

    Raises:
        ValueError: the text has no place for a part.
    """
    for part, table in parts.items():
        begin, end = f"<!-- {part}: begin -->\n", f"<!-- {part}: end -->"
        if text.count(begin) != 1 or end not in text.partition(begin)[2]:
            raise ValueError(f"One place for the part {part!r} is needed: {begin.strip()} {end}.")
        before, _, rest = text.partition(begin)
        text = before + begin + table() + end + rest.partition(end)[2]
    return text


def _markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in lines)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in escaped)


if __name__ == "__main__":
    for name, parts in PARTS.items():
        document = Path(name)
        text = regenerated(document.read_text(encoding="utf-8"), parts)
        document.write_text(text, encoding="utf-8")
