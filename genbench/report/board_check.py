"""What a board would tell, found out in minutes: its data are read and its controls are scored."""

import math
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean

from genbench.report.agreement import FACES
from genbench.report.anchors import ENOUGH_APART, Anchors, anchors_of
from genbench.report.losses import NOISE
from genbench.runs.boards import Board
from genbench.runs.cells import Cell, cells_of, load_once
from genbench.runs.engines import Engine
from genbench.runs.leaks import shares_in_train
from genbench.runs.records import Record, by_dataset
from genbench.runs.run import run

SEEDS = (0, 1, 2)
SCORED = ("copycat", NOISE)  # beside real samples


@dataclass(frozen=True, kw_only=True)
class MetricCheck:
    """How well a metric tells noise from real samples here."""

    metric: str
    gap: float | None  # in spreads of one draw; None: it has no value, or noise none to lose
    verdict: str  # whether it is counted or, without a value, why there is none
    smallest_n: int | None  # samples with which the gap would be wide enough, as far as that tells


@dataclass(frozen=True, kw_only=True)
class DataCheck:
    """What was found out about one data set of a board."""

    dataset: str
    n_train: int
    n_test: int
    n_fresh: int
    test_in_train: float  # share of the test samples that are equal to training samples
    fresh_in_train: float
    metrics: tuple[MetricCheck, ...]
    n_cells: int  # of the whole board, on this data set
    fit_seconds: float  # that a fit may take
    score_seconds: float  # that scoring a cell takes

    @property
    def seconds(self) -> float:
        """Of one core that the board may take on this data set; most models fit in less."""
        return self.n_cells * (self.fit_seconds + self.score_seconds)


def check_board(
    board: Board, *, jobs: int | None = None, on_end: Callable[[Record], None] = lambda _: None
) -> list[DataCheck]:
    """Read all data, score the controls with three seeds, and return what was found out.

    Nothing is kept.

    Raises:
        BadInput: the board names what does not exist, or data cannot be used.
    """
    cells = cells_of(board)
    anchors = replace(board, models=SCORED, curves=(), seeds=SEEDS)
    with tempfile.TemporaryDirectory() as folder:
        found = run(anchors, Path(folder), engine=Engine(jobs=jobs), on_end=on_end)
    by_name = by_dataset(found)
    return [_checked(name, by_name[name], board, cells) for name in board.datasets]


def n_to_do(board: Board) -> int:
    """Return how many cells `check_board` does."""
    return len(SEEDS) * len(board.datasets) * (1 + len(SCORED))


def _checked(name: str, found: Sequence[Record], board: Board, cells: Iterable[Cell]) -> DataCheck:
    data = load_once(board.data(name))
    own = [cell for cell in cells if cell.dataset == name]
    ok = [record for record in found if record.status == "ok"]
    of_test, of_fresh = shares_in_train(data.train, data.test, data.fresh)
    metrics = dict.fromkeys(metric for record in ok for metric in record.scores)
    faces = [metric for face in (board.headline or FACES).values() for metric in face]
    spent = [sum(score.seconds for score in record.scores.values()) for record in ok]
    return DataCheck(
        dataset=name,
        n_train=len(data.train),
        n_test=len(data.test),
        n_fresh=len(data.fresh),
        test_in_train=of_test,
        fresh_in_train=of_fresh,
        metrics=tuple(_judged(metric, ok, metric in faces) for metric in metrics),
        n_cells=len(own),
        fit_seconds=board.deadline if board.budget is None else board.budget,
        score_seconds=fmean(spent) if spent else 0.0,
    )


def _judged(metric: str, ok: Sequence[Record], in_headline: bool) -> MetricCheck:
    anchors = anchors_of(ok, metric)
    gap, n = anchors.gap, ok[0].n_generated
    enough = None if gap is None or gap <= 0 else max(2, math.ceil(n * (ENOUGH_APART / gap) ** 2))
    verdict = _verdict(metric, ok, anchors, in_headline)
    return MetricCheck(metric=metric, gap=gap, verdict=verdict, smallest_n=enough)


def _verdict(metric: str, ok: Sequence[Record], anchors: Anchors, in_headline: bool) -> str:
    if anchors.verdict == "missing":
        scores = [record.scores[metric] for record in ok if metric in record.scores]
        reasons = (score.reason for score in scores if score.reason)
        return next(reasons, anchors.problem or "noise or real samples failed")
    if not anchors.counts:
        return anchors.verdict
    return "counted" if in_headline else "not in the headline"
