"""Faults to plant in samples: each takes real samples, how much of the fault, and a stream.

All return generated samples (n, d), as many as there are fresh ones; at level 0 these are fresh
real samples, unless it says otherwise.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from genbench.arrays import Array, Flags
from genbench.sanity.worlds import MIXTURE, N_MODES, SIDE, WHITE, Real


def noise(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Add Gaussian noise of this standard deviation."""
    return real.fresh + level * rng.normal(size=real.fresh.shape)


def shift(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Move all samples this far along the diagonal."""
    return np.asarray(real.fresh + level / np.sqrt(real.fresh.shape[1]))


def collapse(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Put this share of the samples into the middle of one mode, hardly changed."""
    middle = MIXTURE.centres[0] + 0.01 * rng.normal(size=real.fresh.shape)
    return np.where(_share(real, level, rng), middle, real.fresh)


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
    return np.where(_share(real, level, rng), gaussian(real, rng), real.fresh)


def copies(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by training samples."""
    return np.where(_share(real, level, rng), rng.permutation(real.train), real.fresh)


def copies_among_fakes(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Make this share copies of training samples; the rest are fakes, so at 0 all are."""
    return np.where(_share(real, level, rng), rng.permutation(real.train), gaussian(real, rng))


def gaussian(real: Real, rng: np.random.Generator) -> Array:
    """Draw from one Gaussian with the mean and covariance of the training samples."""
    mean, covariance = real.train.mean(axis=0), np.cov(real.train, rowvar=False)
    return rng.multivariate_normal(mean, covariance, size=len(real.fresh), method="eigh")


def blend_noise(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Blend pictures with this share of white noise (Heusel's first disturbance)."""
    return (1 - level) * real.fresh + level * WHITE * rng.uniform(size=real.fresh.shape)


def blur(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Blur pictures by so many pixels."""
    pictures = real.fresh.reshape(-1, SIDE, SIDE)
    return gaussian_filter(pictures, (0, level, level)).reshape(real.fresh.shape)


def black_rectangles(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Put a black rectangle into each picture, its sides this share of the picture's."""
    size = round(level * SIDE)
    pictures = real.fresh.reshape(-1, SIDE, SIDE).copy()
    top, left = rng.integers(SIDE - size + 1, size=(2, len(pictures), 1, 1))
    row, column = np.arange(SIDE)[:, None], np.arange(SIDE)
    inside = (top <= row) & (row < top + size) & (left <= column) & (column < left + size)
    pictures[inside] = 0
    return pictures.reshape(real.fresh.shape)


def salt_and_pepper(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Turn this share of the pixels black or white."""
    hit = rng.uniform(size=real.fresh.shape) < level
    return np.where(hit, WHITE * rng.integers(2, size=real.fresh.shape), real.fresh)


def foreign(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share of the pictures by ones with their pixels in disorder."""
    scrambled = rng.permuted(real.fresh, axis=1)
    return np.where(_share(real, level, rng), scrambled, real.fresh)


def _share(real: Real, level: float, rng: np.random.Generator) -> Flags:
    """Choose exactly this share of the samples, (n, 1)."""
    n = len(real.fresh)
    return np.asarray(rng.permutation(n) < round(level * n))[:, None]
