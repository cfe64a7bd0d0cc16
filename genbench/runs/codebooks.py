"""codebook.json of a board's folder: what laws over kinds are worth, for each data set of it.

It holds what is slow to find and depends on no model: the belief in each kind, its quality, and the
frontier at some levels, with half and twice as many cells too. So tables and figures are functions
of records and of this file. Centres of cells are not in it: the codebook of a data set is fitted
again from its name, by whatever scores, and the checksum says whether it came out the same.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from threadpoolctl import threadpool_limits

from genbench.creativity.envelope import Envelope
from genbench.evidence.kinds import DECIMALS, N_CELLS, Kinds
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.landing import replace_file
from genbench.ground.paths import brief, shown
from genbench.ground.strict_json import to_json, with_infinities_as_text
from genbench.runs.boards import Board
from genbench.runs.cells import load_once
from genbench.runs.records import Record
from genbench.scoring.laws import kinds_of

NAME = "codebook.json"
SIZES = (N_CELLS // 2, N_CELLS, 2 * N_CELLS)  # cells: how the frontier depends on them


@dataclass(frozen=True, eq=False, kw_only=True)
class Book:
    """What is known of a data set's kinds."""

    codebook: str  # its checksum, by which laws name it
    weights: Array  # (n_kinds,) in the belief before a sample is seen
    total: float  # weights of the belief in all symbols
    quality: Array  # (n_kinds,) mean typicality
    frontiers: Mapping[int, Envelope]  # by the number of cells

    @classmethod
    def of(cls, kinds: Iterable[Kinds]) -> Self:
        """Find the frontier of codebooks of several sizes; the one of `N_CELLS` is kept."""
        by_size = {len(each.cells.centres): each for each in kinds}
        usual = by_size[N_CELLS]
        return cls(
            codebook=usual.checksum,
            weights=usual.weights,
            total=usual.total,
            quality=usual.quality,
            frontiers={
                size: _rounded(Envelope.of(each.channel, each.quality))
                for size, each in by_size.items()
            },
        )

    @property
    def frontier(self) -> Envelope:
        """The frontier over the kinds that laws are counted by."""
        return self.frontiers[N_CELLS]


def codebooks(
    folder: Path, records: Iterable[Record], board: Board | None = None
) -> dict[str, Book]:
    """Return the codebook of each data set that records have laws of, by its name.

    The board says where data are that are not ours. Those that the folder lacks are fitted, in some
    ten seconds each, and kept there. One that comes out otherwise here than where the samples were
    scored, as features may that are learned on each machine, is left out.

    Raises:
        BadInput: the file is there, and holds no codebooks.
        OSError: it could not be written.
    """
    named: dict[str, set[str]] = {}
    for record in records:
        if record.kinds is not None and record.kinds.codebook:
            named.setdefault(record.dataset, set()).add(record.kinds.codebook)
    known = read(folder / NAME)
    found = {}
    for dataset, checksums in sorted(named.items()):
        book = known.get(dataset)
        if book is None or book.codebook not in checksums:
            book = _fitted(dataset, checksums, board)
        if book is not None:
            found[dataset] = book
    if found and found != known:
        replace_file(folder / NAME, to_json_lines(found))
    return found


def read(path: Path) -> dict[str, Book]:
    """Return the codebooks of a file by their data sets; a missing file holds none.

    Raises:
        BadInput: it holds something else.
    """
    if not path.exists():
        return {}
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return {dataset: _book(book) for dataset, book in values.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadInput(
            f"{shown(path)} holds no codebooks ({brief(error)}); delete it, and it is made again."
        ) from error


def _fitted(dataset: str, checksums: set[str], board: Board | None) -> Book | None:
    """Return the codebook as it is fitted here, if laws were counted by just that."""
    try:
        data = load_once(dataset if board is None else board.data(dataset))
        kinds = list(kinds_of(data, *SIZES))
    except (BadInput, Unavailable):  # a data set that is not here, or is another by now
        return None
    usual = kinds[SIZES.index(N_CELLS)]
    if usual.checksum not in checksums:
        return None
    with threadpool_limits(1):  # matrices are small: more threads would wait for one another
        return Book.of(kinds)


def _rounded(envelope: Envelope) -> Envelope:
    """Keep the digits that machines agree on; what bounds lose by that is added to the gap."""
    values = {name: np.round(column, DECIMALS) for name, column in vars(envelope).items()}
    steep = np.where(np.isfinite(envelope.multiplier), envelope.multiplier, 0.0)
    lost = (2 + steep) * 10.0**-DECIMALS  # of the novelty, the level and the multiplier
    return Envelope(**values | {"gap": np.round(envelope.gap + lost, DECIMALS)})


def to_json_lines(books: Mapping[str, Book]) -> bytes:
    """Return the content of a file that holds these: a line for each data set."""
    lines = []
    for dataset, book in sorted(books.items()):
        values = with_infinities_as_text(_plain(asdict(book)))
        lines.append(f"{to_json(dataset)}: {to_json(values)}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _plain(value: Any) -> Any:
    """Return arrays as lists, and numbers of cells as texts."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray) else value


def _book(values: dict[str, Any]) -> Book:
    frontiers = {
        int(size): Envelope(**{f.name: _array(points[f.name]) for f in fields(Envelope)})
        for size, points in values["frontiers"].items()
    }
    if N_CELLS not in frontiers:
        raise ValueError(f"it has no frontier of {N_CELLS} cells")
    weights, quality = _array(values["weights"]), _array(values["quality"])
    if weights.shape != quality.shape or weights.ndim != 1:
        raise ValueError("it has not as many weights as qualities")
    return Book(
        codebook=str(values["codebook"]),
        weights=weights,
        total=float(values["total"]),
        quality=quality,
        frontiers=frontiers,
    )


def _array(values: Any) -> Array:
    return np.array([float(value) for value in values])
