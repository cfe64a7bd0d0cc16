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

FADING = np.array([0.75, -0.25])  # weights of rows that occur once and twice


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

    Copies of training rows cover as much as new ones (of `grammar` .22 for .23, eight rows .01),
    and more rows cover more. Of long rows it is next to nothing, whoever draws them.
    """
    return float(min(law.probabilities[law.first].sum(), 1.0))


def gap_error(law: TrueLaw) -> float:
    """Standard error of the difference of two ratios of separate rows."""
    return float(np.hypot(error_of_ratio(law.surprisal, law.lengths), law.entropy.error))


def grammatical_error(law: TrueLaw) -> float:
    """Binomial standard error over rows."""
    return error_of_share(grammatical_share(law), len(law.lengths))


def covered_error(law: TrueLaw) -> float:
    """Spread of which rows are drawn at all, by those that were drawn seldom.

    A row that is expected m times is there or not with variance exp(-m) (1 - exp(-m)). That is what
    counts of 1, 2, 3, ... tell by weights 1, -1, 1, ...; Efron and Thisted, "Estimating the number
    of unseen species: how many words did Shakespeare know?", Biometrika 1976,
    https://doi.org/10.1093/biomet/63.3.435, let weights fade as the tails of so many tosses of a
    coin, here two: more would scatter more. The jackknife, which has the first weight alone, is too
    large by half where many rows are drawn several times.
    """
    counts, p = law.counts[law.first], law.probabilities[law.first]
    weights = np.append(FADING, 0.0)[np.minimum(counts, len(FADING) + 1) - 1]
    once = p[counts == 1].sum()
    return float(np.sqrt(max(weights @ p**2 - once**2 / len(law.lengths), 0.0)))


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
        uncertainty="spread of which rows are drawn",
    ),
)
