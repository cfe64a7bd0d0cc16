"""A folder of scaling, regenerated from its records: tables, laws and figures."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from genbench.ground.errors import BadInput
from genbench.ground.paths import shown
from genbench.report.folder import write_files
from genbench.report.html_tools import file_name
from genbench.report.intervals import number
from genbench.report.markdown import bullets, grid, safe
from genbench.report.scaling import Scaling, scalings
from genbench.report.scaling_laws import Line, lines, untold
from genbench.runs.store import Store

if TYPE_CHECKING:
    import pandas

SAID = (
    "L is in bits a symbol of test rows, N counts parameters without embeddings, D the symbols of"
    " the training rows, and C = 6 N times the symbols seen in training. Intervals are of 95 %:"
    " those of the law of L by dealing its relative errors anew to cells, those of exponents by"
    " Student's t. The gap is by how many bits a symbol training rows are shorter than test ones."
    " Dashed lines are no measurements."
)
TRIALS = ("width", "rows", "N", "D", "seeds", "C", "seconds", "loss", "law", "error", "gap")
LAWS = ("law", "quantity", "value", "95 %", "held against")


def scalings_in(folder: Path) -> list[Scaling]:
    """Return what the records in a folder tell, once they are published.

    Raises:
        BadInput: there are none, or of no model of some width on a part of a data set.
        OSError: they could not be written.
    """
    records = Store(folder).publish()
    if not records:
        raise BadInput(f"There are no records in {shown(folder)}: run `genbench scale` first.")
    return scalings(records)


def write_report(folder: Path, found: Sequence[Scaling], *, command: str) -> list[Path]:
    """Write tables and figures into a folder; return what was written.

    Raises:
        OSError: a file could not be written.
    """
    return write_files(folder, contents_of(found, command))


def contents_of(found: Sequence[Scaling], command: str) -> dict[str, bytes]:
    """Return what each file should hold."""
    from genbench.report import figures, frames
    from genbench.report.scaling_plot import scaling_figure

    told = [(one, lines(one)) for one in found]
    drawn = {}
    for one in found:
        if one.trials:
            figure = scaling_figure(one)
            drawn[f"{_name(one)}.png"] = figures.png(figure)
            drawn[f"{_name(one)}.svg"] = figures.svg(figure)
    return {
        "README.md": _readme(told, command).encode(),
        "trials.csv": frames.to_csv(trials_frame(found)),
        "laws.csv": frames.to_csv(laws_frame(told)),
        **drawn,
    }


def trials_frame(found: Iterable[Scaling]) -> "pandas.DataFrame":
    """Return one row for each model, width and amount of data, every number with all digits.

    `law` is the loss by the fitted law, `error` by which share of the loss it lies above.
    """
    from genbench.report.frames import frame_of

    rows = (
        {"dataset": one.dataset, "model": one.model, **values}
        for one in found
        for values in _trials(one)
    )
    return frame_of(rows, ("dataset", "model", *TRIALS))


def laws_frame(told: Iterable[tuple[Scaling, Sequence[Line]]]) -> "pandas.DataFrame":
    """Return one row for each number of a law."""
    from genbench.report.frames import frame_of

    rows = (
        {"dataset": one.dataset, "model": one.model, **vars(line)}
        for one, each in told
        for line in each
    )
    names = ("law", "quantity", "value", "low", "high", "beside")
    return frame_of(rows, ("dataset", "model", *names))


def _trials(found: Scaling) -> Iterator[dict[str, Any]]:
    fit = found.fit
    expected = [None] * len(found.trials) if fit is None else list(fit.expected)
    errors = [None] * len(found.trials) if fit is None else list(fit.errors)
    for one, law, error in zip(found.trials, expected, errors, strict=True):
        yield {
            "width": one.width,
            "rows": one.rows,
            "N": one.size,
            "D": one.amount,
            "seeds": len(one.losses),
            "C": one.compute,
            "seconds": one.seconds,
            "loss": one.loss,
            "law": law,
            "error": error,
            "gap": sum(one.gaps) / len(one.gaps) if one.gaps else None,
        }


def _readme(told: Sequence[tuple[Scaling, Sequence[Line]]], command: str) -> str:
    parts = [
        f"# Losses by size and data\n\nMade by `{command}` from [records.jsonl](records.jsonl); not"
        f" to be edited by hand.\n\n{SAID}\n",
        *(_section(one, each) for one, each in told),
        "Every number: [trials.csv](trials.csv), [laws.csv](laws.csv).\n",
    ]
    return "\n".join(parts)


def _section(found: Scaling, told: Sequence[Line]) -> str:
    picture = f"{_name(found)}.png"
    left_out = bullets(map(safe, found.left_out))
    not_told = bullets(map(safe, untold(found)))
    parts = [
        f"## {safe(found.model)} on {safe(found.dataset)}\n",
        f"![Losses by size and data]({picture})\n" if found.trials else "",
        f"No law of losses: {found.why_no_law}\n" if found.why_no_law else "",
        grid(LAWS, map(_law_cells, told), sides=[":--", ":--", "--:", ":--", ":--"])
        if told
        else "",
        f"Not told by these cells:\n\n{not_told}" if not_told else "",
        grid(TRIALS, map(_trial_cells, _trials(found)), sides=["--:"] * len(TRIALS))
        if found.trials
        else "",
        f"Left out:\n\n{left_out}" if left_out else "",
    ]
    return "\n".join(part for part in parts if part)


def _law_cells(line: Line) -> list[str]:
    return [safe(text) for text in law_words(line)]


def law_words(line: Line) -> list[str]:
    """Return a number of a law as the words of `LAWS`."""
    interval = "" if line.low is None or line.high is None else f"{line.low:.3g} to {line.high:.3g}"
    return [line.law, line.quantity, f"{line.value:.4g}", interval, line.beside]


def _trial_cells(values: dict[str, Any]) -> list[str]:
    return [_cell(name, values[name]) for name in TRIALS]


def _cell(name: str, value: float | None) -> str:
    if value is None:
        return "–"
    if name in ("width", "rows", "seeds"):
        return str(value)
    if name == "error":
        return f"{100 * value:+.1f} %"
    return f"{value:.3g}" if name in ("N", "D", "C", "seconds") else number(value)


def _name(found: Scaling) -> str:
    return file_name(f"{found.dataset}_{found.model}")
