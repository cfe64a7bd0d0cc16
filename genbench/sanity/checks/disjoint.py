"""Supports that have no point in common: shares of overlap are then as low as they can be."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.scales import RAISA
from genbench.sanity.expectations import AsDeclared
from genbench.sanity.worlds import N, on_points

# What declares its level for sets that overlap nowhere.
OVERLAPS = (
    "precision",
    "recall",
    "density",
    "coverage",
    "probabilistic_precision",
    "probabilistic_recall",
    "topological_precision",
    "topological_recall",
    "alpha_precision",
    "beta_recall",
    "level_coverage",
    "precision_recall_f8",
    "precision_recall_f1_8",
)
RADIUS, RING, TUBE = 0.8, 1.0, 0.1
APART = 6.0


def ball_and_torus(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw so many points each, evenly from a ball and from a torus that lies round it."""
    n = int(level)
    test = real.normal(size=(n, 3))
    test *= (
        RADIUS * real.uniform(size=(n, 1)) ** (1 / 3) / np.linalg.norm(test, axis=1, keepdims=True)
    )
    round_ring, round_tube = 2 * np.pi * model.uniform(size=(2, n))
    depth = TUBE * np.sqrt(model.uniform(size=n))
    out = RING + depth * np.cos(round_tube)
    generated = np.stack(
        [out * np.cos(round_ring), out * np.sin(round_ring), depth * np.sin(round_tube)], axis=1
    )
    return test, generated


def one_disjoint_dimension(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw two sets alike but for one dimension, and so many normal ones beside it.

    In the first they are even over intervals of standard deviation one that have no point in
    common.
    """
    sets = []
    for rng, middle in ((real, 0.0), (model, APART)):
        first = middle + np.sqrt(3) * rng.uniform(-1, 1, size=(N, 1))
        sets.append(np.hstack([first, rng.normal(size=(N, int(level)))]))
    return sets[0], sets[1]


CHECKS = (
    Check(
        name="ball_and_torus",
        asks="Is no overlap found between a ball and a torus round it that do not touch?",
        desideratum=Desideratum.BOUNDS,
        knob="samples of each",
        levels=(250.0, 1000.0),
        only=OVERLAPS,
        expects=AsDeclared(of="one that knows nothing"),
        make=on_points(ball_and_torus),
        slow=True,
        source=RAISA,
    ),
    Check(
        name="one_disjoint_dimension",
        asks="Is no overlap found where one dimension of many has none?",
        desideratum=Desideratum.BOUNDS,
        knob="other dimensions",
        levels=(0.0, 4.0, 16.0, 64.0, 256.0),
        only=OVERLAPS,
        expects=AsDeclared(of="one that knows nothing"),
        make=on_points(one_disjoint_dimension),
        source=RAISA,
    ),
)
