"""A ring whose hole fills up: a change of topology."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import Worsens
from genbench.sanity.worlds import N, on_points

INNER = 0.5  # radius of the hole, of one


def filled_ring(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw evenly from a ring, and from one whose hole is filled this much: at 1 it is a disc."""
    in_hole = level * INNER**2 / (1 - (1 - level) * INNER**2)
    return _ring(real, 0.0), _ring(model, in_hole)


def _ring(rng: np.random.Generator, in_hole: float) -> Array:
    inside, share, angle = rng.uniform(size=(3, N))
    low, high = np.where(inside < in_hole, [[0.0], [INNER**2]], [[INNER**2], [1.0]])
    radius, angle = np.sqrt(low + share * (high - low)), 2 * np.pi * angle
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


CHECKS = (
    Check(
        name="filled_hole",
        asks="Does it count that the hole of a ring is filled?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="density in the hole, of that of the ring",
        levels=(0.0, 0.25, 0.5, 1.0),
        only=("geometry_score",),
        expects=Worsens(("noise",)),
        make=on_points(filled_ring),
        slow=True,
        source="Khrulkov and Oseledets, ICML 2018, https://arxiv.org/abs/1802.02664",
    ),
)
