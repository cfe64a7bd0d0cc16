"""The bar that long work shows: how much is done, for how long, and what is being done."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def meter(console: Console, *, transient: bool = False) -> Progress:
    """Return the bar, to be entered; it goes away afterwards if it is `transient`."""
    return Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=transient,
    )
