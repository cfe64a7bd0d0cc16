"""Precision and recall of distributions: the trade-off of what is made for what is missed.

Sajjadi et al., "Assessing generative models via precision and recall", NeurIPS 2018,
https://arxiv.org/abs/1806.00035.

As published: 20 k-means clusters of both sets together, ten runs, 1001 angles. Differs from the
paper's code: sets of unequal size are cut to one size instead of refused.
"""

import numpy as np

from genbench.evidence.shared_clusters import SharedClusters
from genbench.ground.arrays import Array
from genbench.metric import Metric

N_ANGLES = 1001


def precision_recall_f8(clusters: SharedClusters) -> float:
    """Best F score, recall weighing 8 times precision, on the curve of cluster shares.

    Near 1 unless something of the test set is missing.
    """
    return _best(clusters, 8)


def precision_recall_f1_8(clusters: SharedClusters) -> float:
    """Best F score, precision weighing 8 times recall, on the curve of cluster shares.

    Near 1 unless something is generated that the test set does not hold.
    """
    return _best(clusters, 1 / 8)


def curve(test: Array, generated: Array) -> tuple[Array, Array]:
    """Return precision and recall, (..., N_ANGLES), of shares (..., n_clusters).

    For each slope: precision = sum of min(slope * test, generated), recall = precision / slope. At
    slope one both are the mass that the two have in common: one less their total variation.
    """
    angles = np.linspace(1e-10, np.pi / 2 - 1e-10, N_ANGLES)
    slopes = np.tan(angles)
    precision = np.minimum(slopes[:, None] * test[..., None, :], generated[..., None, :]).sum(-1)
    # Shares sum to one but for rounding.
    return np.minimum(precision, 1), np.minimum(precision / slopes, 1)


def _best(clusters: SharedClusters, beta: float) -> float:
    precision, recall = (side.mean(axis=0) for side in curve(clusters.test, clusters.generated))
    weighted = beta**2 * precision + recall
    scores = np.divide(
        (1 + beta**2) * precision * recall,
        weighted,
        out=np.zeros_like(weighted),
        where=weighted > 0,
    )
    return float(scores.max())


METRICS = (
    Metric(
        compute=precision_recall_f8,
        needs=SharedClusters,
        aim="high",
        bounds=(0, 1),
        catches=("shift", "collapse", "dropped mode"),
        chance=0.0,
    ),
    Metric(
        compute=precision_recall_f1_8,
        needs=SharedClusters,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse"),
        chance=0.0,
    ),
)
