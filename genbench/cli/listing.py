"""What there is, as tables for the terminal; reads catalogs only, so it imports nothing heavy."""

import math
from collections.abc import Callable

from rich.box import SIMPLE
from rich.console import Group, RenderableType
from rich.table import Table

from genbench import datasets
from genbench.images import extractors, preparing
from genbench.images.weights import FILES
from genbench.metrics import ALIASES, CATALOG
from genbench.models.find import baselines
from genbench.runs import board_files


def metrics() -> Group:
    """Every metric by what it needs: direction, bounds, what it catches, and what it means."""
    by_need: dict[tuple[str, ...], list[str]] = {}
    for name, metric in CATALOG.items():
        by_need.setdefault(metric.inputs, []).append(name)
    return Group(*(_needing(inputs, names) for inputs, names in by_need.items()))


def _needing(inputs: tuple[str, ...], names: list[str]) -> Table:
    title = f"Metrics that need {', '.join(inputs)}"
    table = Table(title=title, title_justify="left", title_style="bold", box=None)
    table.padding = (0, 2, 1, 0)
    table.show_header = False
    for name in names:
        metric = CATALOG[name]
        low, high = (_number(bound) for bound in metric.bounds)
        better = {"low": "lower is better", "high": "higher is better", "match": "match real"}
        facts = [f"{better[metric.aim]}, {low} … {high}"]
        if metric.catches:
            facts.append(f"catches {', '.join(metric.catches)}")
        aliases = [alias for alias, full in ALIASES.items() if full == name]
        also = f" [dim]({', '.join(aliases)})[/dim]" if aliases else ""
        table.add_row(f"[bold]{name}[/bold]{also}\n{metric.meaning}\n[dim]{'; '.join(facts)}[/dim]")
    return table


def models() -> Table:
    """Every built-in model and its family."""
    table = _table("Models", "name", "family", "what it is")
    for name, spec in baselines().items():
        table.add_row(name, spec.family, spec.summary)
    return table


def data_sets() -> Table:
    """Every data set."""
    table = _table("Data sets", "name", "what it is")
    for name, entry in datasets.CATALOG.items():
        table.add_row(name, entry.summary)
    return table


def leaderboards() -> Table:
    """Every board."""
    table = _table("Boards", "name", "data sets", "what it is")
    for name in board_files.names():
        board = board_files.find(name)
        table.add_row(name, ", ".join(board.datasets), board.summary)
    return table


def features() -> Group:
    """Every network that pictures are seen by, and every way to prepare them."""
    networks = _table("Features of pictures", "name", "dimensions", "prepared", "needs", "for")
    for name, entry in extractors.CATALOG.items():
        networks.add_row(name, entry.dimensions, entry.preparing, entry.needs, entry.use)
    ways = _table("Ways to prepare pictures, as in inception@pil-bicubic-299", "name", "size")
    for way in preparing.CATALOG.values():
        ways.add_row(str(way), "any" if way.size is None else str(way.size))
    return Group(networks, ways)


def weights() -> Table:
    """Every file of weights that is published with a checksum."""
    table = _table("Weights", "network", "file", "address", "SHA-256", "bytes")
    for network, file in FILES.items():
        size = f"{file.size:,}" if file.size else ""
        table.add_row(network, file.name, file.address, file.sha256, size)
    return table


TABLES: dict[str, Callable[[], RenderableType]] = {
    "metrics": metrics,
    "models": models,
    "datasets": data_sets,
    "boards": leaderboards,
    "features": features,
    "weights": weights,
}


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE)
    for index, column in enumerate(columns):
        table.add_column(column, no_wrap=index == 0, overflow="fold")
    return table


def _number(value: float) -> str:
    return {math.inf: "∞", -math.inf: "−∞"}.get(value, f"{value:g}")
