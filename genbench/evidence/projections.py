"""Test and generated points along random directions: transport on a line is sorting."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from genbench.distances import BLOCK_ENTRIES
from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

DIRECTIONS = 1000
OF_PARTS = 100  # of them, along which parts of the sets are compared for the standard error
MOST_KEPT = 16_000_000  # sorted projections of the test set that a reference keeps: 128 MB


@dataclass(frozen=True, eq=False)
class Projections(Evidence):
    """How far apart test and generated points lie along each of many directions."""

    inputs: ClassVar = ("test", "generated")

    distances: Array  # (n_directions,) Wasserstein-1 distance along each direction
    squared_distances: Array  # (n_directions,) squared Wasserstein-2 distance along each

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Project on directions of the reference: the same for every model."""
        reference, generated = comparison.reference, comparison.generated_set
        first, second = np.empty((2, DIRECTIONS))
        directions = Directions(reference)
        for rows, test in _test_side(reference):
            found = cls._of_sorted(test, _along(directions.draw(len(test)), generated))
            first[rows], second[rows] = found.distances, found.squared_distances
        return cls(first, second)

    @classmethod
    def of_parts(
        cls, comparison: Comparison, cuts: Iterable[Iterable[Mapping[str, Labels]]]
    ) -> list[list[Self | None]]:
        """Project once, on the first directions: parts are compared along the same."""
        reference = comparison.reference
        directions = Directions(reference).draw(OF_PARTS)
        test, generated = (
            directions @ points.T for points in (reference.test_set, comparison.generated_set)
        )

        return [
            [
                cls._of_sorted(
                    np.sort(test[:, rows["test"]], axis=1),
                    np.sort(generated[:, rows["generated"]], axis=1),
                )
                for rows in parts
            ]
            for parts in cuts
        ]

    @classmethod
    def _of_sorted(cls, test: Array, generated: Array) -> Self:
        """Compare sorted projections, (n_directions, n) and (n_directions, m)."""
        pairing = Pairing.of(test.shape[1], generated.shape[1])
        apart = np.abs(test[:, pairing.test] - generated[:, pairing.generated])
        return cls(apart @ pairing.weights, apart**2 @ pairing.weights)

    @property
    def parameters(self) -> dict[str, int]:
        """How many directions there are."""
        return {"n_directions": len(self.distances)}


class Pairing(NamedTuple):
    """Which sorted point goes to which, and how much of it, for sets of these sizes."""

    test: Labels  # (n_pairs,)
    generated: Labels  # (n_pairs,)
    weights: Array  # (n_pairs,) sum to one

    @classmethod
    def of(cls, n: int, m: int) -> "Pairing":
        """Cut the unit of mass at every i / n and j / m: each piece has one point on either side.

        Counted in whole numbers of 1 / (n m), so that equal cuts are one cut.
        """
        cuts = np.union1d(np.arange(n + 1) * m, np.arange(m + 1) * n)
        starts = cuts[:-1]
        return cls(starts // m, starts // n, np.diff(cuts) / (n * m))


class Directions:
    """Directions on the unit sphere, the same for all, drawn a few at a time: all may be large."""

    def __init__(self, reference: Reference) -> None:
        self._d = reference.test_set.shape[1]
        self._rng = rng_for(0, "directions")

    def draw(self, n: int) -> Array:
        """Return the next n of them, (n, d)."""
        drawn = self._rng.normal(size=(n, self._d))
        for i in range(n):  # in place, one by one: a copy of all would be as large again
            drawn[i] /= np.linalg.norm(drawn[i : i + 1], axis=1)
        return np.asarray(drawn)


def _along(some: Array, points: Array) -> Array:
    """Return sorted projections on some directions, (n_some, n)."""
    projected = some @ points.T
    projected.sort(axis=1)
    return projected


def _blocks(reference: Reference) -> Iterator[tuple[slice, Array]]:
    test = reference.test_set
    directions = Directions(reference)
    size = max(1, BLOCK_ENTRIES // max(test.shape))
    for start in range(0, DIRECTIONS, size):
        rows = slice(start, min(start + size, DIRECTIONS))
        yield rows, _along(directions.draw(rows.stop - rows.start), test)


def _sorted_test(reference: Reference) -> list[tuple[slice, Array]]:
    return list(_blocks(reference))


def _test_side(reference: Reference) -> Iterator[tuple[slice, Array]]:
    """Give the test set's sorted projections, kept from model to model unless they are large."""
    if DIRECTIONS * len(reference.test_set) <= MOST_KEPT:
        yield from reference.get(_sorted_test)
    else:
        yield from _blocks(reference)
