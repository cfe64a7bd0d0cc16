"""Perplexity: how many tokens a model of sequences hesitates between.

Jelinek et al., "Perplexity: a measure of the difficulty of speech recognition tasks", 1977,
https://doi.org/10.1121/1.2016299. It depends on how text is cut into tokens; bits per byte do not.

Of rows of symbols the tokens are their symbols, the end one of them; what they spell has no byte
for it. Symbols of several characters spell a text in more than one way, and a model is asked for
one of them: its bits per byte are then an upper bound.
"""

import numpy as np

from genbench.evidence.comparison import given
from genbench.evidence.log_likelihoods import possible
from genbench.evidence.tokens import Tokens
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_ratio
from genbench.metric import Metric

SPREAD = "spread over rows, or over tokens, as if independent, where rows are not told"


def perplexity(tokens: Tokens) -> float:
    """Inverse of the geometric mean of the test tokens' probabilities."""
    with np.errstate(over="ignore"):  # beyond double precision it is infinite
        return float(np.exp(-_possible(tokens).sum() / tokens.sizes.sum()))


def bits_per_byte(tokens: Tokens) -> float:
    """Length of the test text's code, in bits per byte of the text."""
    n_bytes = _bytes(tokens)
    return float(-_possible(tokens).sum() / np.log(2) / n_bytes.sum())


def perplexity_error(tokens: Tokens) -> float:
    """Standard error by the exponential's slope."""
    return float(perplexity(tokens) * error_of_ratio(tokens.log_prob, tokens.sizes))


def bits_per_byte_error(tokens: Tokens) -> float:
    """Standard error of the ratio."""
    return float(error_of_ratio(tokens.log_prob, _bytes(tokens)) / np.log(2))


def _bytes(tokens: Tokens) -> Array:
    return given(tokens.n_bytes, "bytes of text (test_bytes) that the tokens spell")


def _possible(tokens: Tokens) -> Array:
    return possible(tokens.log_prob, "test tokens")


METRICS = (
    Metric(
        compute=perplexity,
        needs=Tokens,
        aim="low",
        bounds=(1, np.inf),
        catches=(),
        standard_error=perplexity_error,
        uncertainty=SPREAD,
    ),
    Metric(
        compute=bits_per_byte,
        needs=Tokens,
        also=("test_bytes",),
        aim="low",
        bounds=(0, np.inf),
        catches=(),
        standard_error=bits_per_byte_error,
        uncertainty=SPREAD,
    ),
)
