"""Classifiers trained on real and on generated samples, and what they say of each other's."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, given
from genbench.evidence.subsets import part
from genbench.evidence.training import fixed_budget
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for

FEWEST = 20
MOST_STEPS = 500
LEAST_PROBABILITY = 1e-12  # of a class: nearer to zero it would make a divergence infinite


@dataclass(frozen=True)
class Probe:
    """A linear classifier of standardised points: logistic regression."""

    n_classes: int
    classes: Labels  # those it has seen
    pipeline: Any  # None where it has seen one class only

    @classmethod
    def trained(cls, points: Array, labels: Labels, *, n_classes: int) -> Self:
        """Fit to points (n, d) of classes (n,)."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        classes = np.unique(labels)
        if len(classes) == 1:
            return cls(n_classes, classes, None)
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=MOST_STEPS))
        with fixed_budget():
            return cls(n_classes, classes, pipeline.fit(points, labels))

    def probabilities(self, points: Array) -> Array:
        """Return the probability of every class, (n, n_classes): none for one it never saw."""
        table = np.zeros((len(points), self.n_classes))
        table[:, self.classes] = 1 if self.pipeline is None else self.pipeline.predict_proba(points)
        return table


@dataclass(frozen=True)
class TrainProbe:
    """A probe of so many training samples; `reference.get(TrainProbe(n))` trains it once."""

    n: int

    def __call__(self, reference: Reference) -> Probe:
        """Train it."""
        labels = given(reference.train_labels, "classes of the training samples")
        chosen = drawn(reference.train_set, labels, self.n, rng=rng_for(0, "probes"))
        n_classes = int(labels.max()) + 1
        return Probe.trained(reference.train_set[chosen], labels[chosen], n_classes=n_classes)


@dataclass(frozen=True, eq=False)
class Probes(Evidence):
    """What a probe of training and one of as many generated samples say of labelled samples.

    Generated samples without labels are labelled by the probe of all training samples.
    """

    inputs: ClassVar = ("train", "train_labels", "test", "test_labels", "generated")

    n: int  # samples that either probe learned from
    test_labels: Labels  # (n_test,)
    generated_labels: Labels  # (n_generated,)
    labelled_by_probe: bool  # whether the generated labels were found, not given
    of_train: Array  # (n_test, n_classes) by the probe of training samples, of test samples
    of_generated: Array  # (n_test, n_classes) by the probe of generated samples, of test samples
    generated_calls: Labels  # (n_generated,) by the probe of training samples
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Train both.

        Raises:
            Unavailable: labels are absent or of a class without training samples, or too few
                samples.
        """
        real, generated = comparison.reference, comparison.generated_set
        test, test_labels = real.test_set, given(real.test_labels, "classes of the test samples")
        train_labels = given(real.train_labels, "classes of the training samples")
        n = min(len(real.train_set), len(generated))
        if n < FEWEST:
            raise Unavailable(f"needs {FEWEST} training and generated samples; there are {n}")
        if len(np.unique(train_labels)) < 2:
            raise Unavailable("the training samples are all of one class")
        labels = comparison.generated_labels
        if labels is None:
            labels = real.get(TrainProbe(len(train_labels))).probabilities(generated).argmax(1)
        for name, classes in (("test", test_labels), ("generated", labels)):
            unseen = np.setdiff1d(classes, train_labels)
            if len(unseen):
                raise Unavailable(f"no training sample is of class {unseen[0]}, but {name} ones")
        chosen = drawn(generated, labels, n, rng=comparison.rng("probes"))
        train_probe = real.get(TrainProbe(n))
        probe = Probe.trained(generated[chosen], labels[chosen], n_classes=train_probe.n_classes)
        return cls(
            n=n,
            test_labels=test_labels,
            generated_labels=labels,
            labelled_by_probe=comparison.generated_labels is None,
            of_train=train_probe.probabilities(test),
            of_generated=probe.probabilities(test),
            generated_calls=train_probe.probabilities(generated).argmax(axis=1),
            parts=(
                *part(n, len(real.train_set), "train", "are learned from"),
                *part(n, len(generated), "generated", "are learned from"),
            ),
        )

    @property
    def train_right(self) -> Array:
        """Whether the probe of training samples is right about each test sample, (n_test,)."""
        return np.asarray(self.of_train.argmax(axis=1) == self.test_labels, dtype=float)

    @property
    def generated_right(self) -> Array:
        """Whether the probe of generated samples is right about each test sample, (n_test,)."""
        return np.asarray(self.of_generated.argmax(axis=1) == self.test_labels, dtype=float)

    @property
    def majority(self) -> float:
        """Share of the test samples' most common class."""
        return float(np.bincount(self.test_labels).max() / len(self.test_labels))

    @property
    def parameters(self) -> dict[str, Any]:
        """What the probes are, and what they learned from."""
        return {
            "probe": "logistic regression",
            "n_learned_from": self.n,
            "generated_labels": "by the probe" if self.labelled_by_probe else "given",
            "n_clipped": int(((self.of_train < LEAST_PROBABILITY) & (self.of_generated > 0)).sum()),
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not learned from."""
        return self.parts


def drawn(points: Array, labels: Labels, n: int, *, rng: np.random.Generator) -> Labels:
    """Return the indices of `n` samples that are drawn at random, or of all.

    They are in an order of their values, so that rounding does not depend on the order of rows.
    """
    chosen = np.arange(len(points))
    if n < len(points):
        chosen = rng.choice(len(points), size=n, replace=False)
    rows = np.ascontiguousarray(np.column_stack([points[chosen], labels[chosen]]) + 0.0)
    return chosen[np.argsort(rows.view(f"V{rows.dtype.itemsize * rows.shape[1]}").ravel())]
