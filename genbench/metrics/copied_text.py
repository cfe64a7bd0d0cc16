"""Text from memory: strings and whole rows that stand in the training set.

Novel n-grams as in McCoy et al., "How much do language models copy from their training data?",
TACL 2023, https://arxiv.org/abs/2111.09509; spans and whole rows as in Carlini et al., "Quantifying
memorization across neural language models", ICLR 2023, https://arxiv.org/abs/2202.07646.

New text is not all new, and noise is nothing else: what real rows share with training rows is what
is to be met. Of English windows of 128 characters .38 of the 8-grams are new, and the longest span
from training is 28 characters on average, as phrases recur: more than the 19 of a 5-gram model,
.52 of whose 8-grams are new. Short sentences recur whole: a quarter of those of the data set
`grammar`.
"""

import numpy as np

from genbench.evidence.training_matches import TrainingMatches
from genbench.ground.arrays import Labels
from genbench.ground.errors import Unavailable
from genbench.ground.spread import error_of_mean, error_of_ratio, error_of_share
from genbench.metric import Metric

ORDER = 8


def novel_ngrams(matches: TrainingMatches) -> float:
    """Share of the 8-grams of generated rows that occur in no training row."""
    return _share(*_novel(matches.matches, matches.generated.lengths))


def copied_span(matches: TrainingMatches) -> float:
    """Mean over generated rows of their longest string that occurs in a training row, in symbols.

    Strings count up to 128 symbols, of very large training sets up to fewer. The p-value is that of
    such spans or longer ones if they were those of test rows: Mann and Whitney, "On a test of
    whether one of two random variables is stochastically larger than the other", Annals of
    Mathematical Statistics 1947, https://doi.org/10.1214/aoms/1177730491.
    """
    return float(matches.spans.mean())


def verbatim_share(matches: TrainingMatches) -> float:
    """Share of generated rows that are training rows."""
    return float(matches.known.mean())


def novel_in_test(matches: TrainingMatches) -> float:
    """The same of test rows."""
    return _share(*_novel(matches.test_matches, matches.test.lengths))


def span_of_test(matches: TrainingMatches) -> float:
    """The same of test rows."""
    return float(matches.test_spans.mean())


def verbatim_in_test(matches: TrainingMatches) -> float:
    """The same of test rows."""
    return float(matches.test_known.mean())


def novel_error(matches: TrainingMatches) -> float:
    """Standard error of the ratio, over rows."""
    return error_of_ratio(*_novel(matches.matches, matches.generated.lengths))


def span_error(matches: TrainingMatches) -> float:
    """Standard error of the mean over rows."""
    return error_of_mean(matches.spans)


def verbatim_error(matches: TrainingMatches) -> float:
    """Binomial standard error over rows."""
    return error_of_share(verbatim_share(matches), len(matches.known))


def span_p_value(matches: TrainingMatches) -> float:
    """Probability that spans as long as these, or longer, are those of test rows."""
    from scipy.stats import mannwhitneyu  # slow to import, and lists of metrics must come fast

    return float(
        mannwhitneyu(
            matches.spans, matches.test_spans, alternative="greater", method="asymptotic"
        ).pvalue
    )


def _novel(matches: Labels, lengths: Labels) -> tuple[Labels, Labels]:
    """Return how many 8-grams of each row are new (n,), and how many there are."""
    every = np.maximum(lengths - ORDER + 1, 0)
    return every - (matches >= ORDER).sum(axis=1), every


def _share(novel: Labels, every: Labels) -> float:
    if not every.sum():
        raise Unavailable(f"no row has {ORDER} symbols")
    return float(novel.sum() / every.sum())


METRICS = (
    Metric(
        compute=novel_ngrams,
        needs=TrainingMatches,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "copying"),
        ideal=novel_in_test,
        standard_error=novel_error,
        uncertainty="spread over rows",
    ),
    Metric(
        compute=copied_span,
        needs=TrainingMatches,
        aim="match",
        bounds=(0, np.inf),
        catches=("noise", "copying"),
        ideal=span_of_test,
        standard_error=span_error,
        uncertainty="spread over rows",
        p_value=span_p_value,
    ),
    Metric(
        compute=verbatim_share,
        needs=TrainingMatches,
        aim="match",
        bounds=(0, 1),
        catches=("copying",),
        ideal=verbatim_in_test,
        standard_error=verbatim_error,
        uncertainty="binomial over rows",
    ),
)
