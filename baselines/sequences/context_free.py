"""Probabilistic context-free grammar: a symbol becomes two symbols or a word, until all are words.

Rules are in Chomsky's normal form, A -> B C and A -> word, every one possible at first. Their
probabilities are expected counts given the rows, again and again, by which no pass lowers the
likelihood: Baker, "Trainable grammars for speech recognition", Journal of the Acoustical Society of
America, 1979, https://doi.org/10.1121/1.2017061. The inside probability of a symbol and a span of
words is that of the one becoming the other; expected counts are its slopes, rule by rule, times the
rule's probability: Eisner, "Inside-outside and forward-backward algorithms are just backprop",
2016, https://aclanthology.org/W16-5901.

A row ends with the symbol that all rows end with, and before it stands a whole sentence. A row
that has no end is the beginning of a longer sentence. It has the probability of all sentences that
begin so: Jelinek and Lafferty, "Computation of the probability of initial substring generation by
stochastic context-free grammars", Computational Linguistics, 1991, https://aclanthology.org/J91-3004.
Grammars learned from whole sentences alone would be of short ones. The same sums say which word
comes next.

Expectation maximisation finds a grammar that suits the rows, not theirs: where it ends depends on
where it began. Brackets that are nested, which no chain counts, it finds. On `grammar` a hundred
passes, of which each takes .6 seconds of one core, end .456 and .468 bits a symbol above the law
from two starts, no nearer than counts of pairs of words, and one sentence in eight is grammatical.
"""

from dataclasses import dataclass, field
from typing import Self

import numpy as np
import torch
from torch import Tensor

from .symbols import Array, Rows, SymbolModel

LONGEST, MOST_WORDS = 40, 256


def ending(rows: Array | Rows) -> int | None:
    """Return the symbol that ends most rows (n, length) and is not followed by any other."""
    symbols, counts = np.unique(rows[:, -1], return_counts=True)
    end = symbols[counts.argmax()]
    over = rows == end
    whole = over[:, -1].mean() > 0.5 and (np.diff(over.astype(int), axis=1) >= 0).all()
    return int(end) if whole else None


@dataclass(frozen=True, eq=False)
class Grammar:
    """Probabilities of rules over k symbols, the first of which every sentence is made from."""

    binary: Tensor  # of A -> B C (k, k, k)
    lexical: Tensor  # of A -> word (k, n_words)

    def normalised(self) -> Self:
        """Return the probabilities that maximise the likelihood of counts."""
        total = self.binary.sum((1, 2)) + self.lexical.sum(1)
        return type(self)(self.binary / total[:, None, None], self.lexical / total[:, None])

    def offspring(self) -> Tensor:
        """How many of each symbol one rule makes of each (k, k), on average."""
        return self.binary.sum(2) + self.binary.sum(1)

    def completed(self) -> Tensor:
        """Probability that each symbol becomes words at all (k,): one, but with slopes.

        Of rules whose probabilities sum to one it is one, if a symbol makes less than one of its
        kind. Its slopes are those of one step of Newton's method.
        """
        rules = self.binary.sum((1, 2)) + self.lexical.sum(1)
        unlike = torch.eye(len(rules), dtype=rules.dtype) - self.offspring().detach()
        completed: Tensor = 1 + torch.linalg.solve(unlike, rules - 1)
        return completed

    def left_corners(self) -> Tensor:
        """Sum over all ways down to a leftmost symbol (k, k), whatever comes to its right."""
        down = self.binary @ self.completed()
        corners: Tensor = torch.linalg.inv(torch.eye(len(down), dtype=down.dtype) - down)
        return corners


