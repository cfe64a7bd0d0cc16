"""Faults to plant in samples: each takes real samples, how much of the fault, and a stream.

All return generated samples (n, d), as many as there are fresh ones; at level 0 these are fresh
real samples, unless it says otherwise.
"""

import numpy as np

from genbench.ground.arrays import Array, Flags
from genbench.sanity.worlds import MIXTURE, N_MODES, Real


def noise(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Add Gaussian noise of this standard deviation."""
    return real.fresh + level * rng.normal(size=real.fresh.shape)


def shift(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Move all samples this far along the diagonal."""
    return np.asarray(real.fresh + level / np.sqrt(real.fresh.shape[1]))


def collapse(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Put this share of the samples into the middle of one mode, hardly changed."""
    middle = MIXTURE.centres[0] + 0.01 * rng.normal(size=real.fresh.shape)
    return np.where(chosen_share(real, level, rng), middle, real.fresh)


def drop_modes(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Draw no sample of so many modes, and more of the others."""
    modes = rng.integers(N_MODES - int(level), size=len(real.fresh))
    return MIXTURE.centres[modes] + rng.normal(size=real.fresh.shape)


def fade_modes(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Make all modes but the first this much rarer; at 1 they are gone."""
    weights = np.full(N_MODES, (1 - level) / N_MODES)
    weights[0] += level
    modes = rng.choice(N_MODES, size=len(real.fresh), p=weights)
    return MIXTURE.centres[modes] + rng.normal(size=real.fresh.shape)


def collapse_within(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace the samples of so many modes by the mean of each mode."""
    means = np.stack([real.fresh[real.fresh_labels == mode].mean(axis=0) for mode in
                      range(N_MODES)])  # fmt: skip
    collapsed = rng.permutation(N_MODES) < level
    return np.where(collapsed[real.fresh_labels][:, None], means[real.fresh_labels], real.fresh)


def contract(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Draw each sample nearer to its mode's centre by this share (truncation)."""
    centres = MIXTURE.centres[real.fresh_labels]
    return centres + (1 - level) * (real.fresh - centres)


def fakes(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by draws of one Gaussian fitted to the training samples."""
    return np.where(chosen_share(real, level, rng), gaussian(real, rng), real.fresh)


def copies(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by training samples."""
    return np.where(chosen_share(real, level, rng), rng.permutation(real.train), real.fresh)


def copies_among_fakes(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Make this share copies of training samples; the rest are fakes, so at 0 all are."""
    return np.where(
        chosen_share(real, level, rng), rng.permutation(real.train), gaussian(real, rng)
    )


def gaussian(real: Real, rng: np.random.Generator) -> Array:
    """Draw from one Gaussian with the mean and covariance of the training samples."""
    mean, covariance = real.train.mean(axis=0), np.cov(real.train, rowvar=False)
    return rng.multivariate_normal(mean, covariance, size=len(real.fresh), method="eigh")


def chosen_share(real: Real, level: float, rng: np.random.Generator) -> Flags:
    """Choose exactly this share of the samples, (n, 1)."""
    n = len(real.fresh)
    return np.asarray(rng.permutation(n) < round(level * n))[:, None]
