"""Long-lived processes that score samples, each preparing a data set's reference only once."""

import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple, Self

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, flat
from genbench.ground.processes import die_with_parent
from genbench.metric import Score
from genbench.runs.cells import load_once

N_PICTURES, N_POINTS = 10, 200  # to look at, in a record
N_COORDINATES = 2  # of points that can be drawn

Preview = tuple[tuple[float, ...], ...]


class Scored(NamedTuple):
    """What is found out about a cell's samples: what a record says of them, by its names."""

    scores: Mapping[str, Score]
    preview: Preview
    test_copies: int | None  # how many are equal to test samples, if beyond chance


class Scorer:
    """Scores what cells leave on disk. One that dies is replaced, and the cell tried once more."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._lock:
            self._closed = True
            pool = self._pool
        if pool is None:
            return
        if kind is not None:  # stopped: nobody waits for what is being scored
            for process in list((getattr(pool, "_processes", None) or {}).values()):
                process.kill()
        pool.shutdown(cancel_futures=True)

    def score(self, dataset: str, folder: Path, seed: int, metrics: tuple[str, ...]) -> Scored:
        """Score the samples in a cell's folder.

        Raises:
            BadInput: what is there is not samples like the data set's.
            BrokenProcessPool: the scoring process died twice.
        """
        pool = self._ready_pool()
        try:
            return self._submit(pool, dataset, folder, seed, metrics)
        except BrokenProcessPool:
            self._discard(pool)
            return self._submit(self._ready_pool(), dataset, folder, seed, metrics)

    def _submit(self, pool: ProcessPoolExecutor, *what: Any) -> Scored:
        # A process may be started here. It begins with what this thread does not hear of: Ctrl-C is
        # for the run, while the process starts, too.
        heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            placed = pool.submit(score_here, *what)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, heard)
        return placed.result()

    def _ready_pool(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._closed:
                raise BrokenProcessPool("The run was stopped.")
            if self._pool is None:
                # Spawned: forking a process that runs threads may hang.
                self._pool = ProcessPoolExecutor(
                    self._jobs,
                    mp_context=get_context("spawn"),
                    # At home in a small module: who is killed while it starts leaves nobody long.
                    initializer=die_with_parent,
                    initargs=(os.getpid(),),
                )
            return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False)


def score_here(dataset: str, folder: Path, seed: int, metrics: tuple[str, ...]) -> Scored:
    """Score in this process: one that scores and does little else, ours or an engine's."""
    _use_one_thread()
    return _score(dataset, folder, seed, metrics)


def _use_one_thread() -> None:
    """A cell has one core, and sums of one thread add up in one order on any machine."""
    import torch
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    torch.set_num_threads(1)


def _score(dataset: str, folder: Path, seed: int, metrics: tuple[str, ...]) -> Scored:
    from genbench.scoring.dataset import read_outputs, score_samples, test_copies

    data = load_once(dataset)
    samples, log_prob = read_outputs(folder, data)
    scores = score_samples(data, samples, log_prob=log_prob, seed=seed, metrics=metrics)
    copied = test_copies(data, samples)
    preview = preview_of(data, samples)
    return Scored(dict(scores), preview, None if copied is None else copied.n)


def preview_of(dataset: Dataset, samples: Array) -> Preview:
    """Return the first few samples, as data can be, to three decimals; only what can be drawn."""
    if dataset.picture is None and dataset.train[0].size != N_COORDINATES:
        return ()
    n = N_PICTURES if dataset.picture else N_POINTS
    few = flat(dataset.project(samples[:n]))
    return tuple(tuple(round(float(value), 3) for value in sample) for sample in few)
