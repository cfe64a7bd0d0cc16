"""Pictures of a model that stand out: those nearest to training, the most and the least typical."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self, TypeAlias

import numpy as np

from genbench.datasets import Dataset
from genbench.evidence.comparison import Comparison
from genbench.evidence.neighbours import generated_to_train
from genbench.evidence.typicality import places
from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.errors import Unavailable

Picture: TypeAlias = tuple[float, ...]  # its values, as data can be, to three decimals

N_EACH = 4


@dataclass(frozen=True, kw_only=True)
class Standouts:
    """Different pictures of a model: what stands out first comes first."""

    nearest: tuple[tuple[Picture, Picture], ...] = ()  # to training, with their nearest from there
    most_typical: tuple[Picture, ...] = ()
    least_typical: tuple[Picture, ...] = ()

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Return what was written as JSON.

        Raises:
            TypeError: it is something else.
        """
        read = {
            name: tuple(map(tuple, values.get(name, ())))
            for name in ("most_typical", "least_typical")
        }
        nearest = tuple((tuple(made), tuple(known)) for made, known in values.get("nearest", ()))
        return cls(**{**values, **read, "nearest": nearest})


def standouts_of(dataset: Dataset, comparison: Comparison) -> Standouts | None:
    """Return the pictures of a comparison with this data set that stand out; None of other data.

    Near is what is near by the features that are scored; typical are places that are dense with
    real pictures (see `genbench.evidence.typicality`).
    """
    if dataset.picture is None or comparison.generated is None:
        return None
    made = flat(comparison.generated)
    rows = [row.tobytes() for row in made]
    to_train = comparison.get(generated_to_train)
    nearest = list(islice(different(np.argsort(to_train.nearest, kind="stable"), rows), N_EACH))
    known = flat(dataset.train)[to_train.indices[nearest, 0]]
    try:
        dense, _ = places(comparison)
    except Unavailable:
        order = np.empty(0, dtype=int)
    else:
        order = np.argsort(-dense, kind="stable")
    most, least = (list(islice(different(some, rows), N_EACH)) for some in (order, order[::-1]))
    return Standouts(
        nearest=tuple(zip(pictures(made[nearest]), pictures(known), strict=True)),
        most_typical=pictures(made[most]),
        least_typical=pictures(made[least]),
    )


def pictures(rows: Array) -> tuple[Picture, ...]:
    """Return rows (n, d) as they are kept."""
    return tuple(tuple(round(float(value), 3) for value in row) for row in rows)


def different(order: Iterable[int] | Labels, contents: Sequence[Hashable]) -> Iterator[int]:
    """Yield places in their order, without those whose content stood at an earlier one."""
    seen: set[Hashable] = set()
    for place in order:
        if contents[place] not in seen:
            seen.add(contents[place])
            yield int(place)
