"""A network trained to tell generated from test points, and how it does on held-out ones."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.subsets import part
from genbench.evidence.training import fixed_budget
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

FEWEST = 20  # of each set: ten to learn from, ten to be judged on


@dataclass(frozen=True)
class ClassifierTest(Evidence):
    """Held-out decisions of a classifier trained on as many test as generated points."""

    inputs: ClassVar = ("test", "generated")

    n: int  # held-out points of each kind
    real_called_real: int
    generated_called_real: int
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Train and judge on the points."""
        real, generated = comparison.reference, comparison.generated_set
        return cls.measure(real.test_set, generated, rng=comparison.rng("classifier_test"))

    @classmethod
    def measure(cls, test: Array, generated: Array, *, rng: np.random.Generator) -> Self:
        """Train on one half of each set, judge on the other: stratified, so chance is one half.

        Raises:
            Unavailable: fewer than `FEWEST` points in either set.
        """
        fewest = min(len(test), len(generated))
        if fewest < FEWEST:
            raise Unavailable(f"needs {FEWEST} points of each set; there are {fewest}")
        n = fewest // 2
        halves = [rng.permutation(len(points))[: 2 * n] for points in (test, generated)]
        learn = np.concatenate([test[halves[0][:n]], generated[halves[1][:n]]])
        judge = np.concatenate([test[halves[0][n:]], generated[halves[1][n:]]])
        is_real = np.repeat([1, 0], n)
        called_real = _network(int(rng.integers(2**31)), learn, is_real).predict(judge)
        parts = part(2 * n, len(test) // 2 * 2, "test")
        parts += part(2 * n, len(generated) // 2 * 2, "generated")
        return cls(n, int(called_real[:n].sum()), int(called_real[n:].sum()), parts)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which samples were not looked at."""
        return self.parts

    @property
    def accuracy(self) -> float:
        """Share of held-out points of which the classifier says rightly what they are."""
        return (self.real_called_real + self.n - self.generated_called_real) / (2 * self.n)


def _network(random_state: int, points: Array, is_real: Labels) -> Any:
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPClassifier(
        hidden_layer_sizes=(64, 64),
        learning_rate_init=3e-3,
        alpha=1e-2,
        max_iter=150,
        random_state=random_state,
    )
    with fixed_budget():
        return make_pipeline(StandardScaler(), network).fit(points, is_real)
