"""Cells: one (data set, model, seed) each, and what its numbers depend on."""

import hashlib
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple, Self

from genbench.datasets import Dataset
from genbench.datasets import load as load_ours
from genbench.ground.errors import BadInput
from genbench.models.find import ModelSpec, baselines, source_hash
from genbench.models.held import Held, take
from genbench.models.parameters import canonical
from genbench.runs.boards import Board
from genbench.runs.continued import Continued
from genbench.runs.own_data import Data, OwnData
from genbench.runs.records import REAL, Record
from genbench.runs.with_decoders import find_decoded
from genbench.sequences import decoders

PROTOCOL = 3  # raised by hand when samples or scores of unchanged models may change


@dataclass(frozen=True)
class Cell:
    """One model on one data set with one seed; REAL stands for fresh real samples.

    A model that is named with a decoder, `recurrent_text@top_p:0.9`, is that model, and the rows
    are written by that decoder.

    Raises:
        BadInput: the budget is no positive number of seconds, or there is no such decoder.
    """

    dataset: str
    model: str
    seed: int
    # Seconds that a fit may take, for models that ask; no part of where a cell stands on a board.
    budget: float | None = field(default=None, compare=False)
    # Nor is where yours are found: the data set, if it is not ours, and files of models.
    own: OwnData | Continued | None = field(default=None, compare=False)
    home: Path | None = field(default=None, compare=False)
    decoder: str = ""  # that rows are written by; without, the model draws them itself

    def __post_init__(self) -> None:
        model, decoder = self.model, self.decoder
        if decoder:
            decoder = decoders.parse(decoder).name
        else:
            model, decoder = decoders.split(model)
        # As records name it: whatever address it was asked for by, it is one cell.
        object.__setattr__(self, "model", canonical(model))
        object.__setattr__(self, "decoder", decoder)
        if self.budget is not None and not 0 < self.budget < math.inf:
            raise BadInput(f"A budget is a positive number of seconds, not {self.budget}.")

    @classmethod
    def of(cls, record: Record) -> Self:
        """Return the cell that a record tells of."""
        return cls(*record.place, record.budget)

    @classmethod
    def on(cls, board: Board, record: Record) -> Self:
        """Return the cell that a record on a board tells of, with where its data are."""
        own = next((data for data in board.own if data.name == record.dataset), None)
        return cls(*record.place, record.budget, own=own, home=board.home)

    @property
    def name(self) -> str:
        """What records call the model: with its decoder, if there is one."""
        return decoders.joined(self.model, self.decoder)

    @property
    def fit(self) -> Self:
        """The cell of what is fitted, whatever the rows are written by."""
        return replace(self, decoder="")

    @property
    def spec(self) -> ModelSpec:
        """Where the model is."""
        if self.model == REAL:
            # How they are drawn is part of what they are: test samples are dealt with them.
            how = {"drawn": "anew for each seed"}
            return ModelSpec(
                target=REAL, params=how, family="control", summary="fresh real samples"
            )
        return find_decoded(self.model, self.home)

    @property
    def data(self) -> Data:
        """What `load_once` loads the data set by."""
        return self.dataset if self.own is None else self.own

    @property
    def learned(self) -> Data:
        """What `load_once` loads by what the model learns from: whole rows, if they are begun."""
        return self.own.whole if isinstance(self.own, Continued) else self.data

    @property
    def begun(self) -> int:
        """How many symbols of each row are given, and not scored."""
        return self.own.begun if isinstance(self.own, Continued) else 0

    @property
    def source(self) -> str:
        """Hash of the model's source; empty for real samples."""
        return source_hash(self.spec)

    def key(self) -> str:
        """Return a hash of all that the numbers depend on, versions of libraries apart.

        Raises:
            BadInput: the data set or the model is unknown.
        """
        return self.key_of(self.spec, self.source)

    def key_of(self, spec: ModelSpec, source: str) -> str:
        """Return the key, where the model's spec and the hash of its source are known."""
        depends_on = {
            "protocol": PROTOCOL,
            "dataset": load_once(self.data).content_hash,
            "target": spec.target if self.model in (REAL, *baselines()) else self.model,
            # Where an exported generator lies is no part of what it is.
            "params": {name: value for name, value in spec.params.items() if name != "path"},
            "source": source,
            "seed": self.seed,
        }
        if self.budget is not None:
            depends_on["budget"] = float(self.budget)
        if self.decoder:
            depends_on |= {"decoder": self.decoder, "decoding": decoders.REVISION}
        return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:16]


class Taken(NamedTuple):
    """A cell, and what its model was made of at one moment, under the key of just that."""

    cell: Cell
    spec: ModelSpec
    held: Held
    key: str

    @property
    def claim(self) -> str:
        """The name that a run claims it by: one for all that is drawn of one fit."""
        return self.cell.fit.key_of(self.spec, self.held.checksum)


def take_together(cells: Sequence[Cell]) -> list[Taken]:
    """Return what cells of one fit are at this moment; the files of their model are read once.

    Raises:
        BadInput: the data set or the model is unknown.
    """
    spec = cells[0].spec
    held = Held() if cells[0].model == REAL else take(spec)
    return [Taken(cell, spec, held, cell.key_of(spec, held.checksum)) for cell in cells]


def by_fit(cells: Iterable[Cell]) -> list[list[Cell]]:
    """Group cells that are equal but for what their rows are written by: one fit serves them all.

    Groups, and the cells of each, stand in the order in which they were first met.
    """
    groups: dict[Cell, list[Cell]] = {}
    for cell in cells:
        groups.setdefault(cell.fit, []).append(cell)
    return list(groups.values())


def cells_of(board: Board) -> list[Cell]:
    """Return a board's cells, real samples first.

    Raises:
        BadInput: a data set or a model of the board is unknown.
    """
    named = tuple(board.models if board.models is not None else baselines())
    models = (REAL, *named, *board.curves, *board.written(named))
    own = {data.name: data for data in board.own}
    cells = [
        Cell(
            dataset,
            model,
            seed,
            None if model == REAL else board.budget,
            own=own.get(dataset),
            home=board.home,
        )
        for seed in board.seeds
        for dataset in board.datasets
        for model in models
    ]
    cells = list(dict.fromkeys(cells))  # one model may be named in two ways
    for cell in cells:
        if cell.seed == board.seeds[0]:  # what is unknown is unknown with any seed
            cell.key()
    return cells


@cache
def load_once(data: Data) -> Dataset:
    """Load a data set; read-only, so every user of this process may share it.

    Raises:
        BadInput: there is none of ours of that name, or yours cannot be used.
    """
    return load_ours(data) if isinstance(data, str) else data.load()
