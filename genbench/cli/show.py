"""How scores are shown: as a table that grows, as JSON, or in a file."""

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from genbench.cli.score_table import ScoreTable
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.meter import meter
from genbench.images.image_folder import Tell
from genbench.metric import Score
from genbench.metrics import CATALOG, find
from genbench.scoring.evaluate import Scores, score
from genbench.scoring.slow import said_of_slow

ENDINGS = (".json", ".csv")


@dataclass(frozen=True)
class Show:
    """What a person wants to see of scores.

    Raises:
        BadInput: the file to write is of no kind that is written.
    """

    metrics: Sequence[str] | None = None  # names or acronyms; None: all
    json: bool = False  # nothing but JSON is printed
    out: Path | None = None  # a file to write as well
    why: bool = False  # say of every metric that was not scored why not
    tell: Callable[[Score], Score] = lambda found: found  # adds what is known beside

    def __post_init__(self) -> None:
        if self.out is not None and self.out.suffix.lower() not in ENDINGS:
            raise BadInput(f"--out must end in {' or '.join(ENDINGS)}, not {self.out.name!r}.")

    def status(self, console: Console, says: str) -> AbstractContextManager[Any]:
        """Say that something takes its time, where more than JSON is printed."""
        return nullcontext() if self.json else console.status(Text(says))


def metrics_of(names: Sequence[str] | None) -> list[str]:
    """Return the full names of metrics.

    Raises:
        BadInput: there is no such metric, or none was named.
    """
    if names is None:
        return list(CATALOG)
    if not names:
        raise BadInput("--metrics names no metric.")
    return [find(name).name for name in names]


def as_they_come(console: Console, title: str, given: dict[str, Any], *, show: Show) -> None:
    """Score what is given, and print every score as soon as it is there, above a bar."""
    names = metrics_of(show.metrics)
    if show.json:
        found = score(metrics=names, **given)
        show_scores(console, title, Scores(map(show.tell, found.values())), show)
        return
    slow = said_of_slow(names, given)
    if slow is not None:
        telling(console, show)(slow)
    table = ScoreTable(console, title, names, real=given.get("fresh") is not None)
    with meter(console, transient=True) as progress:
        task = progress.add_task(names[0], total=len(names))
        done = 0

        def on_score(found: Score) -> None:
            nonlocal done
            table.add(show.tell(found))
            done += 1
            progress.update(task, advance=1, description=names[done] if done < len(names) else "")

        scores = score(metrics=names, on_score=on_score, **given)
    table.end(why=show.why or show.metrics is not None)
    _write(Scores(map(show.tell, scores.values())), show.out)


def show_scores(console: Console, title: str, scores: Scores, show: Show) -> None:
    """Print scores that are all there."""
    if show.json:
        console.file.write(scores.to_json() + "\n")
    else:
        real = any(found.real is not None for found in scores.values())
        table = ScoreTable(console, title, scores, real=real)
        for found in scores.values():
            table.add(found)
        table.end(why=show.why or show.metrics is not None)
    _write(scores, show.out)


def telling(console: Console, show: Show) -> Tell:
    """Return what says which samples were read, and what was left out."""
    where = Console(stderr=True) if show.json else console  # JSON is printed alone
    return partial(where.print, style="dim", markup=False, highlight=False, soft_wrap=True)


def _write(scores: Scores, out: Path | None) -> None:
    if out is None:
        return
    if out.suffix.lower() == ".json":
        content = scores.to_json() + "\n"
    else:
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, [field.name for field in fields(Score)])
        writer.writeheader()
        writer.writerows(asdict(found) for found in scores.values())
        content = buffer.getvalue()
    replace_file(out, content.encode())
