"""Self-similarity: how well other generated rows foretell each one's grams.

Self-BLEU: Zhu et al., "Texygen: a benchmarking platform for text generation models", SIGIR 2018,
https://arxiv.org/abs/1802.01886. Whoever compares it across programs compares versions and
smoothing; here both are stated, and 200 rows are held against one another, since it rises with
their number: from .67 to .90 from 25 to 200 windows of English. It says little of how good text is:
.89 of real windows, .88 of those that a 5-gram model draws.
"""

from genbench.evidence.self_similarity import SelfSimilarity
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def self_similarity(similarity: SelfSimilarity) -> float:
    """Mean BLEU, of grams up to 4, of 200 generated rows, each against the others of them."""
    return float(similarity.scores.mean())


def of_test(similarity: SelfSimilarity) -> float | None:
    """The same of as many test rows."""
    return similarity.of_test


def similarity_error(similarity: SelfSimilarity) -> float:
    """Standard error of the mean over rows, each against rows that are held fixed.

    About right for text; where a few symbols make all rows alike it is too large by half.
    """
    return error_of_mean(similarity.scores)


METRICS = (
    Metric(
        compute=self_similarity,
        needs=SelfSimilarity,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "collapse"),
        ideal=of_test,
        standard_error=similarity_error,
        uncertainty="spread over rows, those that each is held against held fixed",
    ),
)
