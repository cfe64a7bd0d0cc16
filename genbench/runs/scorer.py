"""Long-lived processes that score samples, each preparing a data set's reference only once."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Self

from genbench.creativity.laws import Law
from genbench.datasets import Dataset
from genbench.ground.arrays import Array, flat
from genbench.ground.helper import Helper, HelperDied
from genbench.metric import Score
from genbench.runs.cells import Cell, load_once
from genbench.runs.records import REAL
from genbench.runs.with_decoders import remarks_on_decoder
from genbench.scoring.excerpts import N_ROWS, Excerpt
from genbench.scoring.standouts import Picture, Standouts, pictures

N_PICTURES, N_POINTS = 10, 200  # to look at, in a record
N_COORDINATES = 2  # of points that can be drawn

# What scoring imports: it takes longer than scoring a small cell.
IMPORTS = (
    "genbench.embeddings.classifier",
    "genbench.scoring.dataset",
    "genbench.scoring.evaluate",
    "genbench.scoring.excerpts",
    "genbench.scoring.laws",
    "genbench.scoring.standouts",
    "scipy.spatial",
    "scipy.special",
    "scipy.stats",
    "sklearn.cluster",
    "sklearn.neighbors",
    "torch",
)

Preview = tuple[Picture, ...]


class Scored(NamedTuple):
    """What is found out about a cell's samples: what a record says of them, by its names."""

    scores: Mapping[str, Score]
    preview: Preview
    standouts: Standouts | None
    texts: tuple[Excerpt, ...]
    series: Preview
    test_copies: int | None  # how many are equal to test samples, if beyond chance
    kinds: Law


class Scorer:
    """Scores what cells leave on disk, in as many processes as threads ask for it at once.

    One that dies is replaced, and the cell tried once more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[Helper] = []
        self._all: set[Helper] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._closed = True
            helpers = list(self._all)
        for helper in helpers:  # they only read: nobody waits for what is being scored
            helper.end()

    def score(self, cell: Cell, folder: Path, metrics: tuple[str, ...]) -> Scored:
        """Score the samples in a cell's folder.

        Raises:
            BadInput: what is there is not samples like the data set's.
            HelperDied: the scoring process died twice, or the run was stopped.
        """
        try:
            return self._score(cell, folder, metrics)
        except HelperDied:
            return self._score(cell, folder, metrics)

    def _score(self, *what: Any) -> Scored:
        with self._lock:
            if self._closed:
                raise HelperDied("The run was stopped.")
            helper = self._idle.pop() if self._idle else Helper(IMPORTS)
            self._all.add(helper)
        try:
            return helper.call(score_here, *what)
        except HelperDied:
            with self._lock:
                self._all.discard(helper)
            helper.end()
            raise
        finally:
            with self._lock:
                if helper in self._all:
                    self._idle.append(helper)


def score_here(cell: Cell, folder: Path, metrics: tuple[str, ...]) -> Scored:
    """Score in this process: one that scores and does little else, ours or an engine's."""
    _use_one_thread()
    return _score(cell, folder, metrics)


def _use_one_thread() -> None:
    """A cell has one core, and sums of one thread add up in one order on any machine."""
    import torch
    from threadpoolctl import threadpool_limits

    threadpool_limits(1)
    torch.set_num_threads(1)


def _score(cell: Cell, folder: Path, metrics: tuple[str, ...]) -> Scored:
    from genbench.scoring.dataset import comparison_of, read_outputs, scores_of, test_copies
    from genbench.scoring.evaluate import with_remarks
    from genbench.scoring.excerpts import excerpts_of
    from genbench.scoring.laws import law_of
    from genbench.scoring.standouts import standouts_of

    data = load_once(cell.data)
    # Real samples are held against the test samples that were dealt with them.
    held_against = data.drawn_anew(cell.seed) if cell.model == REAL else data
    found = read_outputs(folder, data)
    comparison = comparison_of(held_against, **found._asdict(), seed=cell.seed)
    copied = test_copies(held_against, found.samples)
    scores = scores_of(held_against, found.samples, comparison, metrics, copied)
    scores = with_remarks(scores, remarks_on_decoder(cell.decoder, begun=cell.begun))
    return Scored(
        scores=dict(scores),
        preview=preview_of(data, found.samples),
        standouts=standouts_of(held_against, comparison),
        texts=excerpts_of(data, found.samples),
        series=_few(data, found.samples, N_ROWS) if data.series else (),
        test_copies=None if copied is None else copied.n,
        kinds=law_of(data, found.samples),
    )


def preview_of(dataset: Dataset, samples: Array) -> Preview:
    """Return the first few samples, as data can be, to three decimals; only what can be drawn."""
    if dataset.picture is None and dataset.train[0].size != N_COORDINATES:
        return ()
    return _few(dataset, samples, N_PICTURES if dataset.picture else N_POINTS)


def _few(dataset: Dataset, samples: Array, n: int) -> Preview:
    return pictures(flat(dataset.project(samples[:n])))
