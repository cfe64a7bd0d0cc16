"""As CMMD: https://github.com/google-research/google-research/tree/master/cmmd.

The mean discrepancy is squared, times 1,000, of features scaled to length one, under a Gaussian
kernel of width 10, with the pairs of a sample with itself (the V-statistic): never below 0, and
above 0 for a perfect model, too. Ours leaves these pairs out, and takes the typical distance of
test points for the width.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence import Comparison, Evidence
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric
from genbench.presets import Preset

WIDTH, FACTOR = 10.0, 1000.0
ROWS = 1024


@dataclass(frozen=True, eq=False)
class UnitKernel(Evidence):
    """Mean kernels within and between sets of points of length one."""

    inputs: ClassVar = ("test", "generated")

    within_test: float
    within_generated: float
    between: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compute them in blocks.

        Raises:
            Unavailable: a point is at the origin.
        """
        test, generated = (
            _scaled(points) for points in (comparison.reference.test_set, comparison.generated_set)
        )
        return cls(
            _mean_kernel(test, test), _mean_kernel(generated, generated),
            _mean_kernel(test, generated),
        )  # fmt: skip

    @property
    def parameters(self) -> dict[str, Any]:
        """The kernel, and the factor."""
        return {"width": WIDTH, "factor": FACTOR, "length": "one"}


def _scaled(points: Array) -> Array:
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    if not lengths.all():
        raise Unavailable("a point is all zeros: it has no direction")
    return np.asarray(points / lengths)


def _mean_kernel(one: Array, other: Array) -> float:
    """Average exp(-|x - y|^2 / 2 w^2), which is exp((x.y - 1) / w^2) of points of length one."""
    total = 0.0
    for start in range(0, len(one), ROWS):
        total += np.expm1((one[start : start + ROWS] @ other.T - 1) / WIDTH**2).sum()
    return 1 + float(total) / (len(one) * len(other))


def maximum_mean_discrepancy(kernel: UnitKernel) -> float:
    """Squared mean discrepancy of directions under a wide Gaussian kernel, in thousandths."""
    return FACTOR * (kernel.within_test + kernel.within_generated - 2 * kernel.between)


PRESET = Preset(
    metrics=(
        Metric(
            compute=maximum_mean_discrepancy,
            needs=UnitKernel,
            aim="low",
            bounds=(0, np.inf),
            catches=(),
        ),
    ),
    features="clip-vit-l-14-336",
    preparing={"clip-vit-l": "clip-336", "clip-vit-b": "clip-224"},
)
