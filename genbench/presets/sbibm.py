"""As sbibm: https://github.com/sbi-benchmark/sbibm.

The classifier two-sample test is the mean accuracy over 5 shuffled folds of a network with two
hidden layers of 10 d units, trained to the end, after scaling by the test points' spread. The folds
are not stratified, so chance is a little under one half; ours holds out half of either set, which
makes chance exactly one half and the p-value exact, and trains for a fixed budget.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence import Comparison, Evidence
from genbench.ground.errors import Unavailable
from genbench.metric import Metric
from genbench.presets import Preset

FOLDS, SEED, MOST_STEPS = 5, 1, 10_000


@dataclass(frozen=True, eq=False)
class FoldedClassifier(Evidence):
    """Accuracies of a network on the folds it was not trained on."""

    inputs: ClassVar = ("test", "generated")

    accuracies: tuple[float, ...]

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Train one network a fold, all with the program's own seed."""
        from sklearn.model_selection import KFold, cross_val_score
        from sklearn.neural_network import MLPClassifier

        test, generated = comparison.reference.test_set, comparison.generated_set
        if min(len(test), len(generated)) < FOLDS:
            raise Unavailable(f"needs {FOLDS} points of each set")
        spread = test.std(axis=0, ddof=1)
        if not spread.all():
            raise Unavailable("a coordinate of the test points never changes: it has no spread")
        scaled = [(points - test.mean(axis=0)) / spread for points in (test, generated)]
        is_generated = np.repeat([0.0, 1.0], [len(test), len(generated)])
        width = 10 * test.shape[1]
        network = MLPClassifier(
            hidden_layer_sizes=(width, width), max_iter=MOST_STEPS, random_state=SEED
        )
        folds = KFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
        found = cross_val_score(network, np.concatenate(scaled), is_generated, cv=folds)
        return cls(tuple(float(accuracy) for accuracy in found))

    @property
    def parameters(self) -> dict[str, Any]:
        """Folds and seed."""
        return {"n_folds": FOLDS, "fold_seed": SEED}


def classifier_two_sample_test(folds: FoldedClassifier) -> float:
    """Held-out accuracy of a network that tells generated from test points, averaged over folds."""
    return float(np.mean(folds.accuracies))


PRESET = Preset(
    metrics=(
        Metric(
            compute=classifier_two_sample_test,
            needs=FoldedClassifier,
            aim="match",
            bounds=(0, 1),
            catches=(),
            ideal=0.5,
            chance=0.5,
        ),
    ),
)
