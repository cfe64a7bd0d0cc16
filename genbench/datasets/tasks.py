"""Documents of a miniature language in which one can ask for a task in many ways.

A task is a permutation of eight letters: it answers each letter with another, or the same. A
document is about one task, and is of one of five kinds:

    K3 : a d , g b            names its task, and shows letters with their answers (35 %)
    S3 : a d , g b            has a speaker who always does one task (10 %)
    a d , g b                 shows letters with their answers, and says nothing else (30 %)
    a d , g b , K3 : c f      names its task after examples, and answers once more (5 %)
    K3 ? a | d f : d          asks a closed question, and answers it (20 %)

Tasks are equally likely, as are the numbers of examples that fit into a row, the letters not yet
shown, both orders of a question's options, and the letters that are wrong. So the law is a mixture
of few forms, what comes next after any beginning is known by enumerating them, and with it the
best answer to any prompt. The kinds are devices that people prompt language models with: Reynolds,
McDonell, "Prompt programming for large language models: beyond the few-shot paradigm", 2021,
https://arxiv.org/abs/2102.07350.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, takewhile
from string import ascii_lowercase

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.parts import draw
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, Flags, Labels
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for

N_TASKS = N_LETTERS = 8
SIZES = 8000, 400, 400
BLOCK = 512  # rows that the law reads at once

# The words of a form that stand for different symbols in different documents.
NAME, SPEAKER, LETTER, ANSWER, OTHER = "NAME", "SPEAKER", "LETTER", "ANSWER", "OTHER"
EXAMPLE = (LETTER, ANSWER)
END = ""

Slots = tuple[str, ...]  # a word above, or the symbol itself, for each place of a document


def examples(n: int) -> Slots:
    """Return the slots of n letters with their answers."""
    return (*EXAMPLE, *((",", *EXAMPLE) * (n - 1)))


@dataclass(frozen=True, eq=False)
class Language:
    """A law of documents about tasks, exact.

    Rows have three places for each letter, which is what all letters with their answers take.

    Raises:
        BadInput: `answers` are not permutations of 3 to 26 letters.
    """

    answers: Labels  # (n_tasks, n_letters): which letter each task answers each letter with

    def __post_init__(self) -> None:
        shape, n = self.answers.shape, self.answers.shape[-1]
        permuted = len(shape) == 2 and (np.sort(self.answers, axis=1) == np.arange(n)).all()
        if not (permuted and shape[0] and 3 <= n <= len(ascii_lowercase)):
            raise BadInput(
                "Answers of tasks must be permutations (n_tasks, n_letters) of 0 to n_letters - 1, "
                f"of 3 to {len(ascii_lowercase)} letters; these have shape {shape}."
            )

    @property
    def n_tasks(self) -> int:
        return len(self.answers)

    @property
    def n_letters(self) -> int:
        return int(self.answers.shape[1])

    @property
    def length(self) -> int:
        """Places of a row."""
        return 3 * self.n_letters

    @cached_property
    def symbols(self) -> Symbols:
        """The end, the letters, a name and a speaker of each task, and four signs."""
        tasks = range(1, self.n_tasks + 1)
        names, speakers = (f"K{i}" for i in tasks), (f"S{i}" for i in tasks)
        letters = ascii_lowercase[: self.n_letters]
        return Symbols((END, *letters, *names, *speakers, *":,?|"), end=0, joint=" ")

    @cached_property
    def letters(self) -> Labels:
        """Numbers of the symbols that are letters (n_letters,)."""
        return np.arange(1, 1 + self.n_letters)

    @cached_property
    def names(self) -> Labels:
        """Numbers of the symbols that are names of tasks (n_tasks,)."""
        return 1 + self.n_letters + np.arange(self.n_tasks)

    @cached_property
    def speakers(self) -> Labels:
        """Numbers of the symbols that are speakers (n_tasks,): each does the task of its place."""
        return self.names + self.n_tasks

    @cached_property
    def forms(self) -> tuple[tuple[float, Slots], ...]:
        """How likely each form of a document is, and its slots, filled up with the end."""
        question = (NAME, "?", LETTER, "|")
        kinds: tuple[tuple[float, Iterable[Slots]], ...] = (
            (0.35, ((NAME, ":", *examples(n)) for n in count(1))),
            (0.10, ((SPEAKER, ":", *examples(n)) for n in count(1))),
            (0.30, (examples(n) for n in count(1))),
            (0.05, ((*examples(n), ",", NAME, ":", *EXAMPLE) for n in count(1))),
            (0.20, ((*question, *two, ":", ANSWER) for two in ((ANSWER, OTHER), (OTHER, ANSWER)))),
        )
        found = []
        for share, every in kinds:
            fitting = list(takewhile(lambda slots: len(slots) < self.length, every))
            for slots in fitting:
                filled = slots + (END,) * (self.length - len(slots))
                found.append((share / len(fitting), filled))
        return tuple(found)

    def write(
        self, slots: Sequence[str], task: int, letters: Iterable[int], *, rng: np.random.Generator
    ) -> list[int]:
        """Return the numbers of the symbols that slots hold in a document.

        Args:
            slots: of the document, or of its beginning.
            task: that it is about.
            letters: places of its letters in the alphabet, in the order of their slots.
            rng: draws the wrong answer, where there is one.
        """
        shown, letter, written = iter(letters), -1, []
        for slot in slots:
            if slot == LETTER:
                letter = next(shown)
                number = self.letters[letter]
            elif slot == ANSWER:
                number = self.letters[self.answers[task, letter]]
            elif slot == OTHER:
                number = rng.choice(np.delete(self.letters, self.answers[task, letter]))
            else:
                number = self._fixed[slot][task]
            written.append(int(number))
        return written

    @cached_property
    def _fixed(self) -> dict[str, Labels]:
        """The symbol of slots that hold the same in all documents about a task (n_tasks,)."""
        signs = enumerate(self.symbols.vocabulary)
        same = {sign: np.full(self.n_tasks, number) for number, sign in signs}
        return {NAME: self.names, SPEAKER: self.speakers, **same}

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw documents (n, length), and which task each is about (n,)."""
        tasks = rng.integers(self.n_tasks, size=n)
        shares = [share for share, _ in self.forms]
        forms = rng.choice(len(self.forms), size=n, p=shares)
        rows = [
            self.write(self.forms[form][1], task, rng.permutation(self.n_letters), rng=rng)
            for form, task in zip(forms, tasks, strict=True)
        ]
        return np.array(rows, dtype=np.float64).reshape(n, self.length), tasks

    def log_prob(self, points: Array) -> Array:
        """Log-probability of each row (n,), in nats; minus infinity of what is no document."""
        known = ((points == np.rint(points)) & (points >= 0)).all(axis=1)
        known &= (points < self.symbols.count).all(axis=1)
        rows = np.where(known[:, None], points, 0).astype(np.int64)
        mass = np.zeros(len(rows))
        for block in _blocks(len(rows)):
            for share, slots in self.forms:
                mass[block] += self._mass(slots, share, rows[block]).sum(axis=0)
        with np.errstate(divide="ignore"):
            return np.log(np.where(known, mass, 0.0))

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, n_symbols), in nats, after prefixes (n, t).

        What follows a prefix that begins no document is not known: all symbols are as likely.
        """
        rows = prefixes.astype(np.int64)
        joint = np.zeros((len(rows), self.symbols.count))
        for block in _blocks(len(rows)):
            for slots, share in self._beginnings(rows.shape[1] + 1).items():
                mass = self._mass(slots, share, rows[block])
                if mass.any():
                    law = self._law(slots, rows.shape[1], rows[block])
                    joint[block] += (mass[:, :, None] * law).sum(axis=0)
        joint[joint.sum(axis=1) == 0] = 1.0
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(joint / joint.sum(axis=1, keepdims=True)))

    def begin(self, prefixes: Array) -> Flags:
        """Whether some document begins with each of prefixes (n, t)."""
        rows = prefixes.astype(np.int64)
        found = np.zeros(len(rows), dtype=np.bool_)
        for slots, share in self._beginnings(rows.shape[1]).items():
            found |= self._mass(slots, share, rows).any(axis=0)
        return found

    def _beginnings(self, places: int) -> dict[Slots, float]:
        """Return what forms begin with, and how likely each is."""
        found: dict[Slots, float] = defaultdict(float)
        for share, slots in self.forms:
            found[slots[:places]] += share
        return found

    def _mass(self, slots: Slots, share: float, rows: Labels) -> Array:
        """Probability of this form, each task and such a beginning together (n_tasks, n)."""
        shape = (self.n_tasks, len(rows))
        mass = np.full(shape, share / self.n_tasks)
        for place in range(rows.shape[1]):
            law = np.broadcast_to(self._law(slots, place, rows), (*shape, self.symbols.count))
            mass *= law[:, np.arange(len(rows)), rows[:, place]]
            if not mass.any():
                break
        return mass

    def _law(self, slots: Slots, place: int, rows: Labels) -> Array:
        """Probability of each symbol in a place of documents of a form, given those before it.

        For each task and row (n_tasks, n, n_symbols), or, where it is the same for all, for one.
        Those of rows (n, t) that do not begin so may be anything.
        """
        flags, slot = np.eye(self.symbols.count), slots[place]
        before = [i for i in range(place) if slots[i] == LETTER]
        if slot == LETTER:
            free = flags[self.letters].sum(axis=0) - flags[rows[:, before]].sum(axis=1)
            return np.asarray(free.clip(0)[None] / (self.n_letters - len(before)))
        if slot not in (ANSWER, OTHER):
            return np.asarray(flags[self._fixed[slot]][:, None])
        letter = (rows[:, before[-1]] - self.letters[0]) % self.n_letters
        right = flags[self.letters[self.answers[:, letter]]]
        if slot == ANSWER:
            return np.asarray(right)
        return np.asarray((flags[self.letters].sum(axis=0) - right) / (self.n_letters - 1))


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, n, BLOCK))


def load() -> Dataset:
    """Documents about eight tasks: 8,000 to train on, 400 each for test and fresh.

    The permutations are drawn once for all. Short documents recur: parts may have rows in common.
    """
    rng = rng_for(0, "tasks", "answers")
    language = Language(np.stack([rng.permutation(N_LETTERS) for _ in range(N_TASKS)]))
    (train, _), (test, _), (fresh, _) = draw("tasks", language, SIZES)
    return Dataset(
        name="tasks",
        train=train,
        test=test,
        fresh=fresh,
        features="ngrams",
        density=language,
        domain=Domain(whole=True, low=0, high=language.symbols.count - 1),
        symbols=language.symbols,
    )
