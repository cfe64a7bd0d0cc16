"""Sequences at the door: rows of symbols, closed behind their ends, and series of measurements."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from genbench.datasets.symbols import Symbols
from genbench.embeddings.ngrams import Ngrams
from genbench.evidence.comparison import SETS
from genbench.ground.arrays import Array, read_only
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief


def sequences(found: dict[str, Any], checked: dict[str, Any]) -> dict[str, Any]:
    """Return what samples are sequences of, if any, and rows of symbols, closed.

    `checked` are the samples, by their names.

    Raises:
        BadInput: symbols that are none, series that are not said to be by True or False, both at
            once, or samples that are no such rows.
    """
    symbols, series = found.get("symbols"), found.get("series", False)
    if not isinstance(series, bool | np.bool_):
        raise BadInput(f"series must be True or False, not {brief(repr(series))}.")
    if symbols is None:
        if series:
            _check_shape("series", checked)
        return {"series": bool(series)} if "series" in found else {}
    if not isinstance(symbols, Symbols):
        raise BadInput(f"symbols must be a genbench.Symbols, not {brief(repr(symbols))}.")
    if series:
        raise BadInput("Samples are rows of symbols or series of measurements, not both.")
    _check_shape("symbols", checked)
    held = {name: closed(checked[name], symbols, name=name) for name in SETS if name in checked}
    return held | {"symbols": symbols}


def closed(rows: Array, symbols: Symbols, *, name: str) -> Array:
    """Return rows (n, length) of symbols, in which all that follows the first end is the end too.

    Raises:
        BadInput: some number is not that of a symbol.
    """
    symbols.check(rows, name=name)
    return read_only(symbols.close(rows))


def points_of(held: Mapping[str, Array | None], symbols: Symbols | None) -> dict[str, Array]:
    """Return the n-gram points of each set of rows of symbols, scaled by train, or else by test.

    What other samples are compared by is given, or is the samples themselves.
    """
    real = next((held[name] for name in ("train", "test") if held.get(name) is not None), None)
    if symbols is None or real is None:
        return {}
    embed = Ngrams.of(symbols, real).embed
    sets = {name: held.get(name) for name in SETS}
    return {f"{name}_points": embed(rows) for name, rows in sets.items() if rows is not None}


def _check_shape(what: str, checked: dict[str, Any]) -> None:
    for name in SETS:
        if name in checked and checked[name].ndim != 2:
            raise BadInput(
                f"{what} are given, but {name} has shape {checked[name].shape}; expected (n, "
                "length)."
            )
