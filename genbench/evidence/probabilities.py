"""Class probabilities of samples, by one classifier."""

from dataclasses import dataclass

import numpy as np

from genbench.arrays import Array, Labels


@dataclass(frozen=True, eq=False)
class Probabilities:
    """What a classifier says of generated samples, and the law of the classes in real data."""

    generated: Array  # (n_generated, n_classes)
    labels: Labels  # (n_generated,) class each sample was made for; else the likeliest
    prior: Array | None  # (n_classes,) law of the classes: training set's, else the test set's
    test: Array | None = None  # (n_test, n_classes)

    @property
    def marginal(self) -> Array:
        """Mean class probabilities of the generated samples, (n_classes,)."""
        return np.asarray(self.generated.mean(axis=0))
