"""Mean kernel values of directions: points scaled to length one, under a wide Gaussian."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.pair_means import (
    KernelMeans,
    PairMeans,
    all_one,
    means_between,
    means_within,
)
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.rounding import ROUNDING

WIDTH = 10.0  # points of length one are at most two apart


@dataclass(frozen=True, eq=False)
class UnitKernel(Evidence):
    """Kernel means of points scaled to length one."""

    inputs: ClassVar = ("test", "generated")

    means: KernelMeans

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Go over the pairs that hold a generated point; the others are the reference's.

        Raises:
            Unavailable: a point at the origin has no direction.
        """
        test, within_test = comparison.reference.get(_test_side)
        generated = unit(at_least(2, comparison.generated_set, "generated"), "generated")
        (within_generated,) = means_within([_bell], generated)
        (between,) = means_between([_bell], test, generated)
        rounding = 0.0 if all_one(test, generated) else ROUNDING  # the kernel is about one
        return cls(KernelMeans(within_test, within_generated, between, rounding))

    @property
    def parameters(self) -> dict[str, float]:
        """The width of the kernel."""
        return {"width": WIDTH}


def unit(points: Array, name: str) -> Array:
    """Scale points to length one.

    Raises:
        Unavailable: one is the origin.
    """
    lengths = np.linalg.norm(points, axis=1, keepdims=True)
    if not lengths.all():
        raise Unavailable(f"{(lengths == 0).sum()} {name} points are zero and have no direction")
    return np.asarray(points / lengths)


def _bell(_: slice, __: slice, squared: Array) -> Array:
    exponents = squared * (-0.5 / WIDTH**2)
    return np.asarray(np.exp(exponents, out=exponents))


def _test_side(reference: Reference) -> tuple[Array, PairMeans]:
    test = unit(at_least(2, reference.test_set, "test"), "test")
    return test, means_within([_bell], test)[0]
