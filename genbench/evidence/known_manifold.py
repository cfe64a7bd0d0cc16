"""How far generated samples lie from where data can lie, and test samples from what a model can."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array, Flags, flat

TOLERANCE = 0.1  # distance, in units of the samples, within which a sample is as good as there


@dataclass(frozen=True, eq=False)
class WithinTolerance(Evidence):
    """Which samples are near enough to where they should be."""

    near: Flags  # (n,) whether each is within the tolerance
    tolerance: float

    @classmethod
    def measure(cls, distances: Array, *, tolerance: float = TOLERANCE) -> Self:
        """Look which distances (n,) are within a tolerance, perhaps of one's own."""
        return cls(distances <= tolerance, tolerance)

    @property
    def parameters(self) -> dict[str, float]:
        """The distance within which a sample counts."""
        return {"tolerance": self.tolerance}


@dataclass(frozen=True, eq=False)
class OnManifold(WithinTolerance):
    """Which generated samples lie on a manifold that is known."""

    inputs: ClassVar = ("manifold", "generated")

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Ask the manifold for its distances to the samples as they are."""
        manifold = given(comparison.reference.manifold, "distances to a known manifold")
        generated = flat(given(comparison.generated, "generated samples"))
        return cls.measure(np.asarray(manifold(generated), dtype=float))


@dataclass(frozen=True, eq=False)
class Reconstructed(WithinTolerance):
    """Which test samples the model can make, as far as its nearest sample to each is known."""

    inputs: ClassVar = ("test", "test_reconstruction")

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure how far each test sample is from the model's nearest."""
        test = flat(given(comparison.reference.test, "test samples"))
        nearest = flat(given(comparison.test_reconstruction, "reconstructions of test samples"))
        return cls.measure(np.sqrt(((test - nearest) ** 2).sum(axis=1)))


@dataclass(frozen=True, eq=False)
class KnownManifold(Evidence):
    """Both of these, for what is good only if both are."""

    inputs: ClassVar = (*OnManifold.inputs, *Reconstructed.inputs)

    on_manifold: OnManifold
    reconstructed: Reconstructed

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Put the two together."""
        return cls(comparison.get(OnManifold.of), comparison.get(Reconstructed.of))

    @property
    def parameters(self) -> dict[str, float]:
        """The distance within which a sample counts."""
        return self.on_manifold.parameters
