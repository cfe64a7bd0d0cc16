"""Evidence on disjoint parts of all sets: how far what it says scatters tells how sure it is."""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

PART = 500  # samples of the smallest set in a part, where there are as many
FEWEST = 10
MOST_PARTS = 17
FREEDOM = 10  # degrees of freedom of the spread, over all ways to cut: it is off by about a fifth


@dataclass(frozen=True)
class OverParts:
    """The standard error of a measure, from its spread over disjoint parts of all sets.

    Its variance falls as one over the number of samples, so that of the whole is that of a part
    over the number of parts. No law of the samples is assumed, nor that the measure is a mean, and
    its value may depend on their number (Politis, Romano and Wolf, "Subsampling", 1999,
    https://doi.org/10.1007/978-1-4612-1554-7).

    `power` is that of the measure of which this holds: 1/2 of squared distances, whose variance
    falls faster where distributions are equal; 0, the logarithm, of distances between neighbours,
    which shrink as points grow dense.

    `judging` is the standard error over the samples that something learned is judged on, that held
    fixed: parts then only tell what learning adds. Its variance falls as one over the square of
    their number: at the best boundary between classes an accuracy does not slope.
    """

    means: ClassVar = "spread over disjoint parts of all sets"

    power: float = 1.0
    judging: Callable[[Any], float] | None = None

    def error(
        self,
        compute: Callable[[Any], float],
        kind: type[Evidence],
        comparison: Comparison,
        value: float,
    ) -> float:
        """Return the standard error of `value`, which is computed from evidence of that kind.

        Raises:
            Unavailable: parts are too small for it.
        """
        cuts = comparison.get(on_parts(kind))  # type: ignore[arg-type]  # classes can be hashed
        found = np.array([[_computed(compute, part) for part in cut] for cut in cuts])
        kept = np.isfinite(found).all(axis=1)  # by a cut a class can lose all its samples
        found = found[kept]
        if len(found) * 2 < n_cuts(found.shape[1]):
            raise Unavailable("most parts of the samples are too small for it")
        if self.judging is not None:
            judged = [[self.judging(part) ** 2 for part in cut] for cut in cuts if None not in cut]
            learning = _spread(found) ** 2 - float(np.mean(judged)) / found.shape[1]
            learning = max(learning, 0.0) / found.shape[1]
            return math.hypot(self.judging(comparison.get(kind.of)), math.sqrt(learning))
        if self.power == 1:
            return _spread(found)
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.power == 0:
                return value * _spread(np.log(found))
            roots = np.maximum(found, 0) ** self.power
        return _spread(roots) * math.pow(max(value, 0.0), 1 - self.power) / self.power


def _computed(compute: Callable[[Any], float], evidence: Any) -> float:
    if evidence is None:
        return math.nan
    try:
        return float(compute(evidence))
    except Unavailable:
        return math.nan


@cache
def on_parts(kind: type[Evidence]) -> Callable[[Comparison], list[list[Any]]]:
    """Return what makes evidence of a kind on every part, by ways to cut: one function for each.

    It is None where a part has no such evidence.
    """

    def measure(comparison: Comparison) -> list[list[Any]]:
        cuts = list(_cuts(comparison, kind.inputs))
        if kind.reads_distances_only:
            comparison = comparison.get(in_span)
        return kind.of_parts(comparison, cuts)

    return measure


def in_span(comparison: Comparison) -> Comparison:
    """Return the comparison with points in coordinates of their span, if that has fewer.

    Distances stay as they are, to rounding; every part then costs what its number asks for.
    """
    held = comparison.points
    n, d = sum(map(len, held.values())), next(iter(held.values())).shape[1]
    if n >= d:
        return comparison
    points = np.concatenate(list(held.values()))
    points -= points.mean(axis=0)
    coordinates = _triangular_factor(points.T).T
    ends = np.cumsum([len(part) for part in held.values()])
    return comparison.with_points(dict(zip(held, np.split(coordinates, ends[:-1]), strict=True)))


def _triangular_factor(matrix: Array) -> Array:
    """Return R (n, n) of the QR decomposition of a matrix (m, n), m >= n, in whose place it works.

    A matrix in Fortran's order is not copied, as `numpy.linalg.qr` would.
    """
    from scipy.linalg.lapack import dgeqrf, dgeqrf_lwork

    m, n = matrix.shape
    space, _ = dgeqrf_lwork(m, n)
    reduced, *_ = dgeqrf(matrix, lwork=int(space), overwrite_a=True)
    return np.triu(reduced[:n])


def n_cuts(n_parts: int) -> int:
    """Return how many ways to cut into so many parts there are to be."""
    return math.ceil(FREEDOM / (n_parts - 1))


def _cuts(comparison: Comparison, inputs: Iterable[str]) -> Iterator[list[dict[str, Labels]]]:
    """Yield rows of each set, by its name, for the parts of each way to cut all sets at random.

    A set that is not needed stays whole where it is too small.
    """
    sizes = comparison.sizes
    fewest = min(
        size for name, size in sizes.items() if name in {one.partition("_")[0] for one in inputs}
    )
    if fewest < 2 * FEWEST:
        raise Unavailable(f"parts of {fewest} samples would be too small")
    n_parts = min(max(fewest // PART, 2), MOST_PARTS)
    rng = comparison.rng("parts")
    for _ in range(n_cuts(n_parts)):
        cut = {
            name: np.array_split(rng.permutation(size), n_parts)
            for name, size in sizes.items()
            if size >= n_parts * FEWEST
        }
        yield [{name: rows[part] for name, rows in cut.items()} for part in range(n_parts)]


def _spread(found: Array) -> float:
    """Return the standard error of a whole from values on its parts (n_cuts, n_parts)."""
    return math.sqrt(found.var(axis=1, ddof=1).mean() / found.shape[1])
