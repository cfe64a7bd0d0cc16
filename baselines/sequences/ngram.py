"""N-grams: what comes next depends on the last few symbols, as often as it did in training.

Shannon, "A mathematical theory of communication", Bell System Technical Journal, 1948,
https://doi.org/10.1002/j.1538-7305.1948.tb01338.x, draws text from them. Most of what is possible
never occurred, so a long context is mixed with the next shorter one, down to none, and that with
even symbols. How, is the smoothing:

- `modified_kneser_ney`: counts lose a discount, and a shorter context counts in how many different
  company a symbol occurs instead of how often. Kneser and Ney, "Improved backing-off for m-gram
  language modeling", ICASSP 1995, https://doi.org/10.1109/ICASSP.1995.479394; with three discounts
  Chen and Goodman, "An empirical study of smoothing techniques for language modeling", Computer
  Speech and Language, 1999, https://doi.org/10.1006/csla.1999.0128.
- `witten_bell`: the shorter context weighs as much as different symbols were seen after the longer
  one. Witten and Bell, "The zero-frequency problem", IEEE Transactions on Information Theory, 1991,
  https://doi.org/10.1109/18.87000.
- `good_turing`: counts up to five shrink by Good and Turing's estimate, and what they lose goes to
  symbols unseen in the context. Katz, "Estimation of probabilities from sparse data for the
  language model component of a speech recognizer", IEEE Transactions on Acoustics, Speech and
  Signal Processing, 1987, https://doi.org/10.1109/TASSP.1987.1165125.
- `laplace`: a tenth is added to every count. No shorter context is asked.
- `maximum_likelihood`: counts as they are. What never occurred is impossible; after a context that
  never occurred, symbols are even.

Before a row stand as many start symbols as the context is long, so that the first symbols have
contexts of their own. Every smoothing comes to p(w | c) = share(cw) + weight(c) p(w | c'), where c'
is c without its first symbol: what is kept are sorted numbers of contexts and of grams.

Bits a symbol of test rows by modified Kneser-Ney; in brackets those above the true law's:

| order | english | markov | grammar |
|---|---|---|---|
| 0 | 4.758 | 2.991 (.894) | 6.430 (4.024) |
| 1 | 3.523 | 2.833 (.736) | 2.862 (.456) |
| 2 | 2.635 | 2.102 (.005) | 2.846 (.439) |
| 3 | 2.005 | 2.125 (.029) | 2.841 (.434) |
| 4 | 1.758 | 2.181 (.084) | 2.870 (.463) |
| 5 | 1.674 | 2.261 (.164) | 2.877 (.470) |
| 6 | 1.636 | 2.336 (.240) | 2.878 (.471) |
| 7 | 1.615 | 2.361 (.264) | 2.880 (.474) |
| 8 | 1.601 | 2.362 (.265) | 2.882 (.476) |

The standard error over rows of english is .023 at order 7; dealt into parts in six other ways, its
windows give 1.598 to 1.660, 1.627 on average. Of order 3 Witten and Bell take 2.042 bits of it,
Good and Turing 2.051, a tenth added 2.254; to counts as they are nine rows in ten are impossible.
A fit of order 7 takes .3 seconds on it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

import numpy as np
from numpy.typing import NDArray

from .symbols import Array, Rows, SymbolModel

Counts = NDArray[np.int64]
Shares = tuple[Array, Array]  # of each gram, and the weight of what each context leaves

LARGEST_SHRUNK = 5  # Katz's choice: larger counts are trusted
ADDED = 0.1  # Laplace's one is far too many for a large alphabet
LEAST_DISCOUNT = 0.01  # or a context would leave nothing to symbols that were never seen after it


@dataclass(frozen=True, eq=False)
class Level:
    """All contexts of one length, and the grams of each with a symbol more.

    A context has the number of its place in `contexts`, a gram that of its place in `grams`.
    """

    contexts: Rows  # sorted codes: (context but for its first symbol) * (n_symbols + 1) + that
    grams: Rows  # sorted codes: context * n_symbols + symbol
    counts: Counts  # how often each gram occurs
    n_symbols: int

    @property
    def of(self) -> Rows:
        """Context of each gram."""
        return self.grams // self.n_symbols

    def total(self, values: Array | Counts) -> Array:
        """Sum over the grams of each context."""
        total = np.bincount(self.of, weights=values, minlength=len(self.contexts))
        return total.astype(np.float64)

    def shorter(self, below: "Level") -> Rows:
        """Place on the level below of each gram without its first symbol."""
        context = self.contexts[self.of] // (self.n_symbols + 1)
        symbol = self.grams % self.n_symbols
        return np.searchsorted(below.grams, context * self.n_symbols + symbol)


def levels(rows: Rows, n_symbols: int, order: int) -> list[Level]:
    """Count the grams of rows (n, length) with contexts of none to `order` symbols."""
    padded = with_starts(rows, n_symbols, order)
    context = np.zeros(rows.size, dtype=np.int64)
    made = []
    for length in range(order + 1):
        codes = np.zeros(1, dtype=np.int64)
        if length:
            before = padded[:, order - length : padded.shape[1] - length].ravel()
            codes, context = np.unique(context * (n_symbols + 1) + before, return_inverse=True)
        grams, counts = np.unique(context * n_symbols + rows.ravel(), return_counts=True)
        made.append(Level(codes, grams, counts, n_symbols))
    return made


def with_starts(rows: Rows, n_symbols: int, order: int) -> Rows:
    """Put as many start symbols before each row as a context is long."""
    return np.pad(rows, ((0, 0), (order, 0)), constant_values=n_symbols)


def modified_kneser_ney(counted: list[Level]) -> list[Shares]:
    """Return counts less a discount, which falls to the shorter context."""
    return [_discounted(level) for level in _by_company(counted)]


def _by_company(counted: list[Level]) -> list[Level]:
    """Put for counts the number of different symbols before each gram, but for the longest."""
    return [
        replace(level, counts=np.bincount(above.shorter(level)))
        for level, above in pairwise(counted)
    ] + counted[-1:]


def _discounted(level: Level) -> Shares:
    lost = discounts(level.counts)[np.minimum(level.counts, 3) - 1]
    total = level.total(level.counts)
    return (level.counts - lost) / total[level.of], level.total(lost) / total


def discounts(counts: Counts) -> Array:
    """Return what counts of one, two and more than two lose (3,), by how many have each count.

    Where none has, the estimate of a single discount takes its place.
    """
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5]
    single = n[0] / max(n[0] + 2 * n[1], 1)
    by = [i - (i + 1) * single * n[i] / n[i - 1] if n[i - 1] else single for i in (1, 2, 3)]
    return np.asarray(np.clip(by, LEAST_DISCOUNT, np.arange(1, 4) - LEAST_DISCOUNT))


def witten_bell(counted: list[Level]) -> list[Shares]:
    """Return counts beside one for each different symbol, which is the shorter context's."""
    shares = []
    for level in counted:
        kinds = level.total(np.ones(len(level.grams)))
        total = level.total(level.counts) + kinds
        shares.append((level.counts / total[level.of], kinds / total))
    return shares


