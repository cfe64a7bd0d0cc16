"""How to cite a board: what made it, from which records, and when the last of them was made."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from genbench.runs.records import Record, to_lines

DIGITS = 12  # of the checksum, that are shown


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What tells one state of a board from all others; it says nothing of the day it is made on."""

    board: str
    version: str  # of genbench, or several
    records: str  # checksum
    finished: str  # the day on which the newest record was made; empty if none says

    @property
    def text(self) -> str:
        """All of it in one line."""
        parts = (self.made_by, f"board {self.board}", f"records {self.records}", self.finished)
        return ", ".join(part for part in parts if part)

    @property
    def made_by(self) -> str:
        """The program and its version."""
        return f"genbench {self.version}".strip()

    @property
    def label(self) -> str:
        """A name of letters, digits and hyphens."""
        return f"genbench-{re.sub(r'[^a-z0-9]+', '-', self.board.lower()).strip('-')}"


def citation(board: str, found: Sequence[Record]) -> Citation:
    """Return how to cite a board."""
    return Citation(
        board=board,
        version=", ".join(sorted({record.version for record in found if record.version})),
        records=hashlib.sha256(to_lines(found)).hexdigest()[:DIGITS],
        finished=max((record.finished for record in found), default="")[:10],
    )
