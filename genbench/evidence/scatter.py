"""Covariances of many points from products in single precision, and what they are off by.

Columns are centred and brought to one scale before they are rounded, blocks that fit the cache are
multiplied, and the blocks' products are added in double precision. What is lost then depends on the
points: where few values repeat, as in pictures, rounding errs in one direction. It is therefore
measured, by products with a few vectors in double precision.
"""

from dataclasses import dataclass

import numpy as np
import scipy

from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for

BLOCK_ENTRIES = 1 << 20  # of a block: 8 MB, which stay in the cache ...
FEWEST_ROWS = 2048  # ... unless products of so few rows would be slow
LOOKED_AT = 200  # points that tell centre and scale of a column; neither need be exact
PROBES = 2  # vectors


@dataclass(frozen=True, eq=False)
class Scatter:
    """Mean and covariance (ddof 1), the latter between columns over their scales."""

    mean: Array  # (d,)
    scales: Array  # (d,) about the columns' standard deviations
    scaled: Array  # (d, d) covariance of columns over their scales
    off: float  # root of the sum of squares of what its entries are off by, as measured


def scatter_of(points: Array) -> Scatter:
    """Measure points (n, d), n > 1; not finite where single precision cannot span a column."""
    n, d = points.shape
    some = points[:: max(1, n // LOOKED_AT)]
    centre, scales = some.mean(axis=0), _powers_of_two(some.std(axis=0))
    rows = max(BLOCK_ENTRIES // d, FEWEST_ROWS)
    centred, rounded = np.empty((rows, d)), np.empty((rows, d), dtype=np.float32)
    per_scale = (1 / scales).astype(np.float32)
    half, sums = np.zeros((d, d), order="F"), np.zeros(d)  # the diagonal and what is above it
    product = np.zeros((d, d), dtype=np.float32, order="F")
    probes = rng_for(0, "scatter").choice([-1.0, 1.0], size=(d, PROBES)) / scales[:, None]
    probed = np.zeros((d, PROBES))
    for start in range(0, n, rows):
        n_rows = min(rows, n - start)
        block, single = centred[:n_rows], rounded[:n_rows]
        np.subtract(points[start : start + n_rows], centre, out=block)
        sums += np.ones(n_rows) @ block
        probed += block.T @ (block @ probes)
        np.copyto(single, block, casting="same_kind")
        single *= per_scale
        half += scipy.linalg.blas.ssyrk(1.0, single.T, c=product, overwrite_c=1)
    total = half + np.triu(half, 1).T
    probed /= scales[:, None]
    off = np.sqrt(((total @ (probes * scales[:, None]) - probed) ** 2).sum() / PROBES) / (n - 1)
    shift = sums / scales / n
    total -= n * np.outer(shift, shift)
    return Scatter(centre + shift * scales, scales, total / (n - 1), float(off))


def _powers_of_two(spreads: Array) -> Array:
    """Return scales near to the spreads; of a column without spread, the largest one."""
    spreads = np.where(spreads > 0, spreads, spreads.max())
    return (
        np.asarray(np.exp2(np.rint(np.log2(spreads)))) if spreads.any() else np.ones_like(spreads)
    )
