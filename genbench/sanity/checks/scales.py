"""Samples too wide or too narrow: normal ones, and spheres of another radius."""

from functools import partial

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import Worsens, overall
from genbench.sanity.worlds import N, on_points

D = 8
KHAYATKHOEI = "Khayatkhoei and AbdAlmageed, ICML 2023, https://arxiv.org/abs/2306.09618"
RAISA = "Räisä et al., ICML 2025, https://arxiv.org/abs/2505.22450"


def scaled(
    real: np.random.Generator, model: np.random.Generator, level: float, *, sign: int
) -> tuple[Array, Array]:
    """Draw standard normal points, and others wider by this share, or narrower."""
    return real.normal(size=(N, D)), (1 + sign * level) * model.normal(size=(N, D))


def spheres(
    real: np.random.Generator, model: np.random.Generator, level: float, *, d: int, sign: int
) -> tuple[Array, Array]:
    """Draw evenly from the unit sphere in d dimensions, and from one larger or smaller."""
    return sphere(real, d), (1 + sign * level) * sphere(model, d)


def sphere(rng: np.random.Generator, d: int) -> Array:
    """Draw evenly from the sphere of radius one in d dimensions."""
    points = rng.normal(size=(N, d))
    return np.asarray(points / np.linalg.norm(points, axis=1, keepdims=True))


def _of_radius(name: str, asks: str, *, d: int, sign: int) -> Check:
    return Check(
        name=name,
        asks=asks,
        desideratum=Desideratum.DISCRIMINABILITY,
        knob=f"radius, {'above' if sign > 0 else 'below'} one",
        # On a circle of so many points, neighbours lie nearer together.
        levels=(0.0, 0.05, 0.1, 0.2, 0.5) if d == 2 else (0.0, 0.2, 0.4, 0.6, 0.8),
        expects=Worsens(role=overall),
        make=on_points(partial(spheres, d=d, sign=sign)),
        family="radius of a sphere",
        slow=True,
        source=KHAYATKHOEI,
    )


CHECKS = (
    Check(
        name="too_wide",
        asks="Does it count that normal samples are spread too wide?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="standard deviation, above one",
        levels=(0.0, 0.25, 0.5, 1.0, 2.0),
        expects=Worsens(("noise",)),
        make=on_points(partial(scaled, sign=1)),
        source=RAISA,
    ),
    Check(
        name="too_narrow",
        asks="Does it count that normal samples are crowded round their mean?",
        desideratum=Desideratum.DIVERSITY,
        knob="standard deviation, below one",
        levels=(0.0, 0.2, 0.4, 0.6, 0.8),
        expects=Worsens(("collapse",)),
        make=on_points(partial(scaled, sign=-1)),
        source=RAISA,
    ),
    _of_radius("larger_circle", "Is a circle worse the larger it is?", d=2, sign=1),
    _of_radius("smaller_circle", "Is a circle worse the smaller it is?", d=2, sign=-1),
    _of_radius("larger_sphere", "Is a sphere in 64d worse the larger it is?", d=64, sign=1),
    _of_radius("smaller_sphere", "Is a sphere in 64d worse the smaller it is?", d=64, sign=-1),
)
