"""The generated parts of README.md: measures and models as in the catalogs, and verdicts on them.

`python -m genbench.cli.readme` writes them; a test fails when they have drifted.
"""

from collections.abc import Iterable
from pathlib import Path

from genbench.metrics import ALIASES, CATALOG
from genbench.models.find import baselines
from genbench.report.behaviour import published_behaviour

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

    What it catches is as measured; empty where no check that plants the fault has its inputs.
    """
    letters = {(one.metric, one.check): one.letter for one in published_behaviour()}
    rows = []
    for name, metric in CATALOG.items():
        aliases = ", ".join(f"`{alias}`" for alias, full in ALIASES.items() if full == name)
        catches = (
            next((letters[name, check] for check in checks if letters.get((name, check))), "")
            for checks in PLANTED.values()
        )
        needs = ", ".join(metric.inputs)
        rows.append((f"`{name}`", aliases, BETTER[metric.aim], needs, *catches, metric.meaning))
    return _markdown(("measure", "also", "better", "needs", *PLANTED, "what it is"), rows)


def models_table() -> str:
    """Every baseline: its family, and the file to read."""
    rows = []
    for name, spec in baselines().items():
        file = spec.target.removeprefix("genbench.baselines.").partition(":")[0].replace(".", "/")
        link = f"[baselines/{file}.py](baselines/{file}.py)"
        rows.append((spec.family, f"`{name}`", spec.summary, link))
    return _markdown(("family", "model", "what it is", "file"), rows)


def regenerated(text: str) -> str:
    """Return README text with its generated parts as the catalogs have them now."""
    for part, table in (("metrics", metrics_table()), ("models", models_table())):
        begin, end = f"<!-- {part}: begin -->\n", f"<!-- {part}: end -->"
        before, _, rest = text.partition(begin)
        text = before + begin + table + end + rest.partition(end)[2]
    return text


def _markdown(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    header = list(header)
    lines = [header, ["---"] * len(header), *rows]
    escaped = ([cell.replace("|", "\\|") for cell in cells] for cells in lines)
    return "".join(f"| {' | '.join(cells)} |\n" for cells in escaped)


if __name__ == "__main__":
    readme = Path("README.md")
    readme.write_text(regenerated(readme.read_text(encoding="utf-8")), encoding="utf-8")
