"""Precision, recall and F1 where the manifold of the data is known, such as all triangles.

Lucic et al., "Are GANs created equal? A large-scale study", NeurIPS 2018,
https://arxiv.org/abs/1711.10337.

Differs from the paper: one tolerance, 0.1 in units of the samples, for all data, where theirs is
tuned to each data set. Scale the samples to what it should mean, or give `measure` one of your own.
"""

import numpy as np

from genbench.evidence.known_manifold import KnownManifold, OnManifold, Reconstructed
from genbench.ground.arrays import Flags
from genbench.ground.spread import error_of_share
from genbench.metric import Metric


def manifold_precision(found: OnManifold) -> float:
    """Share of generated samples within the tolerance of the known manifold."""
    return float(found.near.mean())


def manifold_recall(found: Reconstructed) -> float:
    """Share of test samples within the tolerance of the nearest sample that the model can make."""
    return float(found.near.mean())


def manifold_f1(found: KnownManifold) -> float:
    """Harmonic mean of precision and recall on the known manifold; 0 if both are."""
    precision = manifold_precision(found.on_manifold)
    recall = manifold_recall(found.reconstructed)
    total = precision + recall
    return 2 * precision * recall / total if total else 0.0


def precision_error(found: OnManifold) -> float:
    """Binomial standard error over generated samples."""
    return _error(found.near)


def recall_error(found: Reconstructed) -> float:
    """Binomial standard error over test samples."""
    return _error(found.near)


def f1_error(found: KnownManifold) -> float:
    """Standard error by the delta method: generated and test samples vary on their own."""
    precision = manifold_precision(found.on_manifold)
    recall = manifold_recall(found.reconstructed)
    if precision + recall == 0:
        return 0.0
    slopes = 2 * np.array([recall, precision]) ** 2 / (precision + recall) ** 2
    return float(
        np.hypot(*slopes * [precision_error(found.on_manifold), recall_error(found.reconstructed)])
    )


def _error(near: Flags) -> float:
    share = near.mean()
    return error_of_share(share, len(near))


METRICS = (
    Metric(
        compute=manifold_precision,
        needs=OnManifold,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        standard_error=precision_error,
    ),
    Metric(
        compute=manifold_recall,
        needs=Reconstructed,
        aim="high",
        bounds=(0, 1),
        catches=(),
        ideal=1.0,
        chance=0.0,
        standard_error=recall_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=manifold_f1,
        needs=KnownManifold,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        standard_error=f1_error,
        uncertainty="spread over samples, delta method",
    ),
)
