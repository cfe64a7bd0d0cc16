"""Inception-v3 as the features of a data set of pictures."""

from dataclasses import dataclass, field

import numpy as np

from genbench.datasets import Dataset
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.images.embedding import Embedded, embed
from genbench.images.extractors import Extractor, find
from genbench.images.sources import open_source
from genbench.images.weights import Wanted

KEPT = 4  # sets of samples: test, train and those of a model


@dataclass(frozen=True, eq=False)
class InceptionPictures:
    """Features and class probabilities of pictures from 0 to 255, grey or RGB."""

    network: Extractor
    picture: tuple[int, ...]  # height, width (and channels)
    seen: list[tuple[Array, Embedded]] = field(default_factory=list)  # the last, to use twice

    @classmethod
    def of(cls, dataset: Dataset) -> "InceptionPictures":
        """Read the weights that a data set names.

        Raises:
            BadInput: its samples are no such pictures, or the weights cannot be read.
            MissingExtra: torch-fidelity or torchvision is not installed.
        """
        picture = dataset.picture
        whole = np.all(dataset.domain.whole) and dataset.domain.span == 255
        if picture is None or picture[2:] not in ((), (3,)) or not whole:
            raise BadInput(
                f"{dataset.name}: the features inception are of pictures of whole numbers from 0 "
                "to 255, grey or RGB."
            )
        if dataset.features_from is None:
            raise BadInput(f"{dataset.name}: the features inception need a file of weights.")
        return cls(find("inception", weights=Wanted(dataset.features_from)), picture)

    def embed(self, samples: Array) -> Array:
        return self._look(samples).features.astype(np.float64)

    def classify(self, samples: Array) -> Array | None:
        return self._look(samples).probabilities

    def _look(self, samples: Array) -> Embedded:
        for known, found in self.seen:
            if known is samples:
                return found
        pictures = samples.reshape(len(samples), *self.picture).astype(np.uint8)
        source = open_source(pictures, name="the samples")
        found = embed(source, self.network, show_progress=False)
        self.seen[:] = [*self.seen, (samples, found)][-KEPT:]
        return found
