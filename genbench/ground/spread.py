"""Standard errors of what most scores are: a mean, or a share."""

import math

from genbench.ground.arrays import Array, Labels


def error_of_mean(values: Array | Labels) -> float:
    """Standard error of the mean of values (n,); not a number for a single one."""
    return float(values.std(ddof=1) / math.sqrt(len(values)))


def error_of_ratio(values: Array | Labels, sizes: Array | Labels) -> float:
    """Standard error of the sum of values (n,) over that of sizes (n,), both of one sample each.

    By the ratio's slope (Cochran, "Sampling techniques", 1977, section 6.3).
    """
    off = values - values.sum() / sizes.sum() * sizes
    return float(off.std(ddof=1) * math.sqrt(len(values)) / sizes.sum())


def error_of_share(share: float, n: int) -> float:
    """Binomial standard error of a share of n."""
    return math.sqrt(share * (1 - share) / n)


def error_where_degenerate(jackknife: float, degenerate: float) -> float:
    """Standard error of a statistic whose first order vanishes where distributions are equal.

    The variance by the jackknife, or by influences, counts what is then left, `degenerate`, twice:
    half of it is right where nothing else is there, and all but `degenerate` where much is. The
    larger of the two, a usual choice, is too large by up to a factor of two where distributions are
    equal and few dimensions make the jackknife scatter. Half of it, until that is half as much
    again as what would be left, is right there on average, and little below the truth in between;
    a quarter of what is left by chance keeps the error of a lucky draw from vanishing.
    """
    half, degenerate = jackknife / 2, max(degenerate, 0.0)
    return math.sqrt(max(half, degenerate / 4) + max(half - 1.5 * degenerate, 0.0))
