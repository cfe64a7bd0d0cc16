"""Ways to ask for a task: what stands before the symbol that is to answer.

A format turns a task and a letter into the beginning of a document, and says what should follow.
Its device is what makes a model do one task and not another, named as by Reynolds, McDonell,
"Prompt programming for large language models: beyond the few-shot paradigm", 2021,
https://arxiv.org/abs/2102.07350. To add one: a line in FORMATS.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import logsumexp

from genbench.datasets.tasks import LETTER, Language
from genbench.ground.arrays import Array, Labels
from genbench.models.next_symbols import Ask


class Question(NamedTuple):
    """A prompt, and the symbol that should follow it."""

    prefix: list[int]
    answer: int


@dataclass(frozen=True, kw_only=True)
class Format:
    """The beginning of a document, up to its answer."""

    name: str
    device: str
    # Slots of a document, with blanks between, whose last letter is asked for; one form at random.
    forms: tuple[str, ...]
    offered: int | None = None  # answers among which a prompt lets one choose; None: all letters

    def ask(
        self, language: Language, task: int, letter: int, *, rng: np.random.Generator
    ) -> Question:
        """Return a prompt for a task's answer to a letter; examples show other letters."""
        others = rng.permutation(np.delete(np.arange(language.n_letters), letter))
        slots = self.forms[rng.integers(len(self.forms))].split()
        letters = [*others[: slots.count(LETTER) - 1], letter]
        prefix = language.write(slots, task, letters, rng=rng)
        return Question(prefix, answer_of(language, task, letter))

    def answers(self, law: Ask, prefixes: Labels, language: Language) -> Array:
        """Log-probability of each symbol as the answer (n, n_symbols), in nats."""
        return law(prefixes.astype(np.float64))


@dataclass(frozen=True, kw_only=True)
class Contradiction(Format):
    """The name of one task before examples of another, which answers the letter otherwise."""

    obeyed: Literal["name", "examples"]  # what the answer should follow

    def ask(
        self, language: Language, task: int, letter: int, *, rng: np.random.Generator
    ) -> Question:
        prefix = super().ask(language, task, letter, rng=rng).prefix
        answers = language.answers[:, letter]
        named = int(rng.choice(np.flatnonzero(answers != answers[task])))
        obeyed = named if self.obeyed == "name" else task
        return Question(
            [int(language.names[named]), *prefix[1:]], answer_of(language, obeyed, letter)
        )


@dataclass(frozen=True, kw_only=True)
class Metaprompt(Format):
    """A prompt for the task's name, then one with it: the model writes the better part itself.

    It may write any name, each as often as it holds it to be right: answers are summed over them.
    """

    def answers(self, law: Ask, prefixes: Labels, language: Language) -> Array:
        place = prefixes.shape[1] - 3  # of the name, behind which are a colon and the letter
        names = law(prefixes[:, :place].astype(np.float64))[:, language.names]
        parts = []
        for number, name in zip(language.names, normalised(names).T, strict=True):
            named = prefixes.astype(np.float64)
            named[:, place] = number
            parts.append(name[:, None] + law(named))
        return np.asarray(logsumexp(parts, axis=0))


@dataclass(frozen=True, kw_only=True)
class LettersOnly(Format):
    """A prompt after which nothing but a letter may follow, by the grammar of answers."""

    def answers(self, law: Ask, prefixes: Labels, language: Language) -> Array:
        told = super().answers(law, prefixes, language)
        allowed = np.isin(np.arange(told.shape[1]), language.letters)
        return normalised(np.where(allowed, told, -np.inf))


def answer_of(language: Language, task: int, letter: int) -> int:
    """Return the symbol that a task answers a letter with."""
    return int(language.letters[language.answers[task, letter]])


def normalised(log_mass: Array) -> Array:
    """Return logarithms (n, k) whose exponentials sum to one, but for rows without any mass."""
    total = logsumexp(log_mass, axis=1, keepdims=True)
    return np.asarray(log_mass - np.where(np.isfinite(total), total, 0.0))


SHOWN = "LETTER ANSWER , "
FORMATS: tuple[Format, ...] = (
    Format(name="bare", device="none", forms=("LETTER",)),
    Format(name="task named", device="direct specification", forms=("NAME : LETTER",)),
    Format(name="speaker", device="memetic proxy", forms=("SPEAKER : LETTER",)),
    Format(name="1 example", device="demonstration", forms=(SHOWN + "LETTER",)),
    Format(name="3 examples", device="demonstration", forms=(3 * SHOWN + "LETTER",)),
    Format(name="5 examples", device="demonstration", forms=(5 * SHOWN + "LETTER",)),
    Format(
        name="closed question",
        device="constraint on answers",
        forms=("NAME ? LETTER | ANSWER OTHER :", "NAME ? LETTER | OTHER ANSWER :"),
        offered=2,
    ),
    Contradiction(
        name="wrong name, 3 examples: follows examples",
        device="name against examples",
        forms=("NAME : " + 3 * SHOWN + "LETTER",),
        obeyed="examples",
    ),
    Contradiction(
        name="wrong name, 3 examples: follows name",
        device="name against examples",
        forms=("NAME : " + 3 * SHOWN + "LETTER",),
        obeyed="name",
    ),
    Metaprompt(
        name="1 example, then a name of its own",
        device="metaprompt",
        forms=(SHOWN + "NAME : LETTER",),
    ),
    Metaprompt(
        name="3 examples, then a name of its own",
        device="metaprompt",
        forms=(3 * SHOWN + "NAME : LETTER",),
    ),
    Format(
        name="name without colon",
        device="direct specification, ill-formed",
        forms=("NAME LETTER",),
    ),
    LettersOnly(
        name="name without colon, letters only",
        device="constraint by grammar",
        forms=("NAME LETTER",),
    ),
)
