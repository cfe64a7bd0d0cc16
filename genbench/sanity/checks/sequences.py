"""Sequences: spans from memory, loops, too safe and too wild, short memory, shuffled letters."""

from functools import partial
from typing import Any

import numpy as np

from genbench.ground.arrays import Array, Flags
from genbench.metric import Metric
from genbench.metrics import CATALOG as METRICS
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.faults import FIFTHS
from genbench.sanity.expectations import AsDeclared, Equals, Worsens
from genbench.sanity.sequence_worlds import (
    CHAIN,
    LENGTH,
    SENTENCES,
    SERIES,
    WORDS,
    bits_under_truth,
    divergence_from_truth,
    forgetful,
    go_on,
    letters,
    mistaken,
    on_letters,
    on_series,
    rows,
    tempered,
)
from genbench.sanity.worlds import N

HOLTZMAN = "Holtzman et al., ICLR 2020, https://arxiv.org/abs/1904.09751"
CARLINI = "Carlini et al., ICLR 2023, https://arxiv.org/abs/2202.07646"
PERIOD = 4
OF_LETTERS, OF_SERIES = (
    tuple(
        name
        for name, metric in METRICS.items()
        if needed in metric.inputs and "test_log_prob" not in metric.inputs
    )
    for needed in ("symbols", "series")
)


