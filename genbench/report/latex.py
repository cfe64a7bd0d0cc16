"""The table of all data sets in LaTeX with the package booktabs, and its citation in BibTeX."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from genbench.report.citation import Citation
from genbench.report.intervals import Interval, decimals
from genbench.report.leaderboard import Table, plain
from genbench.report.overall import Line, Overall
from genbench.report.reading import protocol
from genbench.report.standing import TOLD_APART, Standing

SIGNS = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    **{sign: f"\\{sign}" for sign in "{}$&#_%"},
}
NONE = "--"
PLACES = 2  # decimals of an agreement on one data set


def safe(words: str) -> str:
    """Return text with the signs that mean something to LaTeX as what prints them."""
    return "".join(SIGNS.get(c, c) for c in plain(words))


def latex(
    made: Sequence[Table],
    every: Overall,
    cited: Citation,
    *,
    columns: Sequence[str] | None = None,
) -> str:
    """Return the table of all data sets: columns of these names, or the usual ones."""
    names = columns or ("rank", "model", "agreement", *every.datasets, "originality")
    places = decimals([line.agreement for line in every.lines])
    rows = [" & ".join(_cells(line, names, places)) for line in every.lines]
    heads = " & ".join(safe(name) for name in names)
    sides = "".join("l" if name in ("rank", "model", "family") else "r" for name in names)
    return "\n".join(
        [
            r"% \usepackage{booktabs}",
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{caption(made, every, cited)}}}",
            rf"\label{{tab:{cited.label}}}",
            rf"\begin{{tabular}}{{{sides}}}",
            r"\toprule",
            rf"{heads} \\",
            r"\midrule",
            *(rf"{row} \\" for row in rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def caption(made: Sequence[Table], every: Overall, cited: Citation) -> str:
    """Say what the numbers are, of which data, and what made them."""
    ranked = any(line.standing is not None for line in every.lines)
    how = (
        f"means over seeds with 95\\,\\% intervals. Letters are groups: whoever is not told apart"
        f" (Welch's test, $p < {TOLD_APART:g}$) from the first of a group is in it; in brackets,"
        " only because its seeds scatter too much to tell."
        if ranked
        else "fewer than three seeds, so that it is an order, not a ranking."
    )
    whole = [table for table in made if table.dataset in every.datasets]
    data = " ".join(
        f"{safe(table.dataset)}: counted {safe(', '.join(table.counted))};"
        f" {safe(protocol(table))}; protocol {_protocols(table)}."
        for table in whole
    )
    return (
        f"Agreement with the data, from noise (0) to real samples (1): {how}"
        r" \dag\ copies its training data there."
        f" {data} Source: {safe(cited.text)}."
    )


def bibtex(cited: Citation) -> str:
    """Return the entry of a board: what made it, from which records, and when the last was made."""
    known = {
        "title": f"{{Leaderboard {safe(cited.board)}}}",
        "howpublished": safe(cited.made_by),
        "year": cited.finished[:4],
        "note": f"records {cited.records}, the newest of {cited.finished}"
        if cited.finished
        else f"records {cited.records}",
    }
    lines = "".join(f"  {key} = {{{value}}},\n" for key, value in known.items() if value)
    return f"@misc{{{cited.label},\n{lines}}}\n"


def _protocols(table: Table) -> str:
    found = {record.protocol for row in table.rows for record in row.records}
    return ", ".join(map(str, sorted(found)))


def _cells(line: Line, names: Sequence[str], places: int) -> Iterator[str]:
    for name in names:
        yield COLUMNS[name](line, places) if name in COLUMNS else _on(line, name)


def _on(line: Line, dataset: str) -> str:
    """Write the agreement on one data set, with its group, and a dagger where it copies."""
    row = line.rows.get(dataset)
    if row is None or row.agreement is None:
        return NONE
    dagger = r"\dag" * row.copies_train
    return f"${row.agreement.mean:z.{PLACES}f}{_raised(row.standing)}${dagger}"


def _raised(standing: Standing | None) -> str:
    if standing is None:
        return ""
    letter = rf"\mathrm{{{standing.letter}}}"
    return f"^{{({letter})}}" if standing.hollow else f"^{{{letter}}}"


def _agreement(line: Line, places: int) -> str:
    return f"${_number(line.agreement, places)}{_raised(line.standing)}$"


def _number(found: Interval, places: int) -> str:
    half = "" if found.half is None else rf" \pm {found.half:.{places}f}"
    return f"{found.mean:z.{places}f}{half}"


def _share(value: float | None) -> str:
    return NONE if value is None else rf"{100 * value:.0f}\,\%"


def _rank(line: Line, _: int) -> str:
    return NONE if line.rank is None else line.rank.replace("-", "--")


COLUMNS: Mapping[str, Callable[[Line, int], str]] = {
    "rank": _rank,
    "model": lambda line, _: safe(line.model),
    "family": lambda line, _: safe(line.family),
    "agreement": _agreement,
    "originality": lambda line, _: _share(line.originality),
    "surprise": lambda line, _: _share(line.surprise),
    "seconds": lambda line, _: NONE if line.seconds is None else f"{line.seconds:.3g}",
}
