"""Long-lived processes that score samples, each preparing a data set's reference only once."""

import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple, Self

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, flat
from genbench.ground.processes import die_with_parent
from genbench.runs.cells import load_once
from genbench.scoring.evaluate import Scores

N_PICTURES, N_POINTS = 10, 200  # to look at, in a record
N_COORDINATES = 2  # of points that can be drawn

Preview = tuple[tuple[float, ...], ...]


class Scored(NamedTuple):
    """Scores of a cell's samples, and a few of the samples."""

    scores: Scores
    preview: Preview


class Scorer:
    """Scores what cells leave on disk. One that dies is replaced, and the cell tried once more."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def score(self, dataset: str, folder: Path, seed: int, metrics: tuple[str, ...]) -> Scored:
        """Score the samples in a cell's folder.

        Raises:
            BadInput: what is there is not samples like the data set's.
            BrokenProcessPool: the scoring process died twice.
        """
        pool = self._ready_pool()
        try:
            return pool.submit(_score, dataset, folder, seed, metrics).result()
        except BrokenProcessPool:
            self._discard(pool)
            return self._ready_pool().submit(_score, dataset, folder, seed, metrics).result()

    def _ready_pool(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                # Spawned: forking a process that runs threads may hang.
                self._pool = ProcessPoolExecutor(
                    self._jobs, mp_context=get_context("spawn"), initializer=_prepare
                )
            return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


def score_here(dataset: str, folder: Path, seed: int, metrics: tuple[str, ...]) -> Scored:
    """Score in this process: for the processes of engines, which score and do little else."""
    _use_one_thread()
    return _score(dataset, folder, seed, metrics)


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    die_with_parent()
    _use_one_thread()


def _use_one_thread() -> None:
    """A cell has one core, and sums of one thread add up in one order on any machine."""
    import torch
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    torch.set_num_threads(1)


def _score(dataset: str, folder: Path, seed: int, metrics: tuple[str, ...]) -> Scored:
    from genbench.scoring.dataset import read_outputs, score_samples

    data = load_once(dataset)
    samples, log_prob = read_outputs(folder, data)
    scores = score_samples(data, samples, log_prob=log_prob, seed=seed, metrics=metrics)
    return Scored(scores, preview_of(data, samples))


def preview_of(dataset: Dataset, samples: Array) -> Preview:
    """Return the first few samples, as data can be, to three decimals; only what can be drawn."""
    if dataset.picture is None and dataset.train[0].size != N_COORDINATES:
        return ()
    n = N_PICTURES if dataset.picture else N_POINTS
    few = flat(dataset.project(samples[:n]))
    return tuple(tuple(round(float(value), 3) for value in sample) for sample in few)
