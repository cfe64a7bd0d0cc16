"""Features of your own: a function from samples to points, in a file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, as_samples
from genbench.ground.errors import BadInput
from genbench.ground.paths import shown
from genbench.models.find import load


@dataclass(frozen=True, eq=False)
class OwnFeatures:
    """Points that a function makes of samples: pictures as such, all others as rows (n, d)."""

    function: Callable[[Array], Any]
    name: str
    shape: tuple[int, ...]  # of a sample as the function is handed it

    @classmethod
    def of(cls, dataset: Dataset) -> "OwnFeatures":
        """Find the function that a data set names, `file.py:function`.

        Raises:
            BadInput: the file defines no such function.
        """
        name = dataset.features.rpartition(":")[2]
        function = getattr(load(str(dataset.features_from)), name, None)
        if not callable(function):
            raise BadInput(f"{shown(str(dataset.features_from))} defines no function {name!r}.")
        return cls(function, dataset.features, dataset.picture or dataset.train.shape[1:])

    def embed(self, samples: Array) -> Array:
        """Return the points (n, k).

        Raises:
            BadInput: the function returns something else.
        """
        found = self.function(samples.reshape(len(samples), *self.shape))
        points = as_samples(found, name=f"what {self.name} returns")
        if points.ndim != 2 or len(points) != len(samples):
            raise BadInput(
                f"What {self.name} returns must have shape ({len(samples)}, k), a row a sample, "
                f"not {points.shape}."
            )
        return points

    def classify(self, samples: Array) -> Array | None:
        return None
