"""What is had of a model that says what comes next: whole rows, and their log-probabilities.

Rows are drawn symbol by symbol, each from its law given those before it; the log-probability of a
row is the sum of those of its symbols.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput

if TYPE_CHECKING:
    from genbench.models.find import HasNextLogProb

TOLERANCE = 1e-4  # of the sum of a law
NO_SYMBOLS = "It learns rows of symbols, which are whole numbers from 0 up, and these are none."

Ask: TypeAlias = Callable[[Array], Array]  # from prefixes (n, t) to laws (n, n_symbols), in nats
Choose: TypeAlias = Callable[[Array], Labels]  # from laws (n, n_symbols) to next symbols (n,)


def asked(model: "HasNextLogProb", n_symbols: int) -> Ask:
    """Return what asks a model for laws of the next symbol, and holds each to what a law is.

    Raises:
        BadInput: from what is returned, of a law that is none (see `as_laws`).
    """

    def ask(prefixes: Array) -> Array:
        told = model.next_log_prob(prefixes)
        return as_laws(told, (len(prefixes), n_symbols), after=prefixes.shape[1])

    return ask


def as_laws(told: Any, shape: tuple[int, int], *, after: int) -> Array:
    """Return what a model told of the next symbol after so many, once it was seen to be laws.

    Raises:
        BadInput: it is no array of that shape, holds NaN, or a row of probabilities does not sum to
            one within TOLERANCE.
    """
    where = f"next_log_prob after {after} symbols"
    try:
        laws = np.asarray(told, dtype=np.float64)
    except (TypeError, ValueError, RuntimeError) as error:
        raise BadInput(f"{where} returned no array of numbers; expected {shape}.") from error
    if laws.shape != shape:
        raise BadInput(
            f"{where} returned shape {laws.shape}; expected {shape}, a row for each prefix and a "
            "column for each symbol."
        )
    if np.isnan(laws).any():
        raise BadInput(f"{where} returned NaN; expected log-probabilities.")
    with np.errstate(over="ignore"):
        sums = np.exp(laws).sum(axis=1)
    far = np.abs(sums - 1)
    if shape[0] and far.max() > TOLERANCE:
        bits = (np.abs(np.exp2(laws).sum(axis=1) - 1) <= TOLERANCE).all()
        hint = " (as powers of 2 they do: return nats, not bits)" if bits else ""
        raise BadInput(
            f"{where} gives probabilities that sum to {sums[far.argmax()]:.6g}; expected 1 within "
            f"{TOLERANCE:g}{hint}."
        )
    return laws


def unrolled(ask: Ask, start: Array, length: int, choose: Choose) -> Array:
    """Return rows (n, length) that begin as `start` (n, t), each next symbol as it is chosen."""
    rows = np.zeros((len(start), length))
    rows[:, : start.shape[1]] = start
    for place in range(start.shape[1], length):
        rows[:, place] = choose(ask(rows[:, :place].copy()))
    return rows


def drawn(laws: Array, rng: np.random.Generator) -> Labels:
    """Draw a symbol (n,) from each law (n, n_symbols), given as log-probabilities.

    The largest of the log-probabilities with Gumbel noise is distributed as they say (Maddison,
    Tarlow and Minka, "A* Sampling", https://arxiv.org/abs/1411.0030). The noise depends on the
    generator alone: under two laws that differ little, the same symbol is mostly drawn.
    """
    found: Labels = np.argmax(laws + rng.gumbel(size=laws.shape), axis=1)
    return found


def total(ask: Ask, rows: Array, n_symbols: int) -> Array:
    """Return the log-probability (n,) of rows (n, length), in nats: the sum over their symbols.

    Rows that hold what is no symbol have none: -inf.
    """
    known = ((rows >= 0) & (rows < n_symbols)).all(axis=1)
    if not known.any():
        return np.full(len(rows), -np.inf)
    possible = rows[known]
    sums = np.zeros(len(possible))
    for place in range(rows.shape[1]):
        laws = ask(possible[:, :place].copy())
        symbols = possible[:, place].astype(np.int64)
        sums += laws[np.arange(len(possible)), symbols]
    found = np.full(len(rows), -np.inf)
    found[known] = sums
    return found


def completed(model: Any) -> Any:
    """Return a model that draws rows, if one has `fit` and `next_log_prob` but no `sample`."""
    has = {name: callable(getattr(model, name, None)) for name in ("next_log_prob", "sample")}
    return Unrolled(model) if has["next_log_prob"] and not has["sample"] else model


class Unrolled:
    """A model of `fit` and `next_log_prob`, with the rest that makes it a generative model.

    How long rows are and how many symbols there are, the training samples tell.
    """

    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        """Return what else the model has, such as its number of parameters."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._model, name)

    def refuses(self, train: Array) -> str | None:
        """Say why these samples cannot be learned from, or return None."""
        if train.ndim != 2 or (train != np.rint(train)).any() or (train < 0).any():
            return NO_SYMBOLS
        own = getattr(self._model, "refuses", None)
        reason: str | None = own(train) if callable(own) else None
        return reason

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from rows of symbols (n_train, length).

        Raises:
            ValueError: these are none, or the model refuses them.
        """
        if reason := self.refuses(train):
            raise ValueError(reason)
        self._length, self._n_symbols = train.shape[1], int(train.max()) + 1
        fitted = self._model.fit(train, rng=rng)
        if callable(getattr(fitted, "next_log_prob", None)):
            self._model = fitted
        return self

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, n_symbols), in nats, as the model tells it."""
        told: Array = self._model.next_log_prob(prefixes)
        return told

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw `n` rows (n, length).

        Raises:
            BadInput: what the model tells is no law.
        """
        ask, start = asked(self, self._n_symbols), np.zeros((n, 0))
        return unrolled(ask, start, self._length, lambda laws: drawn(laws, rng))

    def log_prob(self, samples: Array) -> Array:
        """Log-probability of each row (n,), in nats, of the whole numbers that are nearest.

        Raises:
            BadInput: what the model tells is no law.
        """
        own = getattr(self._model, "log_prob", None)
        if callable(own):
            return np.asarray(own(samples))
        return total(asked(self, self._n_symbols), np.rint(samples), self._n_symbols)
