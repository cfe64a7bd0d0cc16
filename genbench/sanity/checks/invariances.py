"""Two ways to look at the same two sets: what must not matter."""

from typing import Any

import numpy as np

from genbench.sanity import plants
from genbench.sanity.check import Check, Desideratum, Make
from genbench.sanity.expectations import Stays
from genbench.sanity.worlds import about_mixture, mixture, renewed

SETS = ("test", "train", "generated")


def seen(look: Any) -> Make:
    """Turn `look(points, rng)`, another view of points, into a check: level 0 is the plain view.

    The samples have half their noise again added, so that there is something to see. Class
    probabilities, labels and qualities go with the samples, whatever their coordinates.
    """

    def make(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
        drawn = renewed(mixture(real), real)  # the same samples at both levels
        inputs = about_mixture(drawn, plants.noise(drawn, 0.5, real))
        del inputs["density"]  # it is that of the plain view
        if level:
            view = int(real.integers(2**31))
            inputs |= {name: look(inputs[name], np.random.default_rng(view)) for name in SETS}
        return inputs

    return make


def rotated(points: Any, rng: np.random.Generator) -> Any:
    """Turn points by a random orthogonal matrix."""
    q, r = np.linalg.qr(rng.normal(size=(points.shape[1],) * 2))
    return points @ (q * np.sign(np.diag(r)))


def reordered(points: Any, rng: np.random.Generator) -> Any:
    """Put the coordinates into another order."""
    return points[:, rng.permutation(points.shape[1])]


def moved(points: Any, rng: np.random.Generator) -> Any:
    """Move all points by ten in every coordinate."""
    return points + 10.0


def scaled(points: Any, rng: np.random.Generator) -> Any:
    """Multiply one coordinate by a hundred."""
    return points * np.where(np.arange(points.shape[1]) == 1, 100.0, 1.0)


def _check(name: str, asks: str, look: Any) -> Check:
    return Check(
        name=name,
        asks=asks,
        desideratum=Desideratum.INVARIANCE,
        knob="view",
        levels=(0.0, 1.0),
        expects=Stays(),
        make=seen(look),
    )


CHECKS = (
    _check("rotation", "Is it all one how the axes lie?", rotated),
    _check("order_of_coordinates", "Is it all one in which order coordinates come?", reordered),
    _check("origin", "Is it all one where zero is?", moved),
    _check("unit_of_one_axis", "Is it all one in which unit a coordinate is?", scaled),
)
