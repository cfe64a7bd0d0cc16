"""Does a response rise with the knob? Page's test over seeds, and Spearman's rank correlation.

Page, "Ordered hypotheses for multiple treatments", Journal of the American Statistical Association
1963, https://doi.org/10.1080/01621459.1963.10500843. Seeds are the blocks, levels the treatments.
"""

import numpy as np
from scipy.stats import rankdata

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for

N_BOOTSTRAP = 2000


def page_p_value(losses: Array) -> tuple[float, bool]:
    """Return the two-sided p-value of no trend over levels, and whether the trend is downwards.

    Ties share their mean rank, which makes the test more cautious.

    Args:
        losses: (n_seeds, n_levels); infinite ones are the largest or least.
    """
    from scipy.stats import page_trend_test

    ranks = rankdata(losses, axis=1)
    up = float(page_trend_test(ranks, ranked=True).pvalue)
    down = float(page_trend_test(ranks[:, ::-1], ranked=True).pvalue)
    return min(1.0, 2 * min(up, down)), down < up


def rank_correlations(losses: Array, levels: Array) -> Array:
    """Return Spearman's correlation of losses (n_seeds, n_levels) with the levels, (n_seeds,).

    A response that never moves correlates with nothing: 0.
    """
    ranks, of_levels = rankdata(losses, axis=1), rankdata(levels)
    ranks = ranks - ranks.mean(axis=1, keepdims=True)
    of_levels = of_levels - of_levels.mean()
    norms = np.sqrt((ranks**2).sum(axis=1) * (of_levels**2).sum())
    return np.asarray(
        np.divide(ranks @ of_levels, norms, out=np.zeros(len(ranks)), where=norms > 0)
    )


def interval_of_mean(numbers: Array) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean of numbers (n,), one a seed."""
    rng = rng_for(0, "interval of a mean")
    drawn = rng.integers(len(numbers), size=(N_BOOTSTRAP, len(numbers)))
    low, high = np.quantile(numbers[drawn].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
