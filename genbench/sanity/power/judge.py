"""One metric on one set of real samples, asked again and again of other samples."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genbench.evidence import Comparison
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of, of_samples


@dataclass(frozen=True, eq=False)
class Judge:
    """A metric beside real samples, what it knows of which is found once."""

    metric: Metric
    base: Comparison

    @classmethod
    def of(cls, metric: Metric, test: Array, **facts: Any) -> "Judge":
        """Let a metric judge by real samples (n, ...) and what else is known, as `score` takes it.

        Raises:
            BadInput: the samples are none.
        """
        return cls(metric, comparison_of(test=test, generated=test[:2], **facts))

    def value(self, generated: Array) -> float:
        """Return the value of samples (n, ...).

        Raises:
            Unavailable: there is none.
        """
        return self._score(replace(self.metric, standard_error=None), generated)[0]

    def value_and_error(self, generated: Array, *, seed: int | None = None) -> tuple[float, float]:
        """Return the value of samples (n, ...), and its standard error.

        With another seed, sets are cut into other parts to find it.

        Raises:
            Unavailable: there is none, or no finite one.
        """
        base = self.base if seed is None else replace(self.base, seed=seed)
        value, error = replace(self, base=base)._score(self.metric, generated)
        if error is None:
            raise Unavailable(f"{self.metric.name} has no standard error on these samples")
        return value, error

    def _score(self, metric: Metric, generated: Array) -> tuple[float, float | None]:
        comparison = of_samples(self.base, generated)
        metric_free = replace(metric, ideal=None, chance=None, p_value=None)
        score = evaluate(comparison, [metric_free])[metric.name]
        if score.value is None or not np.isfinite(score.value):
            raise Unavailable(score.reason or f"{metric.name} is not finite on these samples")
        return score.value, score.standard_error
