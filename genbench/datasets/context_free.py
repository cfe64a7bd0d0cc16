"""The law of rows of words of a context-free grammar with probabilities.

Inside probabilities tell how likely a symbol is to become just these words: Baker, "Trainable
grammars for speech recognition", JASA 65, 1979, https://doi.org/10.1121/1.2017061. Prefix
probabilities, that a sentence begins with these words, come from one pass from left to right, which
tells how often each symbol begins at each place: after Jelinek, Lafferty, "Computation of the
probability of initial substring generation by stochastic context-free grammars", Computational
Linguistics 17, 1991, https://aclanthology.org/J91-3004.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genbench.ground.arrays import Array, Labels

END = 0  # the word that ends a row
BLOCK = 256  # rows at once: a table of all stretches of each is in memory


@dataclass(frozen=True, eq=False)
class ContextFree:
    """Sentences of a grammar in Chomsky's normal form, the first `length` words of each.

    A row is a sentence and ends behind it (`END`), or, of `length` words, the beginning of one. The
    first symbol is that of sentences. Every symbol's rules sum to one.
    """

    rules: Array  # (k, k, k): probability that a symbol becomes two others, left and right
    words: Array  # (k, n_words): probability that a symbol becomes a word; never `END`
    length: int

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        rows = np.full((n, self.length), float(END))
        for row in rows:
            waiting, said = [0], 0
            while waiting and said < self.length:
                below, become = self._choices[waiting.pop()]
                found = become[int(np.searchsorted(below, rng.random(), side="right"))]
                if len(found) == 1:
                    row[said] = found[0]
                    said += 1
                else:
                    waiting.extend(reversed(found))
        return rows, np.zeros(n, dtype=np.int64)

    def log_prob(self, points: Array) -> Array:
        """Log-probability of each row (n,), in nats; -inf of what the grammar cannot make."""
        blocks = np.split(points.astype(np.int64), range(BLOCK, len(points), BLOCK))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.concatenate([*map(self._probability, blocks)])))

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next word (n, n_words), in nats, after prefixes (n, t).

        After an end there is only the end. What follows a prefix that no row has is not known: all
        words are as likely.
        """
        blocks = np.split(prefixes.astype(np.int64), range(BLOCK, len(prefixes), BLOCK))
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(np.concatenate([*map(self._following, blocks)])))

    def _probability(self, rows: Labels) -> Array:
        inside = self._inside(rows)
        ends = rows == END
        closed = (np.diff(ends.astype(int), axis=1) >= 0).all(axis=1)  # only ends follow an end
        size = np.where(ends.any(axis=1), ends.argmax(axis=1), self.length)
        each = np.arange(len(rows))
        whole = inside[each, 0, size, 0]
        begun = self._ahead(inside)[each, -2, rows[:, -1]]
        return np.asarray(np.where(size < self.length, whole, begun) * closed)

    def _following(self, rows: Labels) -> Array:
        inside = self._inside(rows)
        found = self._ahead(inside)[:, -1]
        found[:, END] = inside[:, 0, -1, 0]
        found[(rows == END).any(axis=1), END] = 1.0
        found[found.sum(axis=1) == 0] = 1.0
        return np.asarray(found / found.sum(axis=1, keepdims=True))

    def _inside(self, rows: Labels) -> Array:
        """Probability that a symbol becomes the words from i up to j (n, i, j, symbol)."""
        (n, t), k = rows.shape, len(self.words)
        inside = np.zeros((n, t + 1, t + 1, k))
        for j in range(1, t + 1):
            inside[:, j - 1, j] = self.words.T[rows[:, j - 1]]
            for i in range(j - 2, -1, -1):
                left, right = inside[:, i, i + 1 : j], inside[:, i + 1 : j, j]
                both = left.transpose(0, 2, 1) @ right
                inside[:, i, j] = both.reshape(n, k * k) @ self.rules.reshape(k, k * k).T
        return inside

    def _ahead(self, inside: Array) -> Array:
        """Probability of the first j words of a row and of each word behind them (n, j, word)."""
        n, t, _, k = inside.shape
        begins = np.zeros((n, t, k))  # how often each symbol begins behind j words, which are said
        begins[:, 0] = self._corners[0]
        by_right = self.rules.reshape(k * k, k)
        for j in range(1, t):
            open_ = begins[:, :j].transpose(0, 2, 1) @ inside[:, :j, j]
            begins[:, j] = open_.reshape(n, k * k) @ by_right @ self._corners
        return np.asarray(begins @ self.words)

    @cached_property
    def _corners(self) -> Array:
        """How often a symbol begins with another, in all steps together (symbol, first)."""
        return np.linalg.inv(np.eye(len(self.words)) - self.rules.sum(axis=2))

    @cached_property
    def _choices(self) -> list[tuple[Array, list[list[int]]]]:
        """For each symbol all that it becomes, two symbols or a word, and sums of probabilities."""
        choices = []
        for pairs, words in zip(self.rules, self.words, strict=True):
            shares = np.concatenate([pairs[pairs > 0], words[words > 0]])
            become = [*np.argwhere(pairs).tolist(), *np.argwhere(words).tolist()]
            choices.append((shares[:-1].cumsum(), become))
        return choices
