"""Means and covariances of every class on its own."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.evidence.moments import Moments
from genbench.ground.arrays import Labels
from genbench.ground.errors import Unavailable


@dataclass(frozen=True, eq=False)
class ClassMoments(Evidence):
    """Moments of the test and generated points of each class that test samples have."""

    inputs: ClassVar = ("test", "test_labels", "generated", "generated_labels")

    classes: Labels  # (n_classes,)
    moments: tuple[Moments, ...]  # of each

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure both sets of every class.

        Raises:
            Unavailable: classes are absent, a class has fewer than two samples in either set, or
                only generated ones.
        """
        real = comparison.reference
        of_test = given(real.test_labels, "classes of the test samples")
        of_generated = given(
            comparison.generated_labels, "classes that the generated samples were made for"
        )
        classes = np.unique(of_test)
        if len(unseen := np.setdiff1d(of_generated, classes)):
            raise Unavailable(f"no test sample is of class {unseen[0]}, but generated ones")
        # Of no known class, training samples cannot show what chance makes of one.
        of_train = np.empty(0) if real.train_labels is None else real.train_labels
        labels = {"test": of_test, "generated": of_generated, "train": of_train}
        found = []
        for name in classes:
            rows = {part: np.flatnonzero(known == name) for part, known in labels.items()}
            of_class = comparison.of_rows(rows)
            if not len(rows["train"]):
                untrained = replace(of_class.reference, train=None, train_points=None)
                of_class = replace(of_class, reference=untrained)
            try:
                found.append(Moments.of(of_class))
            except Unavailable as unavailable:
                raise Unavailable(f"of class {name} it {unavailable}") from None
        return cls(classes, tuple(found))

    @property
    def parameters(self) -> dict[str, Any]:
        """How many classes there are."""
        return {"classes": len(self.classes)}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say of how many classes no covariance has full rank."""
        d = len(self.moments[0].test.mean)
        lacking = sum(min(one.test.n, one.generated.n) <= d for one in self.moments)
        if not lacking:
            return ()
        return (
            f"of {lacking} of {len(self.classes)} classes there are too few points for a full "
            f"covariance in {d} dimensions",
        )
