"""Covariances of many points from products in single precision, and what they are off by.

Columns are centred and brought to one scale before they are rounded, blocks that fit the cache are
multiplied, and the blocks' products are added in double precision. What is lost then depends on the
points: where few values repeat, as in pictures, rounding errs in one direction. It is therefore
measured on some of the blocks, by products with a few vectors in double precision, and held to be
as large in all others: if it errs in no direction, that is too much.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for

BLOCK_ENTRIES = 1 << 20  # of a block: 8 MB, which stay in the cache ...
FEWEST_ROWS = 2048  # ... unless products of so few rows would be slow
LOOKED_AT = 200  # points that tell centre and scale of a column; neither need be exact
PROBES = 2  # vectors
WATCHED = 8  # one block of so many: errs all in one direction, each adds as much


@dataclass(frozen=True, eq=False)
class Scatter:
    """Mean and covariance (ddof 1), the latter between columns over their scales."""

    mean: Array  # (d,)
    scales: Array  # (d,) about the columns' standard deviations
    scaled: Array  # (d, d) covariance of columns over their scales
    off: float  # root of the sum of squares of what its entries are off by, as measured


@np.errstate(over="ignore", invalid="ignore")
def scatter_of(points: Array) -> Scatter:
    """Measure points (n, d), n > 1; not finite where single precision cannot span a column."""
    n, d = points.shape
    some = points[:: max(1, n // LOOKED_AT)]
    centre, scales = some.mean(axis=0), _powers_of_two(some.std(axis=0))
    per_scale = (1 / scales).astype(np.float32)
    n_rows = max(BLOCK_ENTRIES // d, FEWEST_ROWS)
    blocks = [points[start : start + n_rows] for start in range(0, n, n_rows)]
    rounded = np.empty((min(n_rows, n), d), dtype=np.float32)
    product = np.zeros((d, d), dtype=np.float32, order="F")
    half, sums = np.zeros((d, d), order="F"), np.zeros(d)  # the diagonal and what is above it

    def add(block: Array) -> None:
        single = rounded[: len(block)]
        np.subtract(block, centre, out=single, casting="same_kind")
        np.multiply(single, per_scale, out=single)
        np.add(sums, np.ones(len(block)) @ block, out=sums)
        np.add(half, scipy.linalg.blas.ssyrk(1.0, single.T, c=product, overwrite_c=1), out=half)

    watched = blocks[::WATCHED]
    for block in watched:
        add(block)
    lost = _lost(half, ((block - centre) / scales for block in watched))
    for block in (block for place, block in enumerate(blocks) if place % WATCHED):
        add(block)
    total = half + np.triu(half, 1).T
    shift = (sums / n - centre) / scales
    total -= n * np.outer(shift, shift)
    total /= n - 1
    spanned = np.isfinite(np.trace(total))
    off = lost * n / sum(map(len, watched)) / (n - 1) if spanned else np.inf
    return Scatter(centre + shift * scales, scales, total, off)


def _lost(half: Array, blocks: Iterable[Array]) -> float:
    """Return the root of the sum of squares of what a sum of products of blocks is off by."""
    d = len(half)
    probes = rng_for(0, "scatter").choice([-1.0, 1.0], size=(d, PROBES))
    exact = sum((block.T @ (block @ probes) for block in blocks), np.zeros((d, PROBES)))
    found = scipy.linalg.blas.dsymm(1.0, half, probes)
    return float(np.sqrt(((found - exact) ** 2).sum() / PROBES))


def _powers_of_two(spreads: Array) -> Array:
    """Return scales near to the spreads; of a column without spread, the largest one."""
    spreads = np.where(spreads > 0, spreads, spreads.max())
    return (
        np.asarray(np.exp2(np.rint(np.log2(spreads)))) if spreads.any() else np.ones_like(spreads)
    )
