"""As prdc: https://github.com/clovaai/generative-evaluation-prdc.

A point on the surface of a ball is outside it. On continuous data this only matters where a set is
compared with itself; with repeated samples, whose balls have no volume, it makes all four numbers
collapse to 0 even for perfect samples, which is why ours counts the surface as inside.
"""

from dataclasses import replace
from typing import Any, Self

import numpy as np

from genbench.distances import tie
from genbench.evidence import Comparison, Overlap
from genbench.evidence.neighbours import held_by_test_balls, within_generated, within_test
from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.metrics import CATALOG
from genbench.presets import Preset


class OpenOverlap(Overlap):
    """Membership of balls without their surfaces."""

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Shrink every ball by more than rounding may add; one without volume holds nothing."""
        real = comparison.reference
        generated = comparison.generated_set
        held = real.get(held_by_test_balls)
        smaller = 1 - 2 * tie(generated.shape[1])

        def opened(radii: Array) -> Array:
            return np.where(radii > 0, radii * smaller, np.nan)

        return cls.measure(
            real.test_set,
            opened(real.get(within_test).furthest),
            generated,
            opened(comparison.get(within_generated).furthest),
            k=real.k,
            held=held if (held == real.k).all() else None,  # what is on a surface is outside
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """Which neighbour a ball reaches to, and that its surface is outside."""
        return {"k": self.k, "ties": "outside"}


def _opened(name: str) -> Metric:
    return replace(CATALOG[name], needs=OpenOverlap)


OPENED = tuple(_opened(name) for name in ("precision", "recall", "density", "coverage"))
PRESET = Preset(metrics=OPENED)
