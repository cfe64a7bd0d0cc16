"""Scores that other programs average over random subsets of the samples."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence import Comparison, Evidence
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric

SUBSETS, SUBSET_SIZE, SPLITS = 100, 1000, 10


@dataclass(frozen=True, eq=False)
class SubsetScores(Evidence):
    """One number for every subset; their mean is the score."""

    inputs: ClassVar[tuple[str, ...]] = ("test", "generated")

    values: Array
    settings: dict[str, Any]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw the subsets as the program does."""
        raise NotImplementedError

    @property
    def parameters(self) -> dict[str, Any]:
        """The subsets, and the spread over them, which is no error of the mean."""
        return self.settings | {"spread_over_subsets": float(self.values.std())}


def kernel_distance(scores: SubsetScores) -> float:
    """Squared mean discrepancy under the kernel (x.y/d + 1)^3, averaged over subsets."""
    return float(scores.values.mean())


def inception_score(scores: SubsetScores) -> float:
    """How surely samples belong to a class, and how evenly to all, averaged over splits."""
    return float(scores.values.mean())


def averages(kernels: type[SubsetScores], splits: type[SubsetScores]) -> tuple[Metric, Metric]:
    """Return KID and IS as averages over a program's subsets and splits."""
    return (
        Metric(compute=kernel_distance, needs=kernels, aim="low", catches=(), ideal=0.0),
        Metric(
            compute=inception_score,
            needs=splits,
            aim="high",
            bounds=(1, np.inf),
            catches=(),
            chance=1.0,
        ),
    )


def check_subset_size(comparison: Comparison) -> None:
    """Say which set is too small for a subset.

    Raises:
        Unavailable: fewer than `SUBSET_SIZE` points in either set.
    """
    sizes = {
        "test": len(comparison.reference.test_set),
        "generated": len(comparison.generated_set),
    }
    for name, n in sizes.items():
        if n < SUBSET_SIZE:
            raise Unavailable(f"needs subsets of {SUBSET_SIZE}; there are {n} {name} samples")


def cubic_discrepancy(test: Array, generated: Array) -> float:
    """Unbiased squared discrepancy of two subsets of one size, (m, d) each."""
    m, d = test.shape
    within = 0.0
    for points in (test, generated):
        kernel = _cubed(points @ points.T / d + 1)
        within += (kernel.sum() - np.trace(kernel)) / (m * (m - 1))
    return float(within - 2 * _cubed(test @ generated.T / d + 1).mean())


def _cubed(values: Array) -> Array:
    return values * values * values  # many times faster than a power
