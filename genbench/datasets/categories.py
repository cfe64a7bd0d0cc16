"""Columns of numbers and of words as numbers that models learn from, and which values those take.

A word becomes a place: of two words, one column that is 0 or 1; of more, a column for each, of
which one is 1 in every row (one-hot). What a model draws is moved back to such rows, the same for
every model: each column to its nearest value, of several the largest is 1. Columns of whole
numbers take whole numbers, from 0 up where none is below.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from genbench.datasets.domain import Domain
from genbench.ground.arrays import Array, read_only
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief

MOST_CATEGORIES = 50  # words of one column; more are names or sentences
LARGEST_WHOLE = 2.0**53  # beyond which every double is whole


def encoded(columns: Mapping[str, NDArray[Any]], *, name: str) -> tuple[Array, list[str], Domain]:
    """Return columns (n,), of numbers or of words as objects, as one table (n, d).

    With it come the titles of its columns, and the values that they take.

    Raises:
        BadInput: a column has too many words to be categories.
    """
    found: list[Array] = []
    titles: list[str] = []
    groups: list[tuple[int, ...]] = []
    for title, values in columns.items():
        if values.dtype != object:
            found.append(np.asarray(values, dtype=np.float64))
            titles.append(title)
            continue
        words = sorted(set(values))
        if len(words) > MOST_CATEGORIES:
            raise BadInput(
                f"{name}, column {brief(repr(title))} holds {len(words)} different words in "
                f"{len(values)} rows, such as {brief(repr(words[0]))}; expected at most "
                f"{MOST_CATEGORIES} categories: leave the column out, or join categories."
            )
        told = words[1:] if len(words) == 2 else words
        if len(words) > 2:
            groups.append(tuple(range(len(found), len(found) + len(words))))
        found += [np.asarray(values == word, dtype=np.float64) for word in told]
        titles += [f"{title}={word}" for word in told]
    table = np.column_stack(found)
    return table, titles, domain_of(table, one_of=tuple(groups))


def domain_of(table: Array, *, one_of: tuple[tuple[int, ...], ...] = ()) -> Domain:
    """Return which values the columns of a table (n, d) take, as far as its rows tell."""
    whole = ((table == np.rint(table)) & (np.abs(table) < LARGEST_WHOLE)).all(axis=0)
    if not whole.any():
        return Domain()
    low = np.where(whole & (table >= 0).all(axis=0), 0.0, -np.inf)
    flags = ((table == 0) | (table == 1)).all(axis=0)
    return Domain(whole, read_only(low), read_only(np.where(flags, 1.0, np.inf)), one_of)


def domain_of_pictures(pictures: Array) -> Domain:
    """Return which values pixels (n, ...) take: those of the usual range that holds them all."""
    low, high = pictures.min(), pictures.max()
    if low >= 0 and high <= 255 and high > 1 and (pictures == np.rint(pictures)).all():
        return Domain(whole=True, low=0, high=255)
    for least, most in ((0, 1), (-1, 1)):
        if least <= low and high <= most:
            return Domain(low=least, high=most)
    return Domain()
