"""Pictures moved and turned so little that nobody would mind."""

from functools import partial

import numpy as np
from scipy.ndimage import fourier_shift, rotate

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.faults import XU
from genbench.sanity.digits import SIDE, WHITE, on_digits
from genbench.sanity.expectations import Flat
from genbench.sanity.worlds import Real

FAKES = 100.0  # a level that is no movement


def shifted(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Move each picture so many pixels, in a direction of its own; at `FAKES`, draw noise.

    Phases of its waves are turned, whose strengths are left: interpolation would blur it as well.
    """
    if level == FAKES:
        return white_noise(real, rng)
    angles = 2 * np.pi * rng.uniform(size=len(real.fresh))
    moves = level * np.stack([np.sin(angles), np.cos(angles)], axis=1)
    waves = np.fft.fft2(real.fresh.reshape(-1, SIDE, SIDE))
    return _as_pictures(
        [
            np.fft.ifft2(fourier_shift(wave, move)).real
            for wave, move in zip(waves, moves, strict=True)
        ]
    )


def turned(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Turn each picture so many degrees, either way; at `FAKES`, draw noise."""
    if level == FAKES:
        return white_noise(real, rng)
    angles = level * rng.choice([-1.0, 1.0], size=len(real.fresh))
    pictures = real.fresh.reshape(-1, SIDE, SIDE)
    return _as_pictures(
        [rotate(picture, angle, reshape=False) for picture, angle in
         zip(pictures, angles, strict=True)]
    )  # fmt: skip


def white_noise(real: Real, rng: np.random.Generator) -> Array:
    """Draw as many pictures of white noise."""
    return WHITE * rng.uniform(size=real.fresh.shape)


def _as_pictures(pictures: list[Array]) -> Array:
    # Waves and splines overshoot at edges.
    return np.clip(np.stack(pictures).reshape(len(pictures), -1), 0, WHITE)


_check = partial(
    Check,
    desideratum=Desideratum.INVARIANCE,
    expects=Flat(),
    family="small moves",
    slow=True,
    source=XU,
)

CHECKS = (
    _check(
        name="small_shift",
        asks="Does it hardly matter that pictures are moved by half a pixel?",
        knob="pixels (at 100: noise)",
        levels=(0.0, 0.25, 0.5, FAKES),
        make=on_digits(shifted),
    ),
    _check(
        name="small_rotation",
        asks="Does it hardly matter that pictures are turned by ten degrees?",
        knob="degrees (at 100: noise)",
        levels=(0.0, 5.0, 10.0, FAKES),
        make=on_digits(turned),
    ),
)
