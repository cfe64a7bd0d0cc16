"""Standard errors of what most scores are: a mean, or a share."""

import math

from genbench.ground.arrays import Array


def error_of_mean(values: Array) -> float:
    """Standard error of the mean of values (n,); not a number for a single one."""
    return float(values.std(ddof=1) / math.sqrt(len(values)))


def error_of_share(share: float, n: int) -> float:
    """Binomial standard error of a share of n."""
    return math.sqrt(share * (1 - share) / n)
