"""Two-dimensional data whose truth is known: density, modes, and as many samples as wanted."""

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.densities import (
    Checkerboard,
    GaussianMixture,
    NoisyCurves,
    Pinwheel,
)
from genbench.datasets.parts import drawn_from
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for


def load_ring() -> Dataset:
    """Eight narrow Gaussians on a circle of radius two: does a model find every mode?"""
    angles = 2 * np.pi * np.arange(8) / 8
    centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return drawn_from("ring", GaussianMixture(centres, width=0.1))


def load_ring_contaminated() -> Dataset:
    """The ring, with a tenth of the training samples far off: is a model led astray by them?

    Test and fresh samples are of the clean ring. There are no labels: bad samples have none.
    """
    ring = load_ring()
    rng = rng_for(0, "ring_contaminated")
    bad = rng.permutation(len(ring.train)) < len(ring.train) // 10
    far = rng.normal((6.0, 0.0), 0.3, size=ring.train.shape)
    train = np.where(bad[:, None], far, ring.train)
    return Dataset(
        name="ring_contaminated",
        train=train,
        test=ring.test,
        fresh=ring.fresh,
        density=ring.density,
    )


def load_grid() -> Dataset:
    """Twenty-five narrow Gaussians on a square grid, turned: many modes to drop.

    Along the axes the grid would be a product of its two coordinates, and a model that draws each
    on its own would be perfect.
    """
    axis = np.arange(-4.0, 5.0, 2.0)
    centres = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    cos, sin = np.cos(np.radians(27)), np.sin(np.radians(27))
    turned = centres @ np.array([[cos, sin], [-sin, cos]])
    return drawn_from("grid", GaussianMixture(turned, width=0.1))


def load_moons() -> Dataset:
    """Two interleaved half circles, blurred: curved, connected mass."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    share = (nodes + 1) / 2
    curves = np.stack([_half_circle(np.full(200, curve), share) for curve in (0, 1)])
    density = NoisyCurves(curves, weights / 2, walk=_half_circle, width=0.1)
    return drawn_from("moons", density)


def load_spirals() -> Dataset:
    """Two spirals that wind round one another, blurred: long thin mass that turns about itself."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    # Even in angle, which grows as the root of the length walked: the curves are smooth in it.
    angle = (nodes + 1) / 2
    curves = np.stack([_spiral(np.full(400, curve), angle**2) for curve in (0, 1)])
    density = NoisyCurves(curves, weights * angle, walk=_spiral, width=0.1)
    return drawn_from("spirals", density)


def load_checkerboard() -> Dataset:
    """Evenly over the eight dark squares of a board: sharp edges, and corners that meet."""
    return drawn_from("checkerboard", Checkerboard(n=4, side=2.0))


def load_pinwheel() -> Dataset:
    """Five long Gaussians round the origin, bent into arms: modes that are curved and far apart."""
    return drawn_from("pinwheel", Pinwheel(arms=5, radius=2.0, widths=(0.4, 0.15), twist=0.6))


def _half_circle(curve: Labels, share: Array) -> Array:
    angle = np.pi * share
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    return np.where((curve == 0)[:, None], upper, lower)


def _spiral(curve: Labels, share: Array) -> Array:
    """Walk on the involute of a circle, whose length grows as the square of the angle exactly."""
    angle = 3 * np.pi * np.sqrt(share)
    around, across = np.cos(angle), np.sin(angle)
    points = 0.4 * np.stack([around + angle * across, across - angle * around], axis=1)
    return np.where((curve == 0)[:, None], points, -points)
