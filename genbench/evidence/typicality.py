"""How typical samples are: quality that is graded, where a density or neighbours tell it."""

import numpy as np

from genbench.datasets import Density
from genbench.distances import nearest
from genbench.evidence.comparison import Comparison, Reference
from genbench.evidence.level_set import log_densities_of_draws
from genbench.evidence.neighbours import within_test
from genbench.ground.arrays import Array, flat


def typicality(comparison: Comparison) -> Array:
    """Return for each generated sample (n,) the share of real ones in places at most as dense.

    Places are as dense as the true density says or, where that is not known, as the distance to
    the k-th nearest test point does. Of ties half count, so that real samples have 1/2 on average.
    What plays safe has more, and noise 0.

    Raises:
        Unavailable: too few test samples, and no density.
    """
    return share_below(*places(comparison))


def places(comparison: Comparison) -> tuple[Array, Array]:
    """Return how dense the places of generated samples are, (n,), and real ones, in rising order.

    Raises:
        Unavailable: as `typicality`.
    """
    reference = comparison.reference
    real = reference.get(_of_real)
    if reference.density is not None:
        return _log_densities(reference.density, comparison), real
    return -nearest(comparison.generated_set, reference.test_set, k=reference.k)[0][:, -1], real


def share_below(values: Array, ordered: Array) -> Array:
    """Return which share of ordered values is below each value (n,), ties counting half."""
    below, at_most = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return np.asarray((below + at_most) / (2 * len(ordered)))


def _log_densities(density: Density, comparison: Comparison) -> Array:
    assert comparison.generated is not None  # noqa: S101  # a density is of samples
    return density.log_prob(flat(comparison.generated))


def _of_real(reference: Reference) -> Array:
    """Return how dense the places of real samples are, in rising order."""
    if reference.density is not None:
        d = flat(reference.test).shape[1] if reference.test is not None else 1
        return np.sort(log_densities_of_draws(reference.density, d))
    return np.sort(-within_test(reference).furthest)
