"""Moments of test and generated points, and how a squared distance of them fluctuates."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.gaussians import PRECISE, Between, Gaussian
from genbench.ground.arrays import Array
from genbench.ground.rounding import ROUNDING, is_lost
from genbench.ground.spread import error_where_degenerate

ENOUGH = 10  # samples a dimension: what chance makes of covariances is then known to a percent
PRECISE_BESIDE_ERROR = 0.01  # of the standard error of a squared distance


@dataclass(frozen=True, eq=False)
class Moments(Evidence):
    """Moments of test and generated points, and points to see by what chance makes of them."""

    inputs: ClassVar = ("test", "generated")

    test: Gaussian
    generated: Gaussian
    pool: tuple[Array, Array] | None = None  # test points, and train or generated ones
    pool_is_real: bool = False

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure either set; in single precision where the distance does not show it."""
        fast = cls._of(comparison, test_moments, _generated_moments)
        if fast._is_precise:
            return fast
        return cls._of(comparison, _exact_test_moments, _exact_generated_moments)

    @classmethod
    def _of(cls, comparison: Comparison, test: Any, generated: Any) -> Self:
        reference = comparison.reference
        of_generated = generated(comparison)  # what a model lacks is said first
        found = cls(reference.get(test), of_generated)
        if comparison.generated_moments is not None or reference.test_moments is not None:
            return found
        if reference.has_train and len(reference.train_set) >= found.generated.n:
            return replace(found, pool=(reference.test_set, reference.train_set), pool_is_real=True)
        return replace(found, pool=(reference.test_set, comparison.generated_set))

    @property
    def few(self) -> bool:
        """Whether a set is too small for how covariances fluctuate to be written down."""
        return min(self.test.n, self.generated.n) < ENOUGH * len(self.test.mean)

    @cached_property
    def squared_distance(self) -> float:
        """Of Frechet, between Gaussians of these moments."""
        return max(self.between.squared_distance, 0.0)  # rounding can leave -1e-15

    @cached_property
    def between(self) -> Between:
        """What both Gaussians have in common."""
        return Between(self.test, self.generated)

    @cached_property
    def standard_error(self) -> float:
        """Of the squared distance, by the delta method, for different and for equal distributions.

        To first order the distance moves with the mean influence of the points. Where distributions
        are equal none has any, and what is left is of second order, as large as for Gaussians: the
        squared shift of the means, and squares of the covariances' differences.

        Raises:
            Unavailable: the moments are known without points.
        """
        test, generated = self.test, self.generated
        of_test, of_generated = self.between.influences
        first = of_test.var(ddof=1) / test.n + of_generated.var(ddof=1) / generated.n
        squares = test.shares**2
        pairs = squares @ test.inverse_sums.weighted(squares, 2)  # of (s_i s_j / (s_i + s_j))^2
        second = 9 / 4 * squares.sum() + pairs
        second *= (test.total_variance * (1 / test.n + 1 / generated.n)) ** 2
        return error_where_degenerate(float(first), float(second))

    @property
    def _is_precise(self) -> bool:
        """Whether single precision, if it was used, shows in no digit of the distance that counts.

        The distance of Wasserstein is one: it moves by no more than either Gaussian does.
        """
        off = self.test.off + self.generated.off
        if not off:
            return True
        most = 2 * np.sqrt(self.squared_distance) * off + off**2
        if most <= PRECISE * self.squared_distance:
            return True
        return bool(most <= PRECISE_BESIDE_ERROR * self.standard_error)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which covariances have no full rank, and where a distance may be all rounding."""
        d = len(self.test.mean)
        lacking = tuple(
            f"{found.n} {name} points have no full covariance in {d} dimensions"
            for name, found in (("test", self.test), ("generated", self.generated))
            if found.n <= d
        )
        if self.few and self.pool is None:
            lacking += ("of moments alone, the ideal is a lower bound where samples are so few",)
        rounding = ROUNDING * (self.test.total_variance + self.generated.total_variance)
        if not is_lost(self.squared_distance, rounding):
            return lacking
        lost = f"the distance is lost in rounding beside the variances, give or take {rounding:.1g}"
        return (*lacking, lost)


def test_moments(reference: Reference) -> Gaussian:
    """Measure the test set, unless its moments are given."""
    return reference.test_moments or Gaussian.fast(at_least(2, reference.test_set, "test"))


def _exact_test_moments(reference: Reference) -> Gaussian:
    return reference.test_moments or Gaussian.of(reference.test_set)


def _generated_moments(comparison: Comparison) -> Gaussian:
    known: Gaussian | None = comparison.generated_moments
    return known or Gaussian.fast(at_least(2, comparison.generated_set, "generated"))


def _exact_generated_moments(comparison: Comparison) -> Gaussian:
    known: Gaussian | None = comparison.generated_moments
    return known or Gaussian.of(comparison.generated_set)
