"""Which values the coordinates of a sample can take: any, whole numbers, a few categories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from genbench.ground.arrays import Array, Flags, read_only
from genbench.ground.errors import BadInput


@dataclass(frozen=True, eq=False)
class Domain:
    """For each coordinate: whether it is a whole number, and its least and greatest value.

    Each field is one value for all coordinates or an array of one for each. Categories are whole
    numbers between two bounds, or groups of coordinates. Without any argument every number is
    possible.
    """

    whole: Flags | bool = False
    low: Array | float = -np.inf
    high: Array | float = np.inf
    one_of: tuple[tuple[int, ...], ...] = ()  # groups of coordinates, of which one is 1, others 0

    @classmethod
    def of_columns(cls, columns: Sequence[str], whole: Mapping[str, tuple[float, float]]) -> Self:
        """Make the domain of a table from the bounds of its columns of whole numbers.

        Raises:
            BadInput: bounds of a column that the table does not have.
        """
        unknown = sorted(set(whole) - set(columns))
        if unknown:
            raise BadInput(f"There is no column {unknown[0]!r}; there are {', '.join(columns)}.")
        bounds = np.array([whole.get(column, (-np.inf, np.inf)) for column in columns])
        flags = np.array([column in whole for column in columns])
        return cls(flags, read_only(bounds[:, 0]), read_only(bounds[:, 1]))

    @property
    def span(self) -> float:
        """Largest possible difference between two values of one coordinate."""
        return float(np.max(np.subtract(self.high, self.low)))

    def check(self, shape: tuple[int, ...], *, name: str) -> None:
        """Hold the fields against the shape of a sample.

        Raises:
            BadInput: an array that is not of one value for each coordinate, bounds in the wrong
                order, or whole numbers between bounds that are not.
        """
        for field, value in (("whole", self.whole), ("low", self.low), ("high", self.high)):
            if np.shape(value) not in {(), shape}:
                raise BadInput(f"{name}: {field} has shape {np.shape(value)}; expected {shape}.")
        low, high = np.broadcast_arrays(self.low, self.high)
        if not (low <= high).all():
            raise BadInput(f"{name}: each lowest value must be at most the highest.")
        bounds = np.stack([low, high])
        if not ((bounds == np.rint(bounds)) | ~np.asarray(self.whole)).all():
            raise BadInput(f"{name}: whole numbers must lie between whole numbers.")

    def project(self, samples: ArrayLike) -> Array:
        """Return the nearest values that are possible."""
        found = np.clip(np.where(self.whole, np.rint(samples), samples), self.low, self.high)
        for group in self.one_of:
            places = list(group)
            nearest = np.asarray(samples)[:, places].argmax(axis=1)
            found[:, places] = np.eye(len(places))[nearest]
        return found

    def spread(self, samples: Array, *, rng: np.random.Generator) -> Array:
        """Add even noise of one unit to whole numbers, and nothing to others."""
        return samples + self.whole * rng.uniform(-0.5, 0.5, size=samples.shape)
