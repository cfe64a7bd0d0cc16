"""Lengths of codes: how many bits a model needs to tell its samples.

Shannon, "A mathematical theory of communication", 1948,
https://doi.org/10.1002/j.1538-7305.1948.tb01338.x: the shortest code gives a sample -log2 of its
probability. A density gives that of a cell of volume one; of a cell of volume v it is log2(1 / v)
more, so bits of continuous samples depend on their unit and may be negative. Whole numbers stand
for cells of one unit: a density is to be taken at samples with even noise of one unit, see Theis
et al., "A note on the evaluation of generative models", ICLR 2016,
https://arxiv.org/abs/1511.01844.

Dawid, "Statistical theory: the prequential approach", 1984, https://doi.org/10.2307/2981683, and
Krichevsky and Trofimov, "The performance of universal encoding", 1981,
https://doi.org/10.1109/TIT.1981.1056331: a code that learns as it goes.
"""

import numpy as np
import scipy
from numpy.typing import ArrayLike

from genbench.evidence.code_lengths import CodeLengths
from genbench.evidence.likelihood_pair import LikelihoodPair
from genbench.evidence.log_likelihoods import LogLikelihoods
from genbench.ground.errors import BadInput
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric

NAT = float(np.log2(np.e))  # in bits


def bits_per_dimension(lengths: CodeLengths) -> float:
    """Mean -log2 density of test samples per value that a sample has."""
    return float(lengths.bits.mean() / lengths.d)


def description_length(likelihoods: LogLikelihoods) -> float:
    """Mean -log2 density of test samples: the bits that a sample takes, up to its resolution."""
    return float(-likelihoods.test.mean() * NAT)


def likelihood_gap(likelihoods: LikelihoodPair) -> float:
    """Mean log-density of training samples minus that of test samples, in nats: overfitting."""
    return float(likelihoods.train.mean() - likelihoods.test.mean())


def prequential_description_length(counts: ArrayLike) -> float:
    """Return the bits that a sequence with these counts of symbols (n_symbols,) takes.

    Each symbol is coded by what came before it, with half a count of every symbol to begin with:
    the order of the sequence does not matter.

    Raises:
        BadInput: not whole numbers from 0 up, of two symbols or more.
    """
    seen = np.asarray(counts, dtype=float)
    if seen.ndim != 1 or len(seen) < 2 or not np.isfinite(seen).all():
        raise BadInput("counts must be of two symbols or more.")
    if (seen < 0).any() or (seen != np.rint(seen)).any():
        raise BadInput("counts must be whole numbers from 0 up.")
    start = len(seen) / 2
    each = scipy.special.gammaln(seen + 0.5).sum() - len(seen) * scipy.special.gammaln(0.5)
    return float(
        (scipy.special.gammaln(seen.sum() + start) - scipy.special.gammaln(start) - each) * NAT
    )


def bits_per_dimension_error(lengths: CodeLengths) -> float:
    """Standard error of the mean over test samples."""
    return error_of_mean(lengths.bits) / lengths.d


def description_error(likelihoods: LogLikelihoods) -> float:
    """Standard error of the mean over test samples."""
    return error_of_mean(likelihoods.test) * NAT


def gap_error(likelihoods: LikelihoodPair) -> float:
    """Standard error of a difference of means of separate samples."""
    return float(np.hypot(error_of_mean(likelihoods.train), error_of_mean(likelihoods.test)))


METRICS = (
    Metric(
        compute=bits_per_dimension,
        needs=CodeLengths,
        aim="low",
        catches=(),
        standard_error=bits_per_dimension_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=description_length,
        needs=LogLikelihoods,
        aim="low",
        catches=(),
        standard_error=description_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=likelihood_gap,
        needs=LikelihoodPair,
        aim="match",
        catches=(),
        ideal=0.0,
        chance=0.0,
        standard_error=gap_error,
        uncertainty="spread over training and over test samples",
    ),
)
