"""Engines: where the cells of a run are done.

An engine only places jobs; what it places starts the model in a process of its own and waits, so
that a model's end is never the engine's. `local` and everything else that joblib knows go through
joblib; Slurm goes through submitit. All need the board's folder under one path on every machine.
"""

import importlib
import logging
import os
import shlex
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief
from genbench.ground.processes import die_with_parent, unheard
from genbench.runs.claims import Holder
from genbench.runs.records import Record

LOCAL = "local"
OF_JOBLIB = {LOCAL: "threading", "loky": "loky", "dask": "dask", "ray": "ray"}
SLURM = {"slurm": "slurm", "submitit-local": "local"}  # to submitit's name of the cluster
NAMES = (*OF_JOBLIB, *SLURM)
DEATHS = ("TerminatedWorkerError", "KilledWorker")  # of a process of loky's or dask's
POLL_SECONDS = 0.5
MINUTES = 24 * 60  # that Slurm gives a job; the cell's own deadlines are shorter

Job = Callable[[Any], list[Record]]


@dataclass(frozen=True, kw_only=True)
class Engine:
    """Where to do cells, and how many at a time."""

    name: str = LOCAL
    jobs: int | None = None  # at a time; None: one a core, or all that a cluster has
    address: str | None = None  # of a dask scheduler or ray cluster; None: one of our own
    folder: Path | None = None  # where Slurm's jobs leave what they print

    @property
    def slots(self) -> int:
        """How many jobs run at a time, so far as it is ours to say."""
        from joblib import cpu_count

        return self.jobs or int(cpu_count())

    @property
    def is_local(self) -> bool:
        """Whether jobs run in threads of this process."""
        return self.name == LOCAL

    def place(self, job: Job, fits: Sequence[Any]) -> Iterator[list[Record]]:
        """Do all jobs, each of the cells of one fit, and yield what comes of each, as it comes.

        A job whose place died yields nothing.

        Raises:
            BadInput: there is no such engine.
            MissingExtra: it needs a package that is not installed.
        """
        if not self.is_local and self.name != "slurm" and self.address is None:
            job = partial(_do_while_it_runs, Holder.this_process(), job)
        if self.name in SLURM:
            return self._by_submitit(job, fits)
        if self.name in OF_JOBLIB:
            return self._by_joblib(job, fits)
        raise BadInput(f"No engine named {self.name!r}; there are {', '.join(NAMES)}.")

    def _by_joblib(self, job: Job, fits: Sequence[Any]) -> Iterator[list[Record]]:
        from joblib import Parallel, delayed, parallel_config

        n_jobs = -1 if self.jobs is None and self.name in ("dask", "ray") else self.slots
        with self._cluster(), parallel_config(backend=OF_JOBLIB[self.name], n_jobs=n_jobs):
            # One fit at a time: fits take long, and unlike times.
            with unheard():
                placed = Parallel(return_as="generator_unordered", batch_size=1)(
                    delayed(job)(cells) for cells in fits
                )
            try:
                # Not `yield from`, which would close what is closed below.
                for record in placed:  # noqa: UP028
                    yield record
            except Exception as error:
                if type(error).__name__ not in DEATHS:
                    raise
            finally:
                with warnings.catch_warnings():  # that the rest was not waited for
                    warnings.simplefilter("ignore")
                    placed.close()

    def _cluster(self) -> AbstractContextManager[Any]:
        cluster: AbstractContextManager[Any] = nullcontext()
        if self.name == "dask":
            distributed = require("distributed")
            ours: dict[str, Any] = {"n_workers": self.slots, "threads_per_worker": 1}
            ours |= {"dashboard_address": None, "preload": [__name__]}
            ours |= {"silence_logs": logging.CRITICAL}  # that they lose one another at the end
            of_whom = {"address": self.address} if self.address else ours
            cluster = _started_unheard(partial(distributed.Client, **of_whom))
        if self.name == "ray":
            ray = require("ray")
            importlib.import_module("ray.util.joblib").register_ray()
            cluster = ray.init(address=self.address)
        return cluster

    def _by_submitit(self, job: Job, fits: Sequence[Any]) -> Iterator[list[Record]]:
        submitit = require("submitit")
        cluster = SLURM[self.name]
        # -P: a folder named genbench in the current one must not stand in for the package.
        python = {f"{cluster}_python": f"{shlex.quote(sys.executable)} -P"}
        try:
            executor = submitit.AutoExecutor(folder=self.folder, cluster=cluster, **python)
        except RuntimeError as absent:
            raise BadInput(f"There is no {cluster} on this machine: {brief(absent)}.") from absent
        executor.update_parameters(cpus_per_task=1, timeout_min=MINUTES, name="genbench")
        at_once = self.slots
        if cluster == "slurm":  # which keeps a queue itself
            executor.update_parameters(slurm_array_parallelism=self.jobs or len(fits))
            at_once = len(fits)
        left = list(fits)
        waiting: list[Any] = []
        try:
            while left or waiting:
                room = at_once - len(waiting)
                if left and room:
                    with unheard():
                        waiting += executor.map_array(job, left[:room])
                    left = left[room:]
                done = [placed for placed in waiting if placed.done()]
                waiting = [placed for placed in waiting if placed not in done]
                for placed in done:
                    error = placed.exception()
                    if isinstance(error, submitit.core.utils.FailedJobError):
                        raise error
                    if error is None:  # else it ended without a word
                        yield placed.result()
                time.sleep(0 if done else POLL_SECONDS)
        finally:
            for placed in waiting:  # only if the run was stopped
                if cluster == "slurm":
                    placed.cancel()
                else:  # without a word, and its task with it
                    with suppress(ProcessLookupError):
                        os.kill(int(placed.job_id), signal.SIGKILL)


def _do_while_it_runs(run: Holder, job: Job, cells: Any) -> list[Record]:
    """Do a job in a process that was started for this run alone, and ends once that has ended.

    Or once what has started the process has, which may be another.
    """
    _end_with(run, os.getppid())
    return job(cells)


@cache
def _end_with(run: Holder, parent: int) -> None:
    die_with_parent(parent)

    def watch() -> None:
        while not run.is_known_to_have_ended():
            time.sleep(POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def dask_setup(_: object) -> None:
    """Be called by each of dask's processes that was started for this run alone, as it starts."""
    sys.unraisablehook = _say_nothing  # what it cannot close once the run has ended is no news


def _say_nothing(_: object) -> None:
    """Stand in for what tells of errors that nobody can do anything about."""


def _started_unheard(start: Callable[[], Any]) -> Any:
    """Start what takes long to start, and does not hear Ctrl-C: here, that is heard meanwhile."""

    def starting() -> Any:
        with unheard():
            return start()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(starting).result()
