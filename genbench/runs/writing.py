"""What decoders write from: beginnings of rows and, where one asks, the law of the data set."""

import pickle
from collections.abc import Sequence

import numpy as np

from genbench.datasets.densities import SequenceLaw
from genbench.runs.cells import Cell, load_once
from genbench.runs.watch import npy
from genbench.runs.worker import LAW, START
from genbench.sequences import decoders


def why_not_written(cell: Cell) -> str | None:
    """Say why no decoder, or not that of the cell, can write rows like its data; else None."""
    if not cell.decoder:
        return None
    whole = load_once(cell.learned)
    if whole.symbols is None:
        return f"Decoders write rows of symbols, and a sample of {whole.name} is none."
    if decoders.parse(cell.decoder).of_grammar and not isinstance(whole.density, SequenceLaw):
        return f"What is possible in {whole.name} is not known: its law does not say what may come."
    return None


def brought_late(cell: Cell, names: Sequence[str]) -> dict[str, bytes]:
    """Return the files that a process gets once its model has learned and drawn by itself.

    These are the beginnings of rows and, where one of the decoders so named asks for it, the law of
    the data set, by itself: it is ours, so the process may unpickle it.
    """
    if not names:
        return {}
    whole = load_once(cell.learned)
    found = {}
    if any(decoders.parse(name).of_grammar for name in names):
        found[LAW] = pickle.dumps(whole.density)
    # Last: once it is there, so is the rest.
    return found | {START: npy(np.ascontiguousarray(whole.fresh[:, : cell.begun]))}