@dataclass(eq=False)
class Chart:
    """Inside probabilities of all spans of the words read so far, of n sentences side by side."""

    grammar: Grammar
    from_start: list[list[Tensor]] = field(default_factory=list)  # [i]: of spans i..i, i..i + 1, ..
    to_end: list[Tensor] = field(default_factory=list)  # of spans 0..last, 1..last, .., last..last
    expected: list[Tensor] = field(default_factory=list)  # of a symbol that begins at each place

    def __post_init__(self) -> None:
        self.corners = self.grammar.left_corners()
        self.flat = self.grammar.binary.flatten(1)
        self.by_second = self.grammar.binary.flatten(0, 1)

    def expect(self, n: int) -> Tensor:
        """Probability of the words read, and of each symbol being the one that comes next (n, k).

        Of each symbol whose first word it will be, that is: at the bottom of the left corner.
        """
        last = len(self.from_start)
        if len(self.expected) == last:
            if last == 0:
                topmost = torch.zeros((n, len(self.flat)), dtype=self.flat.dtype)
                topmost[:, 0] = 1
            else:
                # A begins at i, its B ends here, and so its C begins.
                begun = torch.stack([at[:n] for at in self.expected], 2)
                pairs = begun @ torch.stack([span[:n] for span in self.to_end], 1)
                topmost = pairs.flatten(1) @ self.by_second
            self.expected.append(topmost @ self.corners)
        return self.expected[-1]

    def read(self, words: Tensor) -> None:
        """Read the next word of the first n sentences (n,): the others have ended."""
        n, last = len(words), len(self.from_start)
        self.expect(n)
        spans = [self.grammar.lexical.T[words]]
        self.from_start.append([])
        for start in range(last - 1, -1, -1):
            left = torch.stack([span[:n] for span in self.from_start[start]], 2)
            pairs = left @ torch.stack(spans[::-1], 1)
            spans.append(pairs.flatten(1) @ self.flat.T)
        self.to_end = spans[::-1]
        for start, span in enumerate(self.to_end):
            self.from_start[start].append(span)


def log_probabilities(grammar: Grammar, rows: Rows, end: int) -> Tensor:
    """Log-probability of rows (n, length) of a word or more, in nats: sentences and beginnings."""
    length = rows.shape[1]
    n_words = np.where((rows == end).any(axis=1), (rows == end).argmax(axis=1), length)
    order = np.argsort(-n_words, kind="stable")
    chart, found = Chart(grammar), []
    for t in range(length):
        reading = order[n_words[order] > t]
        if not len(reading):  # the longest has ended
            break
        words = torch.as_tensor(rows[reading, t])
        chart.read(words)
        if t + 1 < length:
            ended = n_words[reading] == t + 1
            found.append(chart.to_end[0][torch.as_tensor(ended), 0])
        else:
            found.append((chart.expected[-1] * grammar.lexical.T[words]).sum(1))
    # Sentences were found the shortest first, those of one length in their order.
    place = np.concatenate([order[n_words[order] == t] for t in range(1, length + 1)])
    return torch.cat(found).log()[torch.as_tensor(np.argsort(place))]


