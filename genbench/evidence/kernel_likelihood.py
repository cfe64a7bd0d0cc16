"""Likelihood of test samples under a kernel density estimate of the generated ones."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.distances import nearest, squared_distance_blocks
from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.evidence.subsets import part
from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.errors import Unavailable
from genbench.ground.exponentials import exponentials

FACTORS = np.geomspace(0.25, 4, 9)  # bandwidths tried at first, about the typical gap
MOST_CHOOSING = 1000  # samples that choose a bandwidth, as is usual
MOST_EXTENSIONS = 8  # times the grid is moved on while its edge is the best


@dataclass(frozen=True, eq=False)
class KernelLikelihood(Evidence):
    """Log-densities of test samples, each with a bandwidth that other test samples chose."""

    inputs: ClassVar = ("test", "generated")

    log_densities: Array  # (n_test,) nats
    bandwidths: tuple[float, float]  # chosen on either half, used on the other

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Judge in the space of the samples, as the model's own density does."""
        test = flat(given(comparison.reference.test, "test samples"))
        generated = flat(given(comparison.generated, "generated samples"))
        return cls.measure(test, generated, rng=comparison.rng("kernel_likelihood"))

    @property
    def parameters(self) -> dict[str, Any]:
        """The bandwidths."""
        return {"bandwidths": self.bandwidths}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say how many samples choose the bandwidths, if not all."""
        return part(2 * MOST_CHOOSING, len(self.log_densities), "test", "choose the bandwidths")

    @classmethod
    def measure(cls, test: Array, generated: Array, *, rng: np.random.Generator) -> Self:
        """Choose the bandwidth on each half of the test samples and judge the other half by it.

        Raises:
            Unavailable: fewer than four test samples, or a bandwidth that runs away, as it does
                to zero where test samples are among the generated ones.
        """
        if len(test) < 4:
            raise Unavailable(f"needs four test samples; there are {len(test)}")
        halves = np.array_split(rng.permutation(len(test)), 2)
        log_densities = np.empty(len(test))
        bandwidths = []
        for chooses, judged in (halves, halves[::-1]):
            bandwidths.append(choose_bandwidth(test[chooses[:MOST_CHOOSING]], generated))
            log_densities[judged] = kernel_log_density(test[judged], generated, bandwidths[-1:])[0]
        return cls(log_densities, (bandwidths[0], bandwidths[1]))


def choose_bandwidth(validation: Array, centres: Array) -> float:
    """Return the bandwidth under which validation samples are likeliest on average.

    Raises:
        Unavailable: the best bandwidth keeps lying at the grid's edge.
    """
    gaps = nearest(validation, centres)[0]
    typical = float(np.sqrt((gaps**2).mean() / validation.shape[1]))
    if typical == 0:
        raise Unavailable("every test sample is among the generated ones: no bandwidth is best")
    return best_bandwidth(
        typical, lambda grid: kernel_log_density(validation, centres, grid).mean(axis=1)
    )


def best_bandwidth(typical: float, score: Callable[[list[float]], Array]) -> float:
    """Return the bandwidth of the highest score, looked for about a typical one.

    Raises:
        Unavailable: the best bandwidth keeps lying at the grid's edge.
    """
    grid = typical * FACTORS
    for _ in range(MOST_EXTENSIONS):
        means = score(list(grid))
        best = int(means.argmax())
        if best == 0:
            grid = grid * FACTORS[0]
        elif best == len(grid) - 1:
            grid = grid * FACTORS[-1]
        else:
            # A parabola through the best three, on the logarithm, finds the top between them.
            return _top(np.log(grid[best - 1 : best + 2]), means[best - 1 : best + 2])
    raise Unavailable(f"the best bandwidth lies beyond {grid[best]:.3g}, the edge of every grid")


def kernel_log_density(
    points: Array, centres: Array, bandwidths: list[float], *, itself: Labels | None = None
) -> Array:
    """Log of the mean Gaussian around the centres, (n_bandwidths, n_points), in nats.

    `itself` (n_points,) says which centre a point is, if it is one: its own kernel is left out.
    The direct sum, all bandwidths from one pass over the distances. (Approximate sums, such as
    tree codes with tolerances on the density, can be nats off away from the centres.)
    """
    d = points.shape[1]
    found = np.empty((len(bandwidths), len(points)))
    for rows, squared in squared_distance_blocks(points, centres):
        if itself is not None:
            squared[np.arange(len(squared)), itself[rows]] = np.inf
        least = squared.min(axis=1)  # taken off before, added after: the largest kernel is then 1
        below = np.subtract(least[:, None], squared, out=squared)
        for index, width in enumerate(bandwidths):
            kernels = exponentials(below / (2 * width**2))
            found[index, rows] = np.log(kernels.sum(axis=1)) - least / (2 * width**2)
            found[index, rows] -= np.log(len(centres) - (itself is not None)) + d / 2 * np.log(
                2 * np.pi * width**2
            )
    return found


def _top(x: Array, y: Array) -> float:
    """Top of the parabola through three evenly spaced points whose middle one is highest."""
    bend = y[0] - 2 * y[1] + y[2]
    step = (x[1] - x[0]) * (y[0] - y[2]) / (2 * bend) if bend < 0 else 0.0
    return float(np.exp(x[1] + step))
