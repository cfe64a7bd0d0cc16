"""Ways to ask for a task: what stands before the symbol that is to answer.

A format turns a task and a letter into the beginning of a document, and says what should follow.
Its device is what makes a model do one task and not another, named as by Reynolds, McDonell,
"Prompt programming for large language models: beyond the few-shot paradigm", 2021,
https://arxiv.org/abs/2102.07350. To add one: a line in FORMATS.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from scipy.special import logsumexp

from genbench.datasets.tasks import ANSWER, LETTER, NAME, OTHER, SPEAKER, Language, Slots, examples
from genbench.ground.arrays import Array, Labels

NextLogProb = Callable[[Array], Array]  # prefixes (n, t) -> log-probabilities (n, n_symbols)


class Question(NamedTuple):
    """A prompt, and the symbol that should follow it."""

    prefix: list[int]
    answer: int


@dataclass(frozen=True, kw_only=True)
class Format:
    """The beginning of a document, up to its answer."""

    name: str
    device: str
    slots: tuple[Slots, ...]  # what a prompt holds, its last letter asked for; one at random
    offered: int | None = None  # answers among which a prompt lets one choose; None: all letters

    def ask(
        self, language: Language, task: int, letter: int, *, rng: np.random.Generator
    ) -> Question:
        """Return a prompt for a task's answer to a letter; examples show other letters."""
        others = rng.permutation(np.delete(np.arange(language.n_letters), letter))
        slots = self.slots[rng.integers(len(self.slots))]
        letters = [*others[: slots.count(LETTER) - 1], letter]
        prefix = language.write(slots, task, letters, rng=rng)
        return Question(prefix, answer_of(language, task, letter))

    def answers(self, law: NextLogProb, prefixes: Labels, language: Language) -> Array:
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

    def answers(self, law: NextLogProb, prefixes: Labels, language: Language) -> Array:
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

    def answers(self, law: NextLogProb, prefixes: Labels, language: Language) -> Array:
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


def _after_examples(n: int) -> Slots:
    return (*examples(n), ",", LETTER)


NAMED: Slots = (NAME, ":")
QUESTION: Slots = (NAME, "?", LETTER, "|")
FORMATS: tuple[Format, ...] = (
    Format(name="bare", device="none", slots=((LETTER,),)),
    Format(name="task named", device="direct specification", slots=((*NAMED, LETTER),)),
    Format(name="speaker", device="memetic proxy", slots=((SPEAKER, ":", LETTER),)),
    *(
        Format(
            name=f"{n} example{'s' * (n > 1)}", device="demonstration", slots=(_after_examples(n),)
        )
        for n in (1, 3, 5)
    ),
    Format(
        name="closed question",
        device="constraint on answers",
        slots=((*QUESTION, ANSWER, OTHER, ":"), (*QUESTION, OTHER, ANSWER, ":")),
        offered=2,
    ),
    *(
        Contradiction(
            name=f"wrong name, 3 examples: follows {obeyed}",
            device="name against examples",
            slots=((*NAMED, *_after_examples(3)),),
            obeyed=obeyed,
        )
        for obeyed in ("examples", "name")
    ),
    *(
        Metaprompt(
            name=f"{n} example{'s' * (n > 1)}, then a name of its own",
            device="metaprompt",
            slots=((*examples(n), ",", *NAMED, LETTER),),
        )
        for n in (1, 3)
    ),
    *(
        kind(name=f"name without colon{rest}", device=device, slots=((NAME, LETTER),))
        for kind, rest, device in (
            (Format, "", "direct specification, ill-formed"),
            (LettersOnly, ", letters only", "constraint by grammar"),
        )
    ),
)