def good_turing(counted: list[Level]) -> list[Shares]:
    """Return shrunken counts, and what they leave to symbols unseen in the context.

    The shorter context speaks of seen symbols too, so a share is what is left of it to be said.
    """
    shares = []
    below = np.full(len(counted[0].grams), 1 / counted[0].n_symbols)
    for level, longer in zip_longest(counted, counted[1:]):
        seen, weight = _backing_off(level, below)
        shares.append((seen - weight[level.of] * below, weight))
        if longer is not None:
            below = seen[longer.shorter(level)]
    return shares


def _backing_off(level: Level, below: Array) -> Shares:
    """Return the probabilities of grams, and the weight of the shorter context for all others.

    A context whose counts are all trusted leaves as much as one more symbol would have; one that
    was followed by every symbol leaves nothing.
    """
    seen = level.counts * kept(level.counts)[np.minimum(level.counts, LARGEST_SHRUNK + 1)]
    total, all_seen = level.total(level.counts), level.total(seen)
    complete = np.bincount(level.of) == level.n_symbols
    total = np.where(complete, all_seen, np.where(all_seen < total, total, total + 1))
    unseen = np.where(complete, 1.0, 1 - level.total(below))
    weight = np.where(complete, 0.0, (1 - all_seen / total) / unseen)
    return seen / total[level.of], weight


def kept(counts: Counts) -> Array:
    """Return what counts of 0 to five, and larger ones, are multiplied by (7,).

    One where the estimate would raise a count, or leave nothing of it.
    """
    k, r = LARGEST_SHRUNK, np.arange(1, LARGEST_SHRUNK + 1)
    n = np.bincount(np.minimum(counts, k + 2), minlength=k + 3).astype(float)
    factors = np.ones(k + 2)
    if n[1] not in (0, (k + 1) * n[k + 1]):
        turing = (r + 1) * n[r + 1] / (r * np.maximum(n[r], 1))
        tail = (k + 1) * n[k + 1] / n[1]
        by = (turing - tail) / (1 - tail)
        factors[r] = np.where((by > 0) & (by < 1), by, 1.0)
    return factors


