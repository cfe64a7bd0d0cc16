"""Windows of a text, dealt out to the three parts of a data set."""

from collections.abc import Iterable

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for

SHARE = 0.15  # of the windows, for test, and as many fresh


def windows_of(numbers: Array, length: int) -> Array:
    """Cut numbers (n,) into rows (n // length, length), one behind another; the rest is left."""
    n = len(numbers) // length
    return numbers[: n * length].reshape(n, length)


def characters_of(texts: Iterable[str]) -> tuple[Symbols, list[Array]]:
    """Return the characters of texts, in the order of Unicode, and each text in their numbers.

    Raises:
        BadInput: the texts hold fewer than two different characters.
    """
    points = [np.frombuffer(text.encode("utf-32-le"), dtype="<u4") for text in texts]
    found = np.unique(np.concatenate(points))
    symbols = Symbols(tuple(map(chr, found)))
    return symbols, [np.searchsorted(found, some).astype(np.float64) for some in points]


def dealt(name: str, rows: Array, symbols: Symbols) -> Dataset:
    """Deal windows (n, length) out at random: 70 % for training, 15 % for test, 15 % fresh.

    Neighbours go apart, so that the parts are about the same things; by longer stretches they would
    not be. All symbols are met in training, and in few of its rows, too (`met_first`).

    Raises:
        BadInput: there are too few windows.
    """
    order = met_first(rows, rng_for(0, name).permutation(len(rows)))
    n = round(SHARE * len(rows))
    train, test, fresh = np.split(rows[order], [len(rows) - 2 * n, len(rows) - n])
    if n < 1 or len(np.unique(train)) < symbols.count:
        raise BadInput(
            f"{name}: {len(rows)} windows of {rows.shape[1]} symbols are too few to deal out with "
            f"each of the {symbols.count} symbols in training."
        )
    return Dataset(
        name=name,
        train=train,
        test=test,
        fresh=fresh,
        features="ngrams",
        domain=Domain(whole=True, low=0, high=symbols.count - 1),
        symbols=symbols,
    )


def met_first(rows: Array, order: Labels) -> Labels:
    """Return an order of rows (n, length) in which those come first that a symbol is met first in.

    All else is as in `order`. A model knows the symbols that it is trained on, and no others: the
    first rows have all of them.
    """
    _, places = np.unique(rows[order], return_index=True)
    first = np.unique(places // rows.shape[1])
    return np.concatenate([order[first], np.delete(order, first)])
