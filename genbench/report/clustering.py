"""Like things side by side: the tree that joins first what is correlated most."""

import numpy as np
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from genbench.ground.arrays import Array


def tree_of(correlations: Array) -> Array:
    """Return the tree (n - 1, 4), as scipy has it, of n > 1 things with these correlations (n, n).

    By average linkage of 1 - correlation; NaN, of which nothing is known, counts as 0.
    """
    apart = 1 - np.nan_to_num(correlations, nan=0.0)
    apart = (apart + apart.T) / 2
    np.fill_diagonal(apart, 0.0)
    tree = linkage(squareform(np.clip(apart, 0.0, None)), "average", optimal_ordering=True)
    return np.asarray(tree)
