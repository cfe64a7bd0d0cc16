"""All quadratic work, one block of rows at a time: no n x n matrix ever exists.

Products are fast, but |x|^2 + |y|^2 - 2xy loses digits where points lie nearer to each other than
to the centre: copies, and all of a cluster far away. Such pairs are measured again, by subtraction.
Where only an order or a yes or no is asked for, products in single precision come first, and what
lies within their error bound is measured: the answers are those of subtraction.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from genbench.ground.arrays import Array, Flags, Labels
from genbench.ground.devices import times
from genbench.ground.kept_tables import kept
from genbench.ground.randomness import rng_for
from genbench.ground.trees import nearest_by_tree, worth_a_tree

BLOCK_ENTRIES = 1_000_000  # of float64: 8 MB a block, which stay near the core
SPARE_CANDIDATES = 3  # neighbours beyond the k-th that rounding might have misplaced
GROUPS = 32  # of columns, for each neighbour that is looked for
FITS_IN_CACHE = 1 << 17  # numbers of double precision
FEW = 1 / 16  # share of a block's pairs that may be measured one by one
UNDERFLOW = 2.0**-90  # of the unit: far above what single precision takes for zero
DIGITS_LOST = 1e-6  # of the squared norms: products lose no more than this from what is above
SURE = 1e-8  # of a squared distance from a block: it is never farther off
TIE = 1e-13  # of a squared distance by subtraction: two sums never differ by more in practice
CENTRED_BY = 25  # points, drawn at random: any centre will do that lies among most of them


def tie(d: int) -> float:
    """Return by how much of themselves two squared distances may differ and be equal, to rounding.

    Each is a sum of d squares of differences, of which every step is off by half an epsilon.
    """
    return min(TIE, (2 * d + 8) * 2.0**-53)


def squared_distance_blocks(points: Array, others: Array) -> Iterator[tuple[slice, Array]]:
    """Yield rows of `points` and their squared distances (n_rows, n_others) to all others.

    They are exact to `SURE` times themselves; repeats are at distance zero.
    """
    return ((rows, block) for rows, _, block in _blocks(points, others, only_later=False))


def later_distance_blocks(points: Array) -> Iterator[tuple[slice, slice, Array]]:
    """Yield rows of one set, those from the first of them on, and their squared distances.

    Every pair of points is met once: the half of the pairs is all there is to see. The first
    columns are the rows themselves.
    """
    return _blocks(points, points, only_later=True)


def _blocks(
    points: Array, others: Array, *, only_later: bool
) -> Iterator[tuple[slice, slice, Array]]:
    rows_per_block = max(1, BLOCK_ENTRIES // len(others))
    table = kept(points, others, lambda: _table(points, others))
    if table is not None:
        for start in range(0, len(points), rows_per_block):
            rows = slice(start, min(start + rows_per_block, len(points)))
            columns = slice(start if only_later else 0, len(others))
            yield rows, columns, table[rows, columns].copy()
    else:
        yield from _computed(points, others, rows_per_block, only_later=only_later)


def _table(points: Array, others: Array) -> Array:
    rows_per_block = max(1, BLOCK_ENTRIES // len(others))
    blocks = _computed(points, others, rows_per_block, only_later=False)
    return np.concatenate([block for *_, block in blocks])


def _computed(
    points: Array, others: Array, rows_per_block: int, *, only_later: bool
) -> Iterator[tuple[slice, slice, Array]]:
    centre = _centre(others)
    squares, other_squares = (_squares(each, centre) for each in (points, others))
    widest = other_squares.max()
    other_centred = others - centre
    other_centred *= -2
    product = times(other_centred.T)
    for start in range(0, len(points), rows_per_block):
        rows = slice(start, min(start + rows_per_block, len(points)))
        columns = slice(start if only_later else 0, len(others))
        block = product(points[rows] - centre, columns)
        block += squares[rows, None]
        block += other_squares[columns]
        bounds = DIGITS_LOST * (squares[rows] + widest)
        _measure_again(block, points[rows], others[columns], bounds, squares[rows], other_squares)
        yield rows, columns, block


def _measure_again(
    block: Array,
    points: Array,
    others: Array,
    bounds: Array,
    squares: Array,
    other_squares: Array,
) -> None:
    """Put what subtraction says in place of entries that products have lost the digits of.

    `bounds` (n_rows,) are for the farthest of the others: where there are too many such entries,
    as beside an outlier, each pair has a bound of its own.
    """
    from scipy.spatial.distance import cdist

    near = np.flatnonzero((block <= bounds[:, None]).ravel())
    if len(near) > FEW * block.size:
        others_own = other_squares[-block.shape[1] :]
        near = np.flatnonzero((block <= DIGITS_LOST * (squares[:, None] + others_own)).ravel())
    if len(near) > FEW * block.size:
        block[:] = cdist(points, others, "sqeuclidean")
        return
    first, second = np.divmod(near, block.shape[1])
    block.ravel()[near] = by_subtraction(points, others, first, second)


def by_subtraction(points: Array, others: Array, first: Labels, second: Labels) -> Array:
    """Return the squared distances (n_pairs,) of pairs of points and others."""
    found = np.empty(len(first))
    at_once = max(1, BLOCK_ENTRIES // points.shape[1])
    for start in range(0, len(first), at_once):
        some = slice(start, start + at_once)
        apart = points[first[some]] - others[second[some]]
        found[some] = np.einsum("ij,ij->i", apart, apart)
    return found


def squared_distance_table(points: Array, others: Array) -> Array:
    """Return all of them at once, (n_points, n_others): for sets that are kept small."""
    return np.concatenate([block for _, block in squared_distance_blocks(points, others)])


def _centre(points: Array) -> Array:
    """Return the median of each coordinate, which no outlier moves far from all the others."""
    if len(points) > CENTRED_BY:
        rng = rng_for(0, "centre")
        points = points[rng.choice(len(points), size=CENTRED_BY, replace=False)]
    return np.asarray(np.median(points, axis=0))


def within(block: Array, points: Array, others: Array, limits: Array) -> Flags:
    """Return which squared distances of a block are at most the limits, ties included.

    Limits broadcast to the block; those near one are decided by subtraction.
    """
    found = block <= limits * (1 + SURE)
    unsure = places_of(found != (block <= limits * (1 - SURE)))
    at_most = np.broadcast_to(limits, block.shape)[unsure]
    limit = at_most * (1 + tie(points.shape[1]))
    found[unsure] = by_subtraction(points, others, *unsure) <= limit
    return np.asarray(found)


def nearest_index(points: Array, among: Array) -> Labels:
    """Return the index (n,) of the nearest of `among`, which is measured only where it is close."""
    found = np.empty(len(points), dtype=np.int64)
    _, blocks = rough_blocks(points, among)
    for rows, rough, error in blocks:
        found[rows] = best = rough.argmin(axis=1)
        places = np.arange(len(rough)), best
        least = rough[places]
        rough[places] = np.inf
        close = np.flatnonzero(rough.min(axis=1) - least <= 2.0 * error) + rows.start
        if len(close):
            found[close] = nearest(points[close], among)[1][:, 0]
    return found


def nearest(points: Array, among: Array, *, k: int = 1, same: bool = False) -> tuple[Array, Labels]:
    """Return the distances (n, k) to the k nearest of `among`, nearest first, and their indices.

    With `same`, `points` and `among` are one set and a point is not its own neighbour, by index:
    exact duplicates do count, at distance zero.
    """
    n_candidates = min(k + SPARE_CANDIDATES, len(among) - same)
    if worth_a_tree(points, among):
        candidates = nearest_by_tree(points, among, n_candidates, same=same)
        return _measured(points, among, candidates, k)
    distances = np.empty((len(points), k))
    indices = np.empty((len(points), k), dtype=np.int64)
    unit, blocks = rough_blocks(points, among)
    for rows, rough, error in blocks:
        if same:
            rough[np.arange(len(rough)), np.arange(rows.start, rows.stop)] = np.inf
        candidates = _lowest(rough, n_candidates)
        distances[rows], indices[rows] = _measured(points[rows], among, candidates, k)
        if n_candidates < len(among) - same:
            # All others are at least as far as the roughest candidate looked, less the error.
            furthest = np.take_along_axis(rough, candidates, axis=1).max(axis=1)
            doubtful = np.flatnonzero(distances[rows, -1] ** 2 / unit > furthest - error)
            doubtful += rows.start
            if len(doubtful):
                itself = doubtful if same else None
                found = _nearest_in_double(points[doubtful], among, k, n_candidates, itself)
                distances[doubtful], indices[doubtful] = found
    return distances, indices


def _nearest_in_double(
    points: Array, among: Array, k: int, n_candidates: int, itself: Labels | None
) -> tuple[Array, Labels]:
    distances = np.empty((len(points), k))
    indices = np.empty((len(points), k), dtype=np.int64)
    for rows, block in squared_distance_blocks(points, among):
        if itself is not None:
            block[np.arange(len(block)), itself[rows]] = np.inf
        candidates = _lowest(block, n_candidates)
        distances[rows], indices[rows] = _measured(points[rows], among, candidates, k)
    return distances, indices


def _lowest(block: NDArray[np.floating], n: int) -> Labels:
    """Return the columns (n_rows, n) of each row's lowest entries, in any order.

    The n-th lowest of the minima of groups of columns bounds the n-th lowest entry from above, and
    hardly more than n entries lie below: most entries are looked at twice, and never sorted.
    """
    n_rows, n_columns = block.shape
    n_groups = GROUPS * n
    size = n_columns // n_groups
    if size >= 4:
        minima = block[:, : size * n_groups].reshape(n_rows, size, n_groups).min(axis=1)
        bounds = np.partition(minima, n - 1, axis=1)[:, n - 1 : n]
        found = np.flatnonzero((block <= bounds).ravel())
        if len(found) < 4 * n * n_rows:  # otherwise there are many ties
            rows, columns = np.divmod(found, n_columns)
            by_value = np.lexsort((block.ravel()[found], rows))
            starts = np.searchsorted(rows, np.arange(n_rows))
            return np.asarray(columns[by_value[starts[:, None] + np.arange(n)]])
    return np.argpartition(block, n - 1, axis=1)[:, :n]


def _measured(points: Array, among: Array, candidates: Labels, k: int) -> tuple[Array, Labels]:
    """Return the k nearest of each point's candidates, and their distances by subtraction."""
    measured = np.empty(candidates.shape)
    at_once = max(1, FITS_IN_CACHE // (candidates.shape[1] * points.shape[1]))
    for start in range(0, len(points), at_once):
        rows = slice(start, start + at_once)
        apart = among[candidates[rows]]
        apart -= points[rows, None]
        measured[rows] = np.sqrt(np.einsum("ijk,ijk->ij", apart, apart))
    order = np.argsort(measured, axis=1, kind="stable")[:, :k]
    return (
        np.take_along_axis(measured, order, axis=1),
        np.take_along_axis(candidates, order, axis=1),
    )


def places_of(flags: Flags) -> tuple[Labels, Labels]:
    """Return rows and columns of what is true."""
    rows, columns = np.divmod(np.flatnonzero(flags.ravel()), flags.shape[1])
    return rows, columns


def rough_blocks(
    points: Array, others: Array
) -> tuple[float, Iterator[tuple[slice, NDArray[np.float32], float]]]:
    """Return a unit, and blocks of rows with their squared distances, in single precision, over it.

    The third of each block bounds the error of its entries. The unit is the largest squared norm:
    single precision spans less than double. A block is one product of (x, |x|^2, 1) with (-2y, 1,
    |y|^2), whose d + 2 terms add up to at most (|x| + |y|)^2 <= 4 units in absolute value, each
    sum being off by at most d + 6 roundings of that.
    """
    centre = _centre(others)
    squares, other_squares = (_squares(each, centre) for each in (points, others))
    unit = float(max(squares.max(), other_squares.max())) or 1.0
    scale = 1 / np.sqrt(unit)
    # The only copy of a whole set: one of double precision would take twice the room.
    right = np.empty((len(others), others.shape[1] + 2), dtype=np.float32)
    for rows in row_slices(others):
        right[rows] = _columns(others[rows] - centre, -2 * scale, 1.0, other_squares[rows] / unit)
    rows_per_block = max(1, BLOCK_ENTRIES // len(others))
    widest = np.sqrt(other_squares.max() / unit)
    product = times(right.T)
    n, d = points.shape

    def blocks() -> Iterator[tuple[slice, NDArray[np.float32], float]]:
        for start in range(0, n, rows_per_block):
            rows = slice(start, min(start + rows_per_block, n))
            left = _columns(points[rows] - centre, scale, squares[rows] / unit, 1.0)
            terms = (np.sqrt(squares[rows].max() / unit) + widest) ** 2 + UNDERFLOW
            yield rows, product(left, slice(None)), float(terms * (d + 6) * 2.0**-24)

    return unit, blocks()


def _columns(matrix: Array, factor: float, *more: Array | float) -> NDArray[np.float32]:
    """Return a matrix times a factor, and more columns beside it."""
    n, d = matrix.shape
    joined = np.empty((n, d + len(more)), dtype=np.float32)
    np.multiply(matrix, factor, out=joined[:, :d], casting="same_kind")
    for place, column in enumerate(more, start=d):
        joined[:, place] = column
    return joined


def _squares(points: Array, centre: Array) -> Array:
    """Return the squared distances (n,) of points from a centre."""
    found = np.empty(len(points))
    for rows in row_slices(points):
        centred = points[rows] - centre
        found[rows] = np.einsum("ij,ij->i", centred, centred)
    return found


def row_slices(points: Array) -> Iterator[slice]:
    """Yield slices of rows that fit near the core."""
    at_once = max(1, BLOCK_ENTRIES // points.shape[1])
    return (slice(start, start + at_once) for start in range(0, len(points), at_once))
