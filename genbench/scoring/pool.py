"""The reference pool: real samples, and samples that miss them in known ways.

Kinds of samples are fitted to it. It holds fresh samples, training samples with noise from none
(copies) to so much that little of them is left, and uniform noise.
"""

import numpy as np

from genbench.datasets import Dataset
from genbench.distances import nearest
from genbench.ground.arrays import Array, flat
from genbench.ground.randomness import rng_for

N_EACH = 1000  # samples of each sort
BLURS = (0.0, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0)  # in spacings of the training samples


def reference_pool(dataset: Dataset) -> Array:
    """Return the pool, (n, ...), as data can be: it depends on the data set and its name only.

    Noise is as long as so many spacings, in the root mean square; a spacing is the median distance
    of a training sample to its nearest different one, in units of each coordinate's deviation.
    """
    rng = rng_for(0, dataset.name, "kinds", "pool")
    train = flat(dataset.train)
    unit = _unit(train)
    blurred = [
        rng.normal(train[rng.integers(len(train), size=N_EACH)], blur * unit) for blur in BLURS
    ]
    whole = np.broadcast_to(dataset.domain.whole, dataset.train.shape[1:]).ravel()
    half = np.where(whole, 0.5, 0.0)  # a whole number stands for a cell one unit wide
    noise = rng.uniform(train.min(axis=0) - half, train.max(axis=0) + half, (N_EACH, len(unit)))
    fresh = flat(dataset.fresh)[rng.permutation(len(dataset.fresh))[:N_EACH]]
    pool = np.concatenate([*blurred, noise, fresh])
    return dataset.project(pool.reshape(-1, *dataset.train.shape[1:]))


def _unit(train: Array) -> Array:
    """Return each coordinate's share (d,) of noise that is one spacing long."""
    scale = train.std(axis=0)
    varies = scale > 0
    distinct = np.unique((train - train.mean(axis=0)) / np.where(varies, scale, 1.0), axis=0)
    if len(distinct) < 2:
        return np.zeros(len(scale))
    spacing = float(np.median(nearest(distinct, distinct, same=True)[0]))
    return np.asarray(spacing * scale / np.sqrt(varies.sum()))
