"""Perplexity: how many tokens a model of sequences hesitates between.

Jelinek et al., "Perplexity: a measure of the difficulty of speech recognition tasks", 1977,
https://doi.org/10.1121/1.2016299. It depends on how text is cut into tokens; bits per byte do not.
"""

import numpy as np

from genbench.evidence.comparison import given
from genbench.evidence.tokens import Tokens
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def perplexity(tokens: Tokens) -> float:
    """Inverse of the geometric mean of the test tokens' probabilities."""
    with np.errstate(over="ignore"):  # beyond double precision it is infinite
        return float(np.exp(-_possible(tokens).mean()))


def bits_per_byte(tokens: Tokens) -> float:
    """Length of the test text's code, in bits per byte of the text."""
    n_bytes = given(tokens.n_bytes, "bytes of text (test_bytes) that the tokens spell")
    return float(-_possible(tokens).sum() / np.log(2) / n_bytes)


def perplexity_error(tokens: Tokens) -> float:
    """Standard error by the exponential's slope, tokens taken as independent."""
    return float(perplexity(tokens) * error_of_mean(tokens.log_prob))


def bits_per_byte_error(tokens: Tokens) -> float:
    """Standard error of the sum, tokens taken as independent."""
    n_bytes = given(tokens.n_bytes, "bytes")
    return float(len(tokens.log_prob) * error_of_mean(tokens.log_prob) / np.log(2) / n_bytes)


def _possible(tokens: Tokens) -> Array:
    impossible = int(np.isinf(tokens.log_prob).sum())
    if impossible:
        n = len(tokens.log_prob)
        raise Unavailable(f"the model holds {impossible} of {n} test tokens to be impossible")
    return tokens.log_prob


METRICS = (
    Metric(
        compute=perplexity,
        needs=Tokens,
        aim="low",
        bounds=(1, np.inf),
        catches=(),
        standard_error=perplexity_error,
        uncertainty="spread over tokens, as if independent",
    ),
    Metric(
        compute=bits_per_byte,
        needs=Tokens,
        also=("test_bytes",),
        aim="low",
        bounds=(0, np.inf),
        catches=(),
        standard_error=bits_per_byte_error,
        uncertainty="spread over tokens, as if independent",
    ),
)
