"""Class probabilities of samples, by one classifier."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array, Labels


@dataclass(frozen=True, eq=False)
class Probabilities(Evidence):
    """What a classifier says of generated samples, and the law of the classes in real data."""

    inputs: ClassVar = ("generated_probabilities",)

    generated: Array  # (n_generated, n_classes)
    labels: Labels  # (n_generated,) class each sample was made for; else the likeliest
    prior: Array | None  # (n_classes,) law of the classes: training set's, else the test set's
    test: Array | None = None  # (n_test, n_classes)
    test_labels: Labels | None = None  # (n_test,) known in the same way as those of the generated

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given; labels are the likeliest classes unless given."""
        name = "class probabilities of the generated samples"
        generated = given(comparison.generated_probabilities, name)
        real, labels = comparison.reference, comparison.generated_labels
        test, test_labels = real.test_probabilities, real.test_labels
        if labels is None:
            labels = generated.argmax(axis=1)
            test_labels = None if test is None else test.argmax(axis=1)
        return cls(generated, labels, real.prior, test, test_labels)

    @property
    def marginal(self) -> Array:
        """Mean class probabilities of the generated samples, (n_classes,)."""
        return np.asarray(self.generated.mean(axis=0))
