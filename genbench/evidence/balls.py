"""Who lies in whose ball: by subtraction, wherever rounding could decide."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genbench.distances import FEW, by_subtraction, places_of, rough_blocks, tie
from genbench.ground.arrays import Array, Flags, Labels
from genbench.ground.trees import members_by_tree, worth_a_tree


class Inside(NamedTuple):
    """Who lies in whose ball, for some rows of the points and all others."""

    rows: slice
    of_points: Flags  # (n_rows, n_others) whether the ball around the point holds the other
    of_others: Flags  # (n_rows, n_others) whether the ball around the other holds the point


def ball_blocks(points: Array, radii: Array, others: Array, other_radii: Array) -> Iterator[Inside]:
    """Yield, block by block, which balls around points hold others, and the other way round.

    A point on the surface of a ball, to rounding, is inside; NaN is the radius of an empty ball.
    """
    from scipy.spatial.distance import cdist

    larger = 1 + tie(points.shape[1])
    reach, other_reach = radii**2 * larger, other_radii**2 * larger
    unit, blocks = rough_blocks(points, others)
    for rows, rough, error in blocks:
        own, own_maybe = _at_most(rough, reach[rows, None] / unit, error)
        other, other_maybe = _at_most(rough, other_reach / unit, error)
        unsure = [places_of(own != own_maybe), places_of(other != other_maybe)]
        if max(len(first) for first, _ in unsure) > FEW * rough.size:
            block = cdist(points[rows], others, "sqeuclidean")
            own, other = block <= reach[rows, None], block <= other_reach
        else:
            for sure, (first, second), limits in zip(
                (own, other),
                unsure,
                (reach[rows][unsure[0][0]], other_reach[unsure[1][1]]),
                strict=True,
            ):
                sure[first, second] = by_subtraction(points[rows], others, first, second) <= limits
        yield Inside(rows, own, other)


def _at_most(rough: NDArray[np.float32], limits: Array, error: float) -> tuple[Flags, Flags]:
    """Return which entries are surely, and which may be, at most the limits."""
    margin = error + limits * 2.0**-22  # the limits are rounded, too
    low, high = (limits - margin).astype(np.float32), (limits + margin).astype(np.float32)
    return rough <= low, rough <= high


def members(
    points: Array, radii: Array, others: Array, other_radii: Array
) -> tuple[tuple[Labels, Labels], tuple[Labels, Labels]] | None:
    """Return pairs of a ball around a point and one of the others in it, and the other way round.

    None where the pairs are better looked at in blocks: in many dimensions, of few points, or of
    balls that hold many.
    """
    if not worth_a_tree(points, others):
        return None
    found = []
    for centres, reach, held in ((points, radii, others), (others, other_radii, points)):
        pairs = members_by_tree(centres, reach, held)
        if pairs is None:
            return None
        limits = reach[pairs[0]] ** 2 * (1 + tie(points.shape[1]))
        inside = by_subtraction(centres, held, *pairs) <= limits
        found.append((pairs[0][inside], pairs[1][inside]))
    return found[0], found[1]
