"""Embeddings: how samples become points, and who says which class they belong to."""

from typing import Protocol

from genbench.datasets import Dataset
from genbench.ground.arrays import Array

__all__ = ["Embedding", "embedding_for"]


class Embedding(Protocol):
    """Maps samples to points, and to class probabilities where classes are known."""

    def embed(self, samples: Array) -> Array:
        """Return points (n, d)."""
        ...

    def classify(self, samples: Array) -> Array | None:
        """Return class probabilities (n, n_classes), or None if there are no classes."""
        ...


def embedding_for(dataset: Dataset) -> Embedding:
    """Return the embedding that a data set names as its features."""
    if dataset.features == "digit_classifier":
        from genbench.embeddings.digit_classifier import DigitClassifier

        return DigitClassifier.trained_on(dataset)
    if dataset.features == "classifier":
        from genbench.embeddings.classifier import Classifier

        return Classifier.trained_on(dataset)
    if dataset.features == "inception":
        from genbench.embeddings.inception_pictures import InceptionPictures

        return InceptionPictures.of(dataset)
    if dataset.features == "ngrams" and dataset.symbols is not None:
        from genbench.embeddings.ngrams import Ngrams

        return Ngrams.of(dataset.symbols, dataset.train)
    if dataset.features_from is not None:
        from genbench.embeddings.own import OwnFeatures

        return OwnFeatures.of(dataset)
    from genbench.embeddings.standardised import Standardised

    return Standardised.of(dataset)