def laplace(counted: list[Level]) -> list[Shares]:
    """Return counts with a tenth more of everything, of the longest contexts."""
    return _of_longest(counted, added=ADDED)


def maximum_likelihood(counted: list[Level]) -> list[Shares]:
    """Return counts as they are, of the longest contexts."""
    return _of_longest(counted, added=0.0)


def _of_longest(counted: list[Level], added: float) -> list[Shares]:
    longest = counted[-1]
    more = added * longest.n_symbols
    total = longest.total(longest.counts) + more
    passed_on = [(np.zeros(len(at.grams)), np.ones(len(at.contexts))) for at in counted[:-1]]
    return [*passed_on, (longest.counts / total[longest.of], more / total)]


SMOOTHINGS: dict[str, Callable[[list[Level]], list[Shares]]] = {
    smoothing.__name__: smoothing
    for smoothing in (modified_kneser_ney, witten_bell, good_turing, laplace, maximum_likelihood)
}


class NGram(SymbolModel):
    """Draws each symbol by how often it followed the last few.

    Args:
        order: symbols that a context has.
        smoothing: how counts become probabilities, one of `SMOOTHINGS`.
    """

    def __init__(self, order: int = 3, smoothing: str = "modified_kneser_ney") -> None:
        self.order = order
        self.smoothing = smoothing

    def _learn(self, rows: Rows, rng: np.random.Generator) -> None:
        self.levels = levels(rows, self.n_symbols, self.order)
        self.shares = SMOOTHINGS[self.smoothing](self.levels)
        # Where the grams of each context begin.
        self.starts = [
            np.searchsorted(level.of, np.arange(len(level.contexts) + 1)) for level in self.levels
        ]

    def _next(self, prefixes: Rows) -> Array:
        n = len(prefixes)
        padded = with_starts(prefixes, self.n_symbols, self.order)
        probabilities = np.full((n, self.n_symbols), 1 / self.n_symbols)
        before = [padded[:, -length] for length in range(1, self.order + 1)]
        for level, (share, weight), starts, (known, context) in zip(
            self.levels, self.shares, self.starts, self._contexts(n, before), strict=True
        ):
            probabilities[known] *= weight[context, None]
            first, count = starts[context], starts[context + 1] - starts[context]
            # All grams of all contexts: the places from the first of each on.
            grams = np.arange(count.sum()) + np.repeat(first - (count.cumsum() - count), count)
            symbols = level.grams[grams] % self.n_symbols
            probabilities[np.repeat(known, count), symbols] += share[grams]
        # A share below zero may leave a little less than nothing.
        return np.asarray(np.maximum(probabilities, 0.0))

    def _log_prob(self, rows: Rows) -> Array:
        padded = with_starts(rows, self.n_symbols, self.order)
        before = [
            padded[:, self.order - length : padded.shape[1] - length].ravel()
            for length in range(1, self.order + 1)
        ]
        probabilities = np.full(rows.size, 1 / self.n_symbols)
        for level, (share, weight), (known, context) in zip(
            self.levels, self.shares, self._contexts(rows.size, before), strict=True
        ):
            probabilities[known] *= weight[context]
            grams, there = _find(level.grams, context * self.n_symbols + rows.ravel()[known])
            probabilities[known[there]] += share[grams]
        with np.errstate(divide="ignore"):  # some may be impossible
            return np.asarray(np.log(np.maximum(probabilities, 0)).reshape(rows.shape).sum(axis=1))

    def _contexts(self, n: int, before: list[Rows]) -> Iterator[tuple[Rows, Rows]]:
        """Yield of each length which of n places have a context that occurred, and its number.

        `before[i]` are the symbols (n,) i + 1 places back.
        """
        known, context = np.arange(n), np.zeros(n, dtype=np.int64)
        yield known, context
        for level, symbols in zip(self.levels[1:], before, strict=True):
            codes = context * (self.n_symbols + 1) + symbols[known]
            context, there = _find(level.contexts, codes)
            known = known[there]
            yield known, context


def _find(codes: Rows, wanted: Rows) -> tuple[Rows, NDArray[np.bool_]]:
    """Return the places of those codes that are there, and which of the wanted they are."""
    places = np.minimum(np.searchsorted(codes, wanted), len(codes) - 1)
    there = codes[places] == wanted
    return places[there], there
