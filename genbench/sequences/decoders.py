"""Decoders: how rows are written with a model that says what comes next.

A decoder is named `top_p:0.9`, `greedy` or `grammar+top_p:0.9`, and a model with one
`recurrent_text@top_p:0.9`. All draw by one stream of random numbers, so that what differs little
writes much the same. Once a row has ended, so it stays.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf, log2

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief
from genbench.models.next_symbols import Ask, drawn, unrolled
from genbench.models.parameters import NUMBER, value_from
from genbench.sequences import decoders_laws as laws
from genbench.sequences.decoders_search import beam

REVISION = 1  # raised by hand when what decoders write of unchanged laws may change
MARK = "@"  # between a model and its decoder
GRAMMAR = "grammar+"  # before a decoder: symbols that make a row impossible are taken away first
# Of what is allowed and impossible to the model: where there is nothing else, all of it is even.
LOWEST = -1e5  # nats
PACE = 0.1  # of mirostat
MOST = 2**31

Law = Callable[[Array, float], Array]  # from laws (n, n_symbols) to others


@dataclass(frozen=True)
class Kind:
    """What decoders of one name do, and which number follows that name."""

    summary: str
    law: Law = laws.normalised  # what is drawn by, of those for which the next law is all
    number: str = ""  # what the number is; "" of those that have none
    low: float = 0.0
    high: float = inf
    above: bool = False  # whether the number is greater than `low`, and not equal
    whole: bool = False

    def takes(self, value: float) -> bool:
        """Say whether a number may follow the name."""
        least = value > self.low if self.above else value >= self.low
        return least and value <= self.high and (not self.whole or value == int(value))

    @property
    def expected(self) -> str:
        """What the number must be, in words."""
        kind = "a whole number" if self.whole else "a number"
        low = f"above {self.low:g}" if self.above else f"from {self.low:g} up"
        high = "" if self.high in (inf, MOST) else f", at most {self.high:g}"
        return f"{kind} {low}{high}"


KINDS: Mapping[str, Kind] = {
    "ancestral": Kind("the law as it is"),
    "temperature": Kind("bent by 1/T", laws.temperature, "temperature", high=MOST, above=True),
    "greedy": Kind("the likeliest symbol", laws.greedy),
    "beam": Kind("the likeliest row", number="width", low=1, high=MOST, whole=True),
    "top_k": Kind("the k likeliest", laws.top_k, "number of symbols", 1, MOST, whole=True),
    "top_p": Kind("the likeliest of a mass", laws.top_p, "mass", high=1),
    "typical": Kind("the most typical of a mass", laws.typical, "mass", high=1, above=True),
    "min_p": Kind("not far below the likeliest", laws.min_p, "share", high=1),
    "mirostat": Kind("of a steady surprise", number="surprise in bits", high=MOST, above=True),
}
NAME = re.compile(r"(?P<first>grammar\+)?(?P<kind>[^:@]*)(?::(?P<number>[^:@]*))?")


@dataclass(frozen=True)
class Decoder:
    """One way to write rows."""

    kind: str  # of KINDS
    number: float | None = None
    of_grammar: bool = False  # whether only what the data set's law allows is written

    @property
    def name(self) -> str:
        """The one form of its name."""
        number = "" if self.number is None else f":{value_from(str(self.number))}"
        return f"{GRAMMAR if self.of_grammar else ''}{self.kind}{number}"

    @property
    def is_certain(self) -> bool:
        """Whether it draws nothing: what begins alike goes on alike."""
        one = (self.kind, self.number) in (("top_k", 1), ("top_p", 0))
        return self.kind in ("greedy", "beam") or one


def parse(name: str) -> Decoder:
    """Return the decoder of that name.

    Raises:
        BadInput: there is none, or the number that follows the name is missing, not taken, or out
            of range.
    """
    found = NAME.fullmatch(name.strip())
    kind = None if found is None else KINDS.get(found["kind"])
    if found is None or kind is None:
        raise unknown_name("decoder", name if found is None else found["kind"], KINDS)
    told, word = found["number"], found["kind"]
    if not kind.number:
        if told is not None:
            raise BadInput(f"The decoder {word} takes no number, as {brief(repr(name))} has.")
        return Decoder(word, None, found["first"] is not None)
    value = float(told) if told is not None and NUMBER.fullmatch(told) else None
    if value is None or not kind.takes(value):
        raise BadInput(
            f"The decoder {word} takes a {kind.number}, {kind.expected}, as in "
            f"{word}:{max(kind.low, 1):g}, not {brief(repr(name))}."
        )
    return Decoder(word, value, found["first"] is not None)


def split(model: str) -> tuple[str, str]:
    """Return a model's own name and its decoder's, in its one form; "" without any.

    What follows the last sign and is no decoder belongs to the model's name: a path may hold one.
    """
    own, mark, told = model.rpartition(MARK)
    try:
        return (own, parse(told).name) if mark and own else (model, "")
    except BadInput:
        return model, ""


def is_decoded(model: str) -> bool:
    """Return whether a name is that of rows that a decoder wrote."""
    return bool(split(model)[1])


def joined(model: str, decoder: str) -> str:
    """Return the name of a model with a decoder; without, that of the model."""
    return f"{model}{MARK}{decoder}" if decoder else model


def write(
    decoder: Decoder,
    ask: Ask,
    start: Array,
    length: int,
    *,
    rng: np.random.Generator,
    end: int | None = None,
    allowed: Ask | None = None,
) -> Array:
    """Return rows (n, length) that begin as `start` (n, t), written by a decoder.

    Args:
        decoder: how.
        ask: from prefixes (n, t) to laws of the next symbol (n, n_symbols), in nats.
        start: rows that have begun; (n, 0) for whole ones.
        length: of the rows.
        rng: what is drawn by.
        end: the symbol after which nothing but itself comes, if there is one.
        allowed: the law of the data set, if only what is possible there is to be written.
    """
    if allowed is not None:
        ask = restricted(ask, allowed)
    if decoder.kind == "beam":
        return beam(ask, start, length, width=int(decoder.number or 1), end=end)
    choose = _chooser(decoder, rng)
    return _closed(unrolled(ask, start, length, choose), end)


def restricted(ask: Ask, allowed: Ask) -> Ask:
    """Return what asks for laws without the symbols that another law makes impossible.

    That is no law given that the row is possible: each symbol is only known to lead to some row.
    """

    def ask_both(prefixes: Array) -> Array:
        possible = allowed(prefixes) > -inf
        return np.where(possible, np.maximum(ask(prefixes), LOWEST), -inf)

    return ask_both


def _chooser(decoder: Decoder, rng: np.random.Generator) -> Callable[[Array], Labels]:
    if decoder.kind == "mirostat":
        return Mirostat(decoder.number or 0.0, rng).choose
    law = KINDS[decoder.kind].law
    return lambda told: drawn(law(told, decoder.number or 0.0), rng)


def _closed(rows: Array, end: int | None) -> Array:
    """Return rows in which all that follows the first end is the end too."""
    if end is None:
        return rows
    return np.where(np.maximum.accumulate(rows == end, axis=1), float(end), rows)


@dataclass
class Mirostat:
    """Keeps the mean surprise of what is drawn at a target, by a bound that moves.

    Symbols of a surprise up to `bound` are left, the likeliest always; after each draw the bound
    moves against what the surprise, by the whole law, missed the target by: Basu et al.,
    "Mirostat", https://arxiv.org/abs/2007.14966, by its second version. The bound is kept between
    0 and four times the surprise of an even law, so that where the target cannot be reached it does
    not wind up.
    """

    target: float  # bits a symbol
    rng: np.random.Generator
    bound: Array | None = field(default=None, init=False)  # bits (n,): one for each row

    def choose(self, told: Array) -> Labels:
        """Draw a next symbol (n,) of each row from laws (n, n_symbols) in nats."""
        n, n_symbols = told.shape
        if self.bound is None:
            self.bound = np.full(n, 2 * self.target)
        surprise = -laws.normalised(told) / np.log(2)
        left = surprise <= self.bound[:, None]
        left[np.arange(n), surprise.argmin(axis=1)] = True
        symbols = drawn(laws.only(told, left), self.rng)
        missed = surprise[np.arange(n), symbols] - self.target
        self.bound = np.clip(self.bound - PACE * missed, 0, 4 * log2(n_symbols))
        return symbols
