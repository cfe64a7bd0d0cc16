"""Data-copying test: do samples lie nearer to the training set than unseen real ones do?

Meehan, Chaudhuri and Dasgupta, "A non-parametric test to detect data-copying in generative models",
AISTATS 2020, https://arxiv.org/abs/2004.05675.

Differs from the authors' code: no correction for continuity, which is off zero for a perfect model;
tied distances, as of exact copies, shrink the variance; and points are taken as they are, with no
projection to 64 dimensions.
"""

import numpy as np
import scipy

from genbench.evidence.data_copying import DataCopying
from genbench.metric import Metric


def data_copying(copying: DataCopying) -> float:
    """Mean rank z score of distances to the train set, against test samples; negative if nearer.

    In standard errors, so it grows with the number of samples: far below 0 samples are copies, far
    above 0 they are unlike the data. Cells count by the test samples in them.
    """
    return float(np.average(copying.z_scores, weights=copying.n_test))


def copying_p_value(copying: DataCopying) -> float:
    """Two-sided: the z scores are independent and normal if both sets have one distribution."""
    error = np.sqrt((copying.n_test**2).sum()) / copying.n_test.sum()
    return float(2 * scipy.special.ndtr(-abs(data_copying(copying)) / error))


METRICS = (
    Metric(
        compute=data_copying,
        needs=DataCopying,
        aim="match",
        catches=("noise", "shift", "copying"),
        ideal=0.0,
        chance=0.0,
        p_value=copying_p_value,
    ),
)
