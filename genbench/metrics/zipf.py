"""Zipf's exponent: how fast words grow rare, by rank.

Zipf, "Human behavior and the principle of least effort", 1949; as a measure of generated text,
Holtzman et al., "The curious case of neural text degeneration", ICLR 2020,
https://arxiv.org/abs/1904.09751. The exponent is the likeliest one of a law r^-s of as many ranks
as there are different words (Clauset, Shalizi and Newman, "Power-law distributions in empirical
data", SIAM Review 2009, https://doi.org/10.1137/070710111): a line through logarithms of counts
gives every word that occurs once the weight of the commonest, and .74 for the .85 of English
windows. Letters drawn one by one have .33 less, a 5-gram model at temperature one half .20 more.
"""

import numpy as np

from genbench.evidence.parts import OverParts
from genbench.evidence.words import Words
from genbench.ground.arrays import Labels
from genbench.ground.errors import Unavailable
from genbench.metric import Metric

STEEPEST = 64.0


def zipf_gap(words: Words) -> float:
    """Zipf exponent of the words of generated rows, less that of the words of test rows.

    Where no blank parts words, of strings of four symbols.
    """
    return exponent(words.generated) - exponent(words.test)


def exponent(counts: Labels) -> float:
    """Return the likeliest s of a law r^-s of the ranks of words with these counts (n_words,).

    Raises:
        Unavailable: all are one word.
    """
    from scipy.optimize import brentq

    if len(counts) < 2:
        raise Unavailable("there are no two different words")
    logs = np.log(np.arange(1, len(counts) + 1))
    mean = np.sort(counts)[::-1] @ logs / counts.sum()

    def too_flat(s: float) -> float:
        weights = np.exp(-s * logs)
        return float(weights @ logs / weights.sum() - mean)

    if too_flat(0.0) <= 0:
        return 0.0  # all are as common
    return float(brentq(too_flat, 0.0, STEEPEST)) if too_flat(STEEPEST) < 0 else STEEPEST


METRICS = (
    Metric(
        compute=zipf_gap,
        needs=Words,
        aim="match",
        catches=("noise",),
        ideal=0.0,
        chance=0.0,
        standard_error=OverParts(),
    ),
)
