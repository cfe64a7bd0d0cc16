"""Bits that a model of sequences needs for a symbol: all of them, and those too many.

Shannon, "Prediction and entropy of printed English", Bell System Technical Journal 1951,
https://doi.org/10.1002/j.1538-7305.1951.tb01366.x. Each symbol is counted once, given all before it
in its row, and the end as a symbol of the row; the sum over rows is divided by the sum of their
lengths, so that no row is a mean of its own. Units of other programs (a word, a token, a byte) are
those of `perplexity` and `bits_per_byte`.

On a finite set of rows a model can fall below the entropy by luck of the rows: by some .006 bits on
500 rows of 64 symbols. Beside the truth, row by row, that luck is gone: there the same rows tell
.0007 bits apart. The mean is then the Kullback-Leibler divergence of the model from the truth, in
bits a symbol: Kullback and Leibler, "On information and sufficiency", Annals of Mathematical
Statistics 1951, https://doi.org/10.1214/aoms/1177729694.
"""

import numpy as np

from genbench.evidence.excess import Excess
from genbench.evidence.row_likelihoods import RowLikelihoods
from genbench.ground.spread import error_of_ratio
from genbench.metric import Metric


def bits_per_symbol(likelihoods: RowLikelihoods) -> float:
    """Length of the test rows' code, in bits per symbol."""
    return float(likelihoods.bits.sum() / likelihoods.lengths.sum())


def excess_bits(excess: Excess) -> float:
    """Bits per symbol that test samples take beyond those that they take under the true law.

    Of samples that are no sequences: bits per value.
    """
    return excess.value


def true_bits(likelihoods: RowLikelihoods) -> float | None:
    """What the true law takes on these very rows, if it is known."""
    if likelihoods.true is None:
        return None
    return float(-likelihoods.true.sum() / np.log(2) / likelihoods.lengths.sum())


def bits_error(likelihoods: RowLikelihoods) -> float:
    """Standard error of the ratio, over rows."""
    return error_of_ratio(likelihoods.bits, likelihoods.lengths)


def excess_error(excess: Excess) -> float:
    """Standard error of the ratio of paired differences, over samples."""
    return excess.error


METRICS = (
    Metric(
        compute=bits_per_symbol,
        needs=RowLikelihoods,
        aim="low",
        bounds=(0, np.inf),
        catches=(),
        ideal=true_bits,
        standard_error=bits_error,
        uncertainty="spread over rows",
    ),
    Metric(
        compute=excess_bits,
        needs=Excess,
        aim="low",
        catches=(),
        ideal=0.0,
        standard_error=excess_error,
        uncertainty="spread over test samples, each beside the truth",
    ),
)
