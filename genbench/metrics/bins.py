"""Number of statistically different bins (NDB): where generated samples are too many or too few.

Richardson and Weiss, "On GANs and GMMs", NeurIPS 2018, https://arxiv.org/abs/1805.12462.

Differs from the paper: cells are fitted on the training set where there is one and both test and
generated points are counted in them, so neither has shaped its own cells; there are at most 100 and
never fewer than ten points a cell; cells that no point fell into are left out; and the p-value is
of a chi-square test of all cells at once.
"""

import numpy as np
import scipy

from genbench.evidence import Bins
from genbench.evidence.bins import SIGNIFICANCE
from genbench.metric import Metric


def statistically_different_bins(bins: Bins) -> float:
    """Share of cells that hold significantly more or fewer generated than test points (NDB/K).

    A two-proportion z test per cell at the 5 % level, which is therefore the share by chance.
    """
    return float((np.abs(bins.z_scores()) > -scipy.special.ndtri(SIGNIFICANCE / 2)).mean())


def bin_divergence(bins: Bins) -> float:
    """Jensen-Shannon divergence between the shares of test and generated points in the cells.

    In nats, from 0 to ln 2; above 0 for two samples of one distribution, by about
    (K - 1)(1 / n + 1 / m) / 8 in K cells.
    """
    test, generated = bins.test / bins.test.sum(), bins.generated / bins.generated.sum()
    middle = (test + generated) / 2
    return float(
        (scipy.special.rel_entr(test, middle) + scipy.special.rel_entr(generated, middle)).sum() / 2
    )


def homogeneity_p_value(bins: Bins) -> float:
    """Of Pearson's chi-square test that both sets fall into the cells by one law."""
    counts = np.stack([bins.test, bins.generated])
    counts = counts[:, counts.sum(axis=0) > 0]
    n_degrees = counts.shape[1] - 1
    if n_degrees == 0:  # every point in one cell: nothing can differ
        return 1.0
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    return float(scipy.special.chdtrc(n_degrees, ((counts - expected) ** 2 / expected).sum()))


METRICS = (
    Metric(
        compute=statistically_different_bins,
        needs=Bins,
        aim="low",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=SIGNIFICANCE,
        chance=SIGNIFICANCE,
        p_value=homogeneity_p_value,
    ),
    Metric(
        compute=bin_divergence,
        needs=Bins,
        aim="low",
        bounds=(0, float(np.log(2))),
        catches=("noise", "shift", "collapse", "dropped mode"),
    ),
)
