"""Generated sequences under the law of the data, where that is known.

A model of language can be held against the law that wrote its training set only where people made
that law: a formal language, as in Hewitt et al., "RNNs can generate bounded hierarchical languages
with optimal memory", EMNLP 2020, https://aclanthology.org/2020.emnlp-main.156, or a Markov chain.

A row that ends is a sentence; one that does not is the beginning of some, and its probability is
that of all of them.
"""

import numpy as np

from genbench.evidence.true_law import TrueLaw
from genbench.ground.spread import error_of_ratio, error_of_share
from genbench.metric import Metric


def surprisal_gap(law: TrueLaw) -> float:
    """Bits per symbol that generated rows take under the true law, less its own entropy.

    Above 0: less likely than real rows; below: too safe. One impossible row takes infinitely many
    bits: it is not defined then, and `grammatical_share` tells how many there are. The entropy is
    that of 2,000 rows drawn from the law, a total over rows by a total of symbols.
    """
    return float(law.surprisal.sum() / law.lengths.sum() - law.entropy.bits)


def grammatical_share(law: TrueLaw) -> float:
    """Share of generated rows that are possible under the true law."""
    return float(law.possible.mean())


def covered_probability(law: TrueLaw) -> float:
    """Probability that the true law gives the different rows among the generated ones.

    Copies of training rows cover as much as new ones; more rows cover more.
    """
    return float(min(law.probabilities[law.first].sum(), 1.0))


def gap_error(law: TrueLaw) -> float:
    """Standard error of the difference of two ratios of separate rows."""
    return float(np.hypot(error_of_ratio(law.surprisal, law.lengths), law.entropy.error))


def grammatical_error(law: TrueLaw) -> float:
    """Binomial standard error over rows."""
    return error_of_share(grammatical_share(law), len(law.lengths))


def covered_error(law: TrueLaw) -> float:
    """Jackknife over rows: without one, the sum lacks its probability if no other is equal."""
    lost = np.where(law.only, law.probabilities, 0.0)
    return float(np.sqrt(((lost - lost.mean()) ** 2).sum()))


METRICS = (
    Metric(
        compute=surprisal_gap,
        needs=TrueLaw,
        aim="match",
        catches=("shift",),
        ideal=0.0,
        standard_error=gap_error,
        uncertainty="spread over rows",
    ),
    Metric(
        compute=grammatical_share,
        needs=TrueLaw,
        aim="high",
        bounds=(0, 1),
        catches=("noise",),
        ideal=1.0,
        standard_error=grammatical_error,
        uncertainty="binomial over rows",
    ),
    Metric(
        compute=covered_probability,
        needs=TrueLaw,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "collapse"),
        standard_error=covered_error,
        uncertainty="jackknife over rows",
    ),
)
