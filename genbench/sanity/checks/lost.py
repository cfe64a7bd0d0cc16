"""Modes and classes that are lost, with others in their place, or with nothing."""

from functools import partial

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.faults import FIFTHS, MODES, XU
from genbench.sanity.digits import on_digits
from genbench.sanity.expectations import Worsens, overall
from genbench.sanity.worlds import N_MODES, N, Real, on_mixture, on_points

APART = 6.0  # distance of two modes, in their standard deviations
N_KEPT = 80  # pictures that are left of four classes of ten, and taken of more


def drop_and_refill(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Drop so many modes, and put copies of samples of the others in their place."""
    gone = (rng.permutation(N_MODES) < level)[real.fresh_labels]
    kept = np.flatnonzero(~gone)
    sources = np.where(gone, rng.choice(kept, size=len(gone)), np.arange(len(gone)))
    return np.asarray(real.fresh[sources])


def drop_classes(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Take pictures of all but so many of the ten classes, as many at every level."""
    kept = np.flatnonzero(rng.permutation(10)[real.fresh_labels] >= level)
    return np.asarray(real.fresh[rng.permutation(kept)[:N_KEPT]])


def one_for_two(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw two modes, and two that have come this share of the way to each other.

    They are wider by as much as keeps mean and covariance: all the way, they are one Gaussian.
    """
    return _two_modes(real, 0.0), _two_modes(model, level)


def _two_modes(rng: np.random.Generator, nearer: float) -> Array:
    points, apart = rng.normal(size=(N, 2)), APART * (1 - nearer)
    points[:, 0] *= np.sqrt(1 + (APART**2 - apart**2) / 4)
    points[:, 0] += apart / 2 * rng.choice([-1.0, 1.0], size=N)
    return points


_check = partial(Check, desideratum=Desideratum.DIVERSITY, slow=True)

CHECKS = (
    _check(
        name="mode_drop_refilled",
        asks="Does it count that copies of other samples stand in for modes?",
        knob="modes dropped, of six",
        levels=MODES,
        expects=Worsens(("dropped mode", "collapse")),
        make=on_mixture(drop_and_refill),
        source=XU,
    ),
    _check(
        name="class_drop",
        asks="Do classes of pictures count that are missing?",
        knob="classes dropped, of ten",
        levels=(0.0, 2.0, 4.0, 6.0),
        expects=Worsens(("dropped mode",)),
        make=on_digits(drop_classes),
        source="Richardson and Weiss, NeurIPS 2018, https://arxiv.org/abs/1805.12462",
    ),
    _check(
        name="one_mode_for_two",
        asks="Does it count that one Gaussian covers two modes and what lies between?",
        knob="share of the way to one mode",
        levels=FIFTHS,
        expects=Worsens(role=overall),
        make=on_points(one_for_two),
        source="Alaa et al., ICML 2022, https://arxiv.org/abs/2102.08921",
    ),
)
