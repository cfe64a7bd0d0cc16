"""The model's density, by kernels, at test points and at its own."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.evidence.kernel_likelihood import MOST_CHOOSING, best_bandwidth, kernel_log_density
from genbench.evidence.neighbours import within_generated
from genbench.evidence.subsets import part
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable

SHARE = 0.95  # of what the model makes lies where its density reaches the level


@dataclass(frozen=True, eq=False)
class LevelCoverage(Evidence):
    """Log-densities under kernels about the generated points, each without the point itself."""

    inputs: ClassVar = ("test", "generated")

    test: Array  # (n_test,) nats
    generated: Array  # (n_generated,) nats
    bandwidth: float
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Choose the bandwidth under which generated points are likeliest, each by all others.

        At most `MOST_CHOOSING` of them, drawn at random, choose.

        Raises:
            Unavailable: no bandwidth is best, as where every point is repeated.
        """
        generated = comparison.generated_set
        gaps = comparison.get(within_generated).nearest
        chooses = np.arange(len(generated))
        if len(generated) > MOST_CHOOSING:
            rng = comparison.rng("level_coverage")
            chooses = rng.choice(len(generated), size=MOST_CHOOSING, replace=False)
        typical = float(np.sqrt((gaps**2).mean() / generated.shape[1]))
        if typical == 0:
            raise Unavailable("every generated sample is repeated: no bandwidth is best")

        choosing = generated[chooses]

        def likelihoods(widths: list[float]) -> Array:
            found = kernel_log_density(choosing, generated, widths, itself=chooses)
            return np.asarray(found.mean(axis=1))

        width = best_bandwidth(typical, likelihoods)
        return cls(
            kernel_log_density(comparison.reference.test_set, generated, [width])[0],
            kernel_log_density(generated, generated, [width], itself=np.arange(len(generated)))[0],
            width,
            part(len(chooses), len(generated), "generated", "choose the bandwidth"),
        )

    @property
    def level(self) -> float:
        """Log-density that a share `SHARE` of the model's other points reaches, on average.

        That is what this quantile is for; the usual one is reached by fewer, 94.6 % of 240.
        """
        return float(np.quantile(self.generated, 1 - SHARE, method="weibull"))

    @property
    def parameters(self) -> dict[str, float]:
        """Standard deviation of the kernels."""
        return {"bandwidth": self.bandwidth}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many samples choose the bandwidth, if not all."""
        return self.parts
