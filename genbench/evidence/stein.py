"""How far a model's score, the slope of its log-density, is from that of the test points' law."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from genbench.distances import squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence, at_least, given
from genbench.ground.arrays import Array, flat

OFFSET = 1.0  # squared, of the kernel (OFFSET + |x - y|^2)^EXPONENT
EXPONENT = -0.5
DRAWS = 199  # of signs, for the p-value


@dataclass(frozen=True, eq=False)
class SteinMeans(Evidence):
    """Means of the Stein kernel over pairs of test points, and under random signs."""

    inputs: ClassVar = ("test", "test_score")

    rows: Array  # (n_test,) mean over the other points
    square: float  # mean of the kernel's square over pairs
    signed: Array  # (DRAWS,) means with a random sign for every point: what chance gives

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Go once over all pairs of test samples, flattened, as the score is of them."""
        samples = flat(given(comparison.reference.test, "test samples"))
        score = given(comparison.test_score, "scores of test samples")
        at_least(2, samples, "test")
        return cls.measure(samples, score, rng=comparison.rng("stein"))

    @classmethod
    def measure(cls, points: Array, score: Array, *, rng: np.random.Generator) -> Self:
        """Add up u(x, y) = s(x).s(y) k + s(x).dk/dy + s(y).dk/dx + tr d2k/dxdy over x != y.

        Liu, Lee and Jordan, https://arxiv.org/abs/1602.03253, and Chwialkowski et al.,
        https://arxiv.org/abs/1602.02964. The signs' draws are theirs: the wild bootstrap.
        """
        n, d = points.shape
        points = points - points.mean(axis=0)
        own = np.einsum("ij,ij->i", score, points)
        signs = rng.choice([-1.0, 1.0], size=(n, DRAWS))
        rows_of, square, signed = np.empty(n), 0.0, np.zeros(DRAWS)
        for rows, squared in squared_distance_blocks(points, points):
            base = OFFSET + squared
            kernel = base**EXPONENT
            slope = 2 * EXPONENT * kernel / base
            # (s(x) - s(y)).(x - y), from products.
            apart = own[rows, None] + own - score[rows] @ points.T - points[rows] @ score.T
            trace = slope * (d + 2 * (EXPONENT - 1) * squared / base)
            values = (score[rows] @ score.T) * kernel - slope * apart - trace
            np.fill_diagonal(values[:, rows.start :], 0)
            rows_of[rows] = values.sum(axis=1) / (n - 1)
            square += float(np.vdot(values, values))
            signed += ((values @ signs) * signs[rows]).sum(axis=0)
        pairs = n * (n - 1)
        return cls(rows_of, square / pairs, signed / pairs)

    @property
    def parameters(self) -> dict[str, float]:
        """The kernel."""
        return {"offset": OFFSET, "exponent": EXPONENT}
