"""Running checks: cells in parallel, each kept as soon as it ends, so that a run can be resumed.

Not by the engines of boards (`genbench.runs.engines`), which pass over a job whose worker died: no
model is fitted here, so that would be a mistake, and it must be heard of.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import starmap
from pathlib import Path
from typing import Any, TypeVar

from genbench.metric import Metric
from genbench.metrics import CATALOG as METRICS
from genbench.sanity import store
from genbench.sanity.cell import respond
from genbench.sanity.check import Response
from genbench.sanity.checks import CATALOG as CHECKS
from genbench.sanity.mutants import MUTANTS
from genbench.scoring.own_metrics import load

Done = TypeVar("Done")

SLOW = frozenset({"critic_distance", "geometry_score"})  # they take half the time of all

KNOWN: Mapping[str, Metric] = {**METRICS, **MUTANTS}


def run(
    checks: Iterable[str],
    metrics: Sequence[str],
    seeds: Iterable[int],
    folder: Path,
    *,
    jobs: int = 1,
    on_end: Callable[[str, int], None] = lambda *_: None,
) -> None:
    """Make the responses that are missing in `folder`; call `on_end` after each cell.

    Args:
        checks: names.
        metrics: names of the catalog or of broken metrics, or `file.py:function`.
        seeds: data, models and metrics are drawn anew with each.
        folder: where cells are kept.
        jobs: cells at a time, each in a process of its own if there are several.
        on_end: is told the check and the seed.
    """
    cells = [(check, seed, metrics, folder) for seed in seeds for check in checks]
    for ended in do_all(_do, cells, jobs=jobs):
        on_end(*ended)


def do_all(
    do: Callable[..., Done], cells: Iterable[tuple[Any, ...]], *, jobs: int
) -> Iterator[Done]:
    """Yield what `do` returns for each cell, so many at a time, in the order in which they end."""
    if jobs == 1:
        yield from starmap(do, cells)
        return
    from joblib import Parallel, delayed

    tasks = (delayed(do)(*cell) for cell in cells)
    with warnings.catch_warnings():
        # A worker that has grown is replaced by a fresh one: nobody has to do anything.
        warnings.filterwarnings("ignore", message="A worker stopped while some jobs")
        yield from Parallel(
            n_jobs=jobs,
            batch_size=1,  # kept cells take no time, which would make batches of the others long
            return_as="generator_unordered",
            backend="loky",
            inner_max_num_threads=1,
        )(tasks)


def responses(
    checks: Iterable[str], metrics: Sequence[str], seeds: Iterable[int], folder: Path
) -> list[Response]:
    """Return what is kept in `folder`, in the order of the cells."""
    names = {metric.name for metric in map(named, metrics)}
    return [
        response
        for check in checks
        for seed in seeds
        for response in store.read(store.path_of(folder, CHECKS[check], seed)).responses
        if response.metric in names
    ]


def named(metric: str) -> Metric:
    """Return a metric of the catalog, a broken one or a user's own.

    Raises:
        BadInput: there is none.
    """
    return KNOWN[metric] if metric in KNOWN else load(metric)


def _do(check: str, seed: int, metrics: Sequence[str], folder: Path) -> tuple[str, int]:
    from threadpoolctl import threadpool_limits

    asked = CHECKS[check]
    path = store.path_of(folder, asked, seed)
    kept = store.read(path)
    missing = kept.lacks(filter(asked.asks_of, map(named, metrics)))
    if missing:
        with threadpool_limits(1):  # sums then add up in one order on any machine
            made = respond(asked, seed, missing)
        store.write(path, kept.joined(made, missing))
    return check, seed
