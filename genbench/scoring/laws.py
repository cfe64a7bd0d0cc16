"""Laws of samples: the codebook of a data set is fitted once, and all samples counted by it."""

from collections.abc import Iterator
from functools import cache

from genbench.creativity.laws import Law
from genbench.datasets import Dataset
from genbench.evidence.kinds import N_CELLS, Codebook, Kinds
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.scoring.dataset import compared
from genbench.scoring.pool import reference_pool


def law_of(dataset: Dataset, samples: Array) -> Law:
    """Return the law of samples (n, ...) that are like the data set's."""
    kinds = _kinds(dataset)
    if isinstance(kinds, Unavailable):
        return Law(reason=str(kinds))
    counts = kinds.count(compared(dataset, samples))
    return Law(codebook=kinds.checksum, counts=tuple(map(int, counts)))


def kinds_of(dataset: Dataset, *sizes: int) -> Iterator[Kinds]:
    """Yield the data set's codebook of each of these numbers of cells.

    Raises:
        Unavailable: it cannot be had, and why.
    """
    pool = compared(dataset, reference_pool(dataset))
    return (pool.get(Codebook(dataset.name, size)) for size in sizes)


@cache
def _kinds(dataset: Dataset) -> Kinds | Unavailable:
    """Fit the codebook that laws are counted by, and let go of the pool."""
    try:
        (found,) = kinds_of(dataset, N_CELLS)
    except Unavailable as unavailable:
        return unavailable
    return found
