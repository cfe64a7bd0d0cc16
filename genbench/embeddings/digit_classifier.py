"""The classifier of 8x8 digits: a network of its own, for so few pixels, on 999 pictures.

It is trained as any other `Classifier`, in a few seconds of one core.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import nn

from genbench.embeddings.classifier import Classifier, Network, convolution, features_of


@dataclass(frozen=True, eq=False)
class DigitClassifier(Classifier):
    """Features and class probabilities of digits."""

    name: ClassVar[str] = "digit_classifier"

    @staticmethod
    def untrained(picture: tuple[int, int, int], classes: int) -> Network:
        """Return two convolutions, then 64 features, from which classes are read linearly."""
        height, width, channels = picture
        layers = [
            *convolution(channels, 32),
            *convolution(32, 64),
            nn.MaxPool2d(2),
            *features_of(64 * (height // 2) * (width // 2)),
        ]
        return Network(nn.Sequential(*layers), classes)