def fresh_rows(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Draw from the law."""
    return rows(rng)


def planted_spans(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Begin every row with as many letters of a training row, and go on by the law."""
    return go_on(rng.permutation(train)[:, : int(level)], rng)


def copied_rows(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Make this share copies of training rows, and the others new."""
    return np.where(_share(level, rng), rng.permutation(train), rows(rng))


def loops(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Let this share of rows repeat four letters from some place on."""
    drawn = rows(rng)
    start = rng.integers(PERIOD, LENGTH // 2, size=(N, 1))
    place = np.arange(LENGTH)
    again = np.where(place < start, place, start - PERIOD + (place - start) % PERIOD)
    return np.where(_share(level, rng), np.take_along_axis(drawn, again, axis=1), drawn)


def too_safe(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Draw from the law at temperature one over the level."""
    return rows(rng, tempered(level))


def too_wild(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Draw from the law at the level as temperature."""
    return rows(rng, tempered(1 / level))


def short_memory(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Draw from the law, but look at the last letter alone this often."""
    return rows(rng, forgetful(level))


def shuffled(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Shuffle the letters of this share of rows."""
    drawn = rows(rng)
    return np.where(_share(level, rng), rng.permuted(drawn, axis=1), drawn)


def mistaken_words(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Put any other word in place of one, in this share of sentences."""
    test, generated = rows(real, SENTENCES), mistaken(rows(model, SENTENCES), level, model)
    return {"test": test, "generated": generated, "symbols": WORDS, "density": SENTENCES}


def said_by_short_memory(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Return what a model says of test rows that looks at the last letter alone this often."""
    known = letters(real)
    return known | {"test_log_prob": forgetful(level).log_prob(known["test"])}


def measured(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Add noise of this standard deviation to each value of a series."""
    drawn = rows(rng, SERIES)
    return drawn + level * rng.normal(size=drawn.shape)


def scaled(train: Array, level: float, rng: np.random.Generator) -> Array:
    """Multiply series by the level."""
    return level * rows(rng, SERIES)


def _share(level: float, rng: np.random.Generator) -> Flags:
    return rng.permutation(N)[:, None] < round(level * N)


def _one_of(*names: str) -> Any:
    def named(metric: Metric) -> bool:
        return metric.name.partition("__")[0] in names

    return named


def _sees_noise(metric: Metric) -> bool:
    """Of letters, of which any row is possible: nothing is ungrammatical."""
    return "noise" in metric.catches and not _one_of("grammatical_share")(metric)


_of_letters = partial(Check, only=OF_LETTERS)
_of_series = partial(Check, only=OF_SERIES)

CHECKS = (
    _of_letters(
        name="real_letters",
        asks="Do real rows of letters get what is declared of a perfect model?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=4,
        expects=AsDeclared(),
        make=on_letters(fresh_rows),
        family="real_against_real",
    ),
    _of_series(
        name="real_series",
        asks="Do real series get what is declared of a perfect model?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=4,
        expects=AsDeclared(),
        make=on_series(measured),
        family="real_against_real",
    ),
    _of_letters(
        name="planted_spans",
        asks="Is it seen that rows begin with letters of training rows and then go on by the law?",
        desideratum=Desideratum.DIVERSITY,
        knob="letters that are copied, of 32",
        levels=(0.0, 8.0, 16.0, 24.0, 32.0),
        expects=Worsens(role=_one_of("novel_ngrams", "copied_span")),
        make=on_letters(planted_spans),
        family="copying",
        source=CARLINI,
    ),
    _of_letters(
        name="copied_rows",
        asks="Is it seen that rows of a perfect model are training rows?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of copies",
        levels=FIFTHS,
        expects=Worsens(("copying",)),
        make=on_letters(copied_rows),
        family="copying",
    ),
    _of_letters(
        name="loops",
        asks="Does it count that rows run into loops of four letters?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of rows that loop",
        levels=FIFTHS,
        expects=Worsens(role=_one_of("repetition", "distinct_ngrams", "ngram_divergence")),
        make=on_letters(loops),
        source=HOLTZMAN,
    ),
    _of_letters(
        name="too_safe",
        asks="Does it count that what is likely is said more often than it should be?",
        desideratum=Desideratum.DIVERSITY,
        knob="power that probabilities are raised to",
        levels=(1.0, 1.25, 1.5, 2.0, 3.0),
        expects=Worsens(("shift",)),
        make=on_letters(too_safe),
        source=HOLTZMAN,
    ),
    _of_letters(
        name="too_wild",
        asks="Does it count that what is unlikely is said more often than it should be?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="temperature",
        levels=(1.0, 1.25, 1.5, 2.0, 3.0),
        expects=Worsens(role=_sees_noise),
        make=on_letters(too_wild),
    ),
    _of_letters(
        name="short_memory",
        asks="Is it seen that a model forgets all but the last letter, though pairs are right?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of letters drawn by the last alone",
        levels=FIFTHS,
        expects=Worsens(role=_one_of("surprisal_gap", "judged_bits", "ngram_divergence")),
        make=on_letters(short_memory),
    ),
    _of_letters(
        name="shuffled_letters",
        asks="Does it count that the letters of rows are shuffled?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of rows that are shuffled",
        levels=FIFTHS,
        expects=Worsens(role=_sees_noise),
        make=on_letters(shuffled),
    ),
    _of_letters(
        name="surprisal_of_tempered_letters",
        asks="Is the gap of a chain that is too safe the known one? (Closed form.)",
        desideratum=Desideratum.BOUNDS,
        knob="power that probabilities are raised to",
        levels=(1.0, 1.5, 2.0),
        expects=Equals(
            {
                "surprisal_gap": lambda level: (
                    bits_under_truth(tempered(level)) - bits_under_truth(CHAIN)
                )
            }
        ),
        make=on_letters(too_safe),
    ),
    Check(
        name="mistaken_words",
        asks="Is it seen that sentences of a grammar have a wrong word?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of sentences with another word in place of one",
        levels=FIFTHS,
        only=OF_LETTERS,
        expects=Worsens(role=_one_of("grammatical_share", "covered_probability", "judged_bits")),
        make=mistaken_words,
    ),
    Check(
        name="bits_of_short_memory",
        asks="Are bits beyond the truth's the divergence of chains? (Closed form.)",
        desideratum=Desideratum.BOUNDS,
        knob="share of letters judged by the last alone",
        levels=(0.0, 0.25, 0.5, 1.0),
        only=("excess_bits",),
        expects=Equals({"excess_bits": lambda level: divergence_from_truth(forgetful(level))}),
        make=said_by_short_memory,
    ),
    _of_series(
        name="measured_series",
        asks="Does noise count that is added to each value of a series?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="standard deviation of the noise",
        levels=(0.0, 0.25, 0.5, 1.0),
        expects=Worsens(("noise",)),
        make=on_series(measured),
    ),
    _of_series(
        name="scaled_series",
        asks="Is the ratio of innovations that of scales, squared? (Closed form.)",
        desideratum=Desideratum.BOUNDS,
        knob="factor",
        levels=(0.5, 1.0, 2.0),
        expects=Equals({"innovation_ratio": lambda level: level**2}, transform=np.log),
        make=on_series(scaled),
    ),
)
