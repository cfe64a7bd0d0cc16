"""Models in the order of their divergence from the truth, and samples that are rounded."""

import numpy as np
from scipy.optimize import brentq

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.scales import RAISA
from genbench.sanity.expectations import Worsens, overall
from genbench.sanity.worlds import N, on_points

D, D_ROUNDED = 4, 2


def of_divergence(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw from N(0, I), and from a Gaussian, moved and of another width, so many nats from it.

    How much of the divergence is by moving, and whether it is wider or narrower, is random.
    """
    moved, width = gaussian_at(level, turn=2 * np.pi * model.uniform())
    direction = model.normal(size=D)
    direction /= np.linalg.norm(direction)
    return real.normal(size=(N, D)), moved * direction + width * model.normal(size=(N, D))


def gaussian_at(nats: float, *, turn: float) -> tuple[float, float]:
    """Return how far moved and how wide a Gaussian is at a divergence from N(0, I).

    On the ray of this angle in the plane of distance and log-width.
    """
    along = np.cos(turn), np.sin(turn)

    def excess(size: float) -> float:
        return divergence(size * along[0], float(np.exp(size * along[1]))) - nats

    size = float(brentq(excess, 0.0, 1 + 2 * np.sqrt(2 * nats) + nats)) if nats else 0.0
    return size * along[0], float(np.exp(size * along[1]))


def divergence(moved: float, width: float) -> float:
    """KL(N(0, I) || N(m, w^2 I)) in nats, m of this length."""
    return float((D + moved**2) / (2 * width**2) - D / 2 + D * np.log(width))


def rounded(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw normal points, and others rounded to multiples of the level."""
    test, generated = real.normal(size=(N, D_ROUNDED)), model.normal(size=(N, D_ROUNDED))
    return test, level * np.round(generated / level) if level else generated


CHECKS = (
    Check(
        name="order_of_divergence",
        asks="Are Gaussians worse the larger their divergence from the truth is, however they err?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="divergence in nats",
        levels=(0.0, 0.05, 0.2, 0.8, 3.2),
        expects=Worsens(role=overall),
        make=on_points(of_divergence),
        slow=True,
        source="Betzalel et al., 2022, https://arxiv.org/abs/2206.10935",
    ),
    Check(
        name="rounded",
        asks="Does it count that coordinates are rounded?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="step",
        levels=(0.0, 0.5, 1.0, 2.0, 4.0),
        expects=Worsens(role=overall),
        make=on_points(rounded),
        slow=True,
        source=RAISA,
    ),
)
