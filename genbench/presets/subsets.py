"""Scores that other programs average over random subsets of the samples."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence import Comparison, Evidence
from genbench.evidence.comparison import given
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric
from genbench.metrics.inception_scores import inception_score_of

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
    return average_of_subsets(kernels), average_of_splits(splits)


def average_of_subsets(kernels: type[SubsetScores]) -> Metric:
    """Return KID as an average over a program's subsets."""
    return Metric(compute=kernel_distance, needs=kernels, aim="low", catches=(), ideal=0.0)


def average_of_splits(splits: type[SubsetScores]) -> Metric:
    """Return IS as an average over a program's splits."""
    return Metric(
        compute=inception_score,
        needs=splits,
        aim="high",
        bounds=(1, np.inf),
        catches=(),
        chance=1.0,
    )


def class_probabilities(comparison: Comparison) -> Array:
    """Return those of the generated samples (n, classes), in their order.

    Raises:
        Unavailable: there are none.
    """
    name = "class probabilities of the generated samples"
    return given(comparison.generated_probabilities, name)


def scores_of_chunks(table: Array, size: int) -> Array:
    """Return IS of chunks of so many rows in their order, the last of which may be shorter."""
    starts = range(0, len(table), size)
    return np.array([inception_score_of(table[start : start + size]) for start in starts])


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


class CappedSubsets(SubsetScores):
    """KID of subsets of as many as the smaller set holds, 1,000 at most, drawn without a seed.

    So they are drawn by ours.
    """

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw without replacement, test's and generated's in turn.

        Raises:
            Unavailable: there are fewer than two points in either set.
        """
        test, generated = comparison.reference.test_set, comparison.generated_set
        size = min(len(test), len(generated), SUBSET_SIZE)
        if size < 2:
            raise Unavailable("needs subsets of 2 samples at least")
        rng = np.random.RandomState(comparison.seed)
        values = [
            cubic_discrepancy(
                test[rng.choice(len(test), size, replace=False)],
                generated[rng.choice(len(generated), size, replace=False)],
            )
            for _ in range(SUBSETS)
        ]
        return cls(np.array(values), {"n_subsets": SUBSETS, "subset_size": size})


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
