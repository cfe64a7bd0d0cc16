"""Strings of a few symbols: how often which, how many different ones, how often again in a row.

Divergence: Lin, "Divergence measures based on the Shannon entropy", IEEE Transactions on
Information Theory 1991, https://doi.org/10.1109/18.61115. Different n-grams over all, distinct-n:
Li et al., "A diversity-promoting objective function for neural conversation models", NAACL 2016,
https://aclanthology.org/N16-1014. Repetition within a row, rep-n, here of n = 4: Welleck et al.,
"Neural text generation with unlikelihood training", ICLR 2020, https://arxiv.org/abs/1908.04319.

No gram crosses rows or passes an end, which is itself a symbol. None of these numbers is free of
size: with more rows two sets of real ones differ less (the divergence of 392 windows of 128
characters of English from as many is .078 bits), and a smaller part of all grams are different; a
longer row has more to repeat. Hence rows beside rows, as many of both. Nor is all repetition bad:
real windows repeat .13 of their 4-grams, those that a 5-gram model draws .05; at temperature one
half these repeat as much as real ones (.13), and half of all different 4-grams are gone (.12 for
.24 of all).
"""

import numpy as np
import scipy

from genbench.evidence.grams import Grams
from genbench.evidence.parts import OverParts
from genbench.evidence.symbol_rows import SymbolRows
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric

POOLED, COUNTED = 3, 4  # orders of the divergence, and of what counts different ones
FIRST, SECOND = 0.75, 0.25  # weights of what single rows, and what pairs of rows, hold alone


def ngram_divergence(grams: Grams) -> float:
    """Jensen-Shannon divergence between the 3-grams of generated and of test rows, in bits."""
    shares = _shares(grams)
    middle = shares.mean(axis=0)
    parts = np.where(shares > 0, shares * np.log2(np.where(shares > 0, shares, 1) / middle), 0)
    return float(min(max(parts.sum() / 2, 0.0), 1.0))


def distinct_ngrams(grams: Grams) -> float:
    """Number of different 4-grams in generated rows, over the number of all."""
    codes, _ = _counted(grams.generated, "generated")
    return float(len(np.unique(codes)) / len(codes))


def repetition(grams: Grams) -> float:
    """Mean over generated rows of the share of their 4-grams that they have had before."""
    return float(repeated(grams.generated, "generated").mean())


def repeated(rows: SymbolRows, name: str) -> Array:
    """Return, of each row that has a 4-gram, one less different ones over all."""
    codes, of_row = _counted(rows, name)
    n = len(rows.lengths)
    every = np.bincount(of_row, minlength=n)
    numbers = np.unique(codes, return_inverse=True)[1]
    different = np.bincount(np.unique(numbers * n + of_row) % n, minlength=n)
    held = every > 0
    return np.asarray(1 - different[held] / every[held])


def distinct_of_test(grams: Grams) -> float | None:
    """What is expected of as many test rows, if there are as many: drawn from all of them."""
    n, m = len(grams.test.lengths), len(grams.generated.lengths)
    if m > n:
        return None
    codes, of_row = _counted(grams.test, "test")
    numbers = np.unique(codes, return_inverse=True)[1]
    holding = np.bincount(np.unique(numbers * n + of_row) // n)  # rows that hold each gram
    seen = 1 - np.exp(_log_choose(n - holding, m) - _log_choose(n, m))
    return float(seen.sum() / (len(codes) * m / n))


def repetition_of_test(grams: Grams) -> float:
    """The same of test rows."""
    return float(repeated(grams.test, "test").mean())


def distinct_error(grams: Grams) -> float:
    """Standard error over rows: the jackknife's, less what it counts twice.

    Without a row, grams are lost that no other row holds. That these are many where rows have much
    in common is due to pairs of rows, whose grams no third row holds: Efron and Stein, "The
    jackknife estimate of variance", Annals of Statistics 1981,
    https://doi.org/10.1214/aos/1176345462. Weights are those of `covered_probability`.
    """
    codes, of_row = _counted(grams.generated, "generated")
    n = len(grams.generated.lengths)
    kinds, numbers = np.unique(codes, return_inverse=True)
    held, holder = np.divmod(np.unique(numbers * n + of_row), n)
    holding = np.bincount(held)[held]
    only = np.bincount(holder[holding == 1], minlength=n)
    first, second = holder[holding == 2].reshape(-1, 2).T
    of_pairs = np.unique(first * n + second, return_counts=True)[1]
    without = (len(kinds) - only) / (len(codes) - np.bincount(of_row, minlength=n))
    jackknife = (n - 1) / n * ((without - without.mean()) ** 2).sum()
    twice = (of_pairs**2).sum() / len(codes) ** 2
    return float(np.sqrt(max(FIRST * jackknife - SECOND * twice, jackknife / 4)))


def repetition_error(grams: Grams) -> float:
    """Standard error of the mean over rows."""
    return error_of_mean(repeated(grams.generated, "generated"))


def _shares(grams: Grams) -> Array:
    """Return how common each 3-gram is in test and in generated rows (2, n_grams)."""
    codes = [grams.test.grams(POOLED)[0], grams.generated.grams(POOLED)[0]]
    if not all(map(len, codes)):
        raise Unavailable(f"no row has {POOLED} symbols")
    kinds, numbers = np.unique(np.concatenate(codes), return_inverse=True)
    parts = np.split(numbers, [len(codes[0])])
    return np.stack([np.bincount(part, minlength=len(kinds)) / len(part) for part in parts])


def _counted(rows: SymbolRows, name: str) -> tuple[Labels, Labels]:
    codes, of_row = rows.grams(COUNTED)
    if not len(codes):
        raise Unavailable(f"no {name} row has {COUNTED} symbols")
    return codes, of_row


def _log_choose(n: Labels | int, m: int) -> Array:
    """Return log of n choose m; minus infinity where m is more."""
    n = np.asarray(n, dtype=float)
    possible = np.maximum(n, m)
    found = (
        scipy.special.gammaln(possible + 1)
        - scipy.special.gammaln(m + 1)
        - scipy.special.gammaln(possible - m + 1)
    )
    return np.where(n < m, -np.inf, found)


METRICS = (
    Metric(
        compute=ngram_divergence,
        needs=Grams,
        aim="low",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        standard_error=OverParts(power=0.5),
    ),
    Metric(
        compute=distinct_ngrams,
        needs=Grams,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "collapse"),
        ideal=distinct_of_test,
        standard_error=distinct_error,
        uncertainty="spread over rows and pairs of them",
    ),
    Metric(
        compute=repetition,
        needs=Grams,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "shift"),
        ideal=repetition_of_test,
        standard_error=repetition_error,
        uncertainty="spread over rows",
    ),
)
