"""A board as its records tell of it, and the models that people have run on it themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from genbench.datasets import Dataset
from genbench.ground.errors import BadInput, unknown_name
from genbench.report.citation import Citation, citation
from genbench.report.leaderboard import Rules, Table, tables
from genbench.report.overall import Overall, overall
from genbench.runs import board_files
from genbench.runs.boards import Board
from genbench.runs.cells import load_once
from genbench.runs.published import published_records
from genbench.runs.records import Record
from genbench.runs.store import Store


@dataclass(frozen=True)
class Kept:
    """A board: its plan, its records, and the tables that are made of them."""

    board: Board
    records: Sequence[Record]
    stores: tuple[Store, ...]  # where samples may be

    @property
    def name(self) -> str:
        """The board's name."""
        return self.board.name

    @cached_property
    def tables(self) -> list[Table]:
        """The table of each data set."""
        return tables(self.records, Rules.of(self.board))

    @cached_property
    def overall(self) -> Overall:
        """The table of all data sets."""
        return overall(self.tables, Rules.of(self.board))

    @cached_property
    def citation(self) -> Citation:
        """How to cite it."""
        return citation(self.name, self.records)

    def data(self, dataset: str) -> Dataset:
        """Return a data set of the board.

        Raises:
            BadInput: there is none of that name.
        """
        return load_once(self.board.data(dataset))

    def check_model(self, model: str) -> None:
        """See that a model is on the board.

        Raises:
            BadInput: it is not.
        """
        known = {record.model for record in self.records}
        if model not in known:
            raise unknown_name(f"model on the board {self.name}", model, known)


def kept(board: str, folder: Path, *, results: Path | None = None) -> Kept:
    """Return a board from a folder of boards or, if it is not there, as shipped.

    `results` is a folder of boards on which people have run models of their own: those of its
    models that the board lacks stand beside the others.

    Raises:
        BadInput: there is no such board, or it has not been run.
    """
    plan = _plan(board, folder)
    places = [folder] if results is None else [folder, results]
    stores = tuple(Store(place / plan.name) for place in places)
    found = published_records(plan.name, folder)
    on_board = {record.model for record in found}
    for store in stores[1:]:
        found += [record for record in store.records() if record.model not in on_board]
    if not found:
        raise BadInput(f"There are no records of {board} in {folder}: `genbench run {board}`.")
    return Kept(plan, found, stores)


def _plan(board: str, folder: Path) -> Board:
    """Return the plan of a board; of one that is known by its records alone, what they tell.

    Raises:
        BadInput: there is no such board, and there are no records of it.
    """
    try:
        return board_files.find(board)
    except BadInput:
        datasets = {record.dataset for record in Store(folder / board).records()}
        if not datasets:
            raise
        return Board(name=board, summary="", datasets=tuple(sorted(datasets)))
