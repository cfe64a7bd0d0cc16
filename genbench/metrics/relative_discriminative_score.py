"""Relative discriminative score: whose samples one discriminator of all models believes longest.

Zhang, Song and Qi, "Decoupled learning for conditional adversarial networks", WACV 2018,
https://arxiv.org/abs/1801.06790 (normalised relative discriminative score, NRDS).

Differs from the paper: the curve is of held-out samples, training has a fixed budget, and every
model gives equally many samples to it. Numbers hold within the pool only.
"""

import numpy as np

from genbench.evidence.matches import Matches
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric


def relative_discriminative_score(matches: Matches) -> float:
    """Model's share of the areas under the curves of how real each model's samples look (NRDS)."""
    areas = _areas(matches)
    if areas.sum() == 0:
        raise Unavailable("no sample of any model ever looks real")
    return float(areas[matches.pool.index] / areas.sum())


def discriminative_area(matches: Matches) -> float:
    """Mean probability of being real, over the training of one discriminator of all models."""
    return float(_areas(matches)[matches.pool.index])


def equal_share(matches: Matches) -> float:
    """Share of each of equally good models."""
    return 1 / len(matches.pool.names)


def _areas(matches: Matches) -> Array:
    """Areas under the curves (n_models,), by trapezoids, for a training of length one."""
    curves = matches.pool.curves
    if curves is None or len(curves) < 2:
        raise Unavailable("the pool has no curves of a discriminator of all its models")
    return np.asarray(((curves[1:] + curves[:-1]) / 2).mean(axis=0))


METRICS = (
    Metric(
        compute=relative_discriminative_score,
        needs=Matches,
        aim="high",
        bounds=(0, 1),
        catches=(),
        chance=equal_share,
    ),
    Metric(
        compute=discriminative_area,
        needs=Matches,
        aim="high",
        bounds=(0, 1),
        catches=(),
    ),
)