class ContextFree(SymbolModel):
    """Draws sentences of a grammar, word by word.

    Args:
        symbols: that a sentence is made of, besides words.
        max_steps: most passes over the training rows.
        tolerance: nats a row that a pass must gain, or it is the last.
        added: what the last expected counts of words are raised by.
    """

    def __init__(
        self,
        symbols: int = 16,
        max_steps: int = 100,
        tolerance: float = 1e-3,
        added: float = 0.01,
    ) -> None:
        self.symbols, self.max_steps = symbols, max_steps
        self.tolerance, self.added = tolerance, added

    def refuses(self, train: Array) -> str | None:
        """Return why these samples cannot be learned from, if they cannot."""
        if reason := super().refuses(train):
            return reason
        if train.shape[1] > LONGEST:
            return (
                f"A grammar is for rows of {LONGEST} symbols at most, which it reads in time that "
                f"grows as their cube; these have {train.shape[1]}."
            )
        if train.max() >= MOST_WORDS:
            return f"A grammar is for {MOST_WORDS} symbols at most, not {int(train.max()) + 1}."
        if ending(train) is None:
            return (
                "A grammar is for whole sentences: no symbol ends most of these rows and is "
                "followed by no other."
            )
        if (train[:, 0] == ending(train)).any():
            return "A grammar is for sentences of a word or more, but a row has none."
        return None

    def _learn(self, rows: Rows, rng: np.random.Generator) -> None:
        end = ending(rows)
        assert end is not None  # noqa: S101  # or it would have been refused
        self.end = end
        # The same beginning, or sentence, is counted at once.
        different, times = np.unique(rows, axis=0, return_counts=True)
        weights = torch.as_tensor(times, dtype=torch.float64)
        grammar = self._random(rows, rng)
        self.log_likelihoods: list[float] = []  # of all training rows before each pass
        for _ in range(self.max_steps):
            log_likelihood, counts = self._expected(grammar, different, weights)
            grammar = counts.normalised()
            self.log_likelihoods.append(log_likelihood)
            gained = np.diff(self.log_likelihoods[-2:])
            if len(gained) and gained[0] < self.tolerance * len(rows):
                break
        _, counts = self._expected(grammar, different, weights)
        self.grammar = self._raised(counts).normalised()
        self._check_finite()
        self._remembered = rows[:0, :0], Chart(self.grammar)

    def _random(self, rows: Rows, rng: np.random.Generator) -> Grammar:
        """Return rules about as likely as words are frequent; two in five make two symbols."""
        frequencies = np.bincount(rows.ravel(), minlength=self.n_symbols).astype(float)
        frequencies[self.end] = 0
        k = self.symbols
        binary = rng.exponential(size=(k, k, k))
        lexical = frequencies * rng.exponential(size=(k, self.n_symbols))
        binary *= 0.4 / binary.sum(axis=(1, 2), keepdims=True)
        lexical *= 0.6 / lexical.sum(axis=1, keepdims=True)
        return Grammar(torch.as_tensor(binary), torch.as_tensor(lexical))

    def _expected(self, grammar: Grammar, rows: Rows, weights: Tensor) -> tuple[float, Grammar]:
        """Return the log-likelihood of weighted rows, and how often rules are expected in them."""
        rules = [part.clone().requires_grad_() for part in (grammar.binary, grammar.lexical)]
        log_likelihood = (weights * log_probabilities(Grammar(*rules), rows, self.end)).sum()
        slopes = torch.autograd.grad(log_likelihood, rules)
        # Rounding may leave a little less than nothing.
        counts = [
            (rule.detach() * slope).clamp(min=0) for rule, slope in zip(rules, slopes, strict=True)
        ]
        return log_likelihood.item(), Grammar(*counts)

    def _raised(self, counts: Grammar) -> Grammar:
        """Return counts with a little more of all, of pairs half as much as of words together."""
        words = torch.ones(self.n_symbols, dtype=torch.float64)
        words[self.end] = 0
        more = self.added * words.sum() / (2 * counts.binary[0].numel())
        return Grammar(counts.binary + more, counts.lexical + self.added * words)

    def _check_finite(self) -> None:
        growth = float(torch.linalg.eigvals(self.grammar.offspring()).abs().max())
        if not growth < 1:
            raise FloatingPointError(
                f"The grammar's sentences do not end: a symbol makes {growth:.2f} of its kind."
            )

    @torch.no_grad()
    def _log_prob(self, rows: Rows) -> Array:
        over = rows == self.end
        # A sentence has a word or more, and nothing but the end follows the end.
        possible = ~over[:, 0] & (np.diff(over.astype(int), axis=1) >= 0).all(axis=1)
        log_prob = np.full(len(rows), -np.inf)
        if possible.any():
            log_prob[possible] = log_probabilities(self.grammar, rows[possible], self.end).numpy()
        return log_prob

    @torch.no_grad()
    def _next(self, prefixes: Rows) -> Array:
        chart = self._chart(prefixes)
        follows = (chart.expect(len(prefixes)) @ self.grammar.lexical).numpy()
        if prefixes.shape[1]:
            follows[:, self.end] = chart.to_end[0][:, 0].numpy()
        ended = (prefixes == self.end).any(axis=1)
        follows[ended] = np.arange(self.n_symbols) == self.end
        return np.asarray(follows / follows.sum(axis=1, keepdims=True))

    def _chart(self, prefixes: Rows) -> Chart:
        """Return the chart of prefixes (n, t): the last one goes on, where theirs begin so."""
        given, chart = self._remembered
        if given.shape[0] != len(prefixes) or not np.array_equal(
            given, prefixes[:, : given.shape[1]]
        ):
            given, chart = prefixes[:, :0], Chart(self.grammar)
        for t in range(given.shape[1], prefixes.shape[1]):
            chart.read(torch.as_tensor(prefixes[:, t]))
        self._remembered = (prefixes.copy(), chart)
        return chart
