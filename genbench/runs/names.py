"""Names of models on a board: each belongs to the source that it first stood for."""

import unicodedata
from collections.abc import Iterable
from typing import Any

from genbench.ground.errors import BadInput
from genbench.ground.paths import shown
from genbench.ground.text import coded, is_latin
from genbench.models.find import baselines
from genbench.models.parameters import has_parameters
from genbench.runs.boards import Board
from genbench.runs.records import REAL, Record
from genbench.sequences import decoders

LONGEST = 80  # characters of a name


def name_from(value: Any, what: str) -> str:
    """Return a name that somebody hands in, without blanks around it.

    It is written in the letters a to z, with accents or without, digits, blanks and the signs of
    ASCII: those of other alphabets look like them.

    Raises:
        BadInput: it is no text that can be printed, too long, or written in other characters.
    """
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise BadInput(f"The {what} must be text that can be printed, not {value!r:.200}.")
    if len(value) > LONGEST:
        raise BadInput(f"The {what} has {len(value)} characters; the limit is {LONGEST}.")
    name = unicodedata.normalize("NFC", value.strip())
    if odd := coded(c for c in name if not is_latin(c)):
        raise BadInput(
            f"The {what} {name!r} holds {odd}; expected the letters a to z, with accents or "
            "without, digits, blanks and the signs of ASCII."
        )
    return name


def check_board(meant: Any, board: Board, file: str) -> None:
    """See that a file is for this board, if it says for which: one without a name takes any.

    Raises:
        BadInput: it is for another one.
    """
    if not isinstance(meant, str):
        raise BadInput(f"{file}: its board must be a name, not {meant!r:.200}.")
    if meant and board.name and meant != board.name:
        raise BadInput(
            f"{file} was made for the board {shown(meant)}, not for {board.name}: score the model "
            f"on {board.name}, and submit it from there."
        )


def check_owner(name: str, source: str, known: Iterable[Record]) -> list[Record]:
    """See that a name is free or belongs to this source, and return the records under it.

    Raises:
        BadInput: it stands for another model, or looks like the name of one.
    """
    if has_parameters(name) or decoders.split(name)[1]:
        told = "parameters" if has_parameters(name) else "a decoder"
        raise BadInput(
            f"{name!r} names a model with {told}, which is for what is run here: choose another "
            "name."
        )
    taken = {_looks(each): each for each in (REAL, *baselines())}
    if _looks(name) in taken:
        raise BadInput(f"{name!r} is the name of a model that is on the board already.")
    under = [record for record in known if _looks(record.model) == _looks(name)]
    for record in under:
        if record.model != name or record.verified or record.source != source:
            raise BadInput(
                f"{shown(record.model)!r} is on the board already, and stands for another source "
                "there: choose another name."
            )
    return under


def check_unchanged(new: Iterable[Record], under: Iterable[Record]) -> None:
    """See that what went well and stands under a name is not replaced by something else.

    Raises:
        BadInput: it would be.
    """
    before = {record.place: record for record in under if record.status == "ok"}
    for record in new:
        old = before.get(record.place)
        if old and old.key != record.key and old.dataset_hash == record.dataset_hash:
            where = f"{record.dataset}, seed {record.seed}"
            raise BadInput(
                f"{record.model!r} is on the board already, with other samples of {where}: choose "
                "another name, or remove its rows first."
            )


def _looks(name: str) -> str:
    """Return what a reader takes a name for: without case, accents, blanks and forms of letters."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c) and not c.isspace())
