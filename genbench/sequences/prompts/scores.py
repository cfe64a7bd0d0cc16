"""How well a model answers what it is asked, beside the best answers that there are."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from genbench.datasets.tasks import Language
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for
from genbench.models.find import HasNextLogProb
from genbench.models.next_symbols import asked
from genbench.sequences.prompts.formats import FORMATS, Format

N_PROMPTS = 400


@dataclass(frozen=True)
class Answers:
    """What became of the prompts of a format.

    The accuracy is the share of prompts whose likeliest next symbol is the right answer; of equally
    likely ones the first counts. Bits are the mean of -log2 of the right answer's probability:
    infinite if some right answer was held to be impossible.
    """

    prompt_accuracy: float
    interval: tuple[float, float]  # of the accuracy, Wilson's, 95 %
    prompt_bits: float
    n_impossible: int  # prompts whose right answer has no probability at all

    @classmethod
    def of(cls, log_probs: Array, answers: Labels) -> "Answers":
        """Judge log-probabilities (n, n_symbols), in nats, by the right answers (n,)."""
        n = len(answers)
        hits = int((log_probs.argmax(axis=1) == answers).sum())
        found = binomtest(hits, n).proportion_ci(0.95, method="wilson")
        right = log_probs[np.arange(n), answers]
        return cls(
            prompt_accuracy=hits / n,
            interval=(float(found.low), float(found.high)),
            prompt_bits=float(-right.mean() / np.log(2)) + 0.0,
            n_impossible=int(np.isneginf(right).sum()),
        )


@dataclass(frozen=True)
class PromptScore:
    """A model's answers to the prompts of one format."""

    format: str
    device: str
    chance: float  # the accuracy of a guess among the answers that are offered
    n: int  # prompts
    model: Answers
    bayes: Answers | None  # of who knows the law; None where no document begins as the prompts do


def prompts(format_: Format, language: Language, *, seed: int, n: int) -> tuple[Labels, Labels]:
    """Return n prompts (n, t), and their right answers (n,).

    The tasks and letters that are asked for are the same for all formats, and examples that come
    first in one come first in others.
    """
    questions = []
    for i in range(n):
        rng = rng_for(seed, "prompts", str(i))
        task, letter = int(rng.integers(language.n_tasks)), int(rng.integers(language.n_letters))
        questions.append(format_.ask(language, task, letter, rng=rng))
    prefixes, answers = zip(*questions, strict=True)
    return np.array(prefixes), np.array(answers)


def score_prompts(
    model: HasNextLogProb, language: Language, *, seed: int = 0, n: int = N_PROMPTS
) -> Iterator[PromptScore]:
    """Ask a model of a language in every format, and yield how it answered.

    Args:
        model: that says what comes next.
        language: that it has learned.
        seed: of the prompts.
        n: prompts of each format.

    Raises:
        BadInput: what the model says is no law of the next symbol.
    """
    law = asked(model, language.symbols.count)
    for format_ in FORMATS:
        prefixes, answers = prompts(format_, language, seed=seed, n=n)
        best = format_.answers(language.next_log_prob, prefixes, language)
        possible = language.begin(prefixes.astype(np.float64)).all()
        yield PromptScore(
            format=format_.name,
            device=format_.device,
            chance=1 / (format_.offered or language.n_letters),
            n=n,
            model=Answers.of(format_.answers(law, prefixes, language), answers),
            bayes=Answers.of(best, answers) if possible else None,
        )
