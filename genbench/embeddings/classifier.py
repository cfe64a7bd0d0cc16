"""A small convolutional classifier of pictures: the "Inception" of a board whose data have labels.

Trained once per data set, on its training samples, and kept on disk under a hash of these and of
this room's files, so that it is retrained whenever either changes. It is right about 99.48 % of
MNIST's 10,000 test pictures, after two minutes of training on a busy core.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.caches import cache_folder
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.randomness import rng_for
from genbench.ground.threads import one_thread

N_FEATURES = 64
BATCH = 64
AT_ONCE = 1000  # pictures that are embedded together
SEEN = 180_000  # pictures at least that training sees, each as often as the others
FEWEST_EPOCHS, MOST_EPOCHS = 3, 25
LEAST_SIDE = 8  # pixels: three convolutions and two halvings must fit


class Network(nn.Module):
    """Convolutions, then 64 features, from which classes are read linearly.

    Pictures are (n, channels, height, width).
    """

    def __init__(self, features: nn.Sequential, classes: int) -> None:
        super().__init__()
        self.features = features
        self.classifier = nn.Linear(N_FEATURES, classes)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return class logits (n, classes)."""
        logits: torch.Tensor = self.classifier(functional.relu(self.features(pictures)))
        return logits


def convolution(inputs: int, outputs: int) -> list[nn.Module]:
    """Return a convolution that keeps sides as they are, normalised and rectified."""
    return [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]


def features_of(length: int) -> list[nn.Module]:
    """Return what makes the features of maps that hold so many numbers."""
    layers = [nn.Flatten(), nn.Dropout(0.1), nn.Linear(length, N_FEATURES)]
    return [*layers, nn.BatchNorm1d(N_FEATURES)]


@dataclass(frozen=True, eq=False)
class Classifier:
    """Features and class probabilities of pictures.

    Args:
        network: the trained network.
        picture: height, width and channels.
        highest: the value of white, which the network sees as one.
    """

    network: Network
    picture: tuple[int, int, int]
    highest: float

    name: ClassVar[str] = "classifier"  # of its file, and of its stream of random numbers

    @classmethod
    def trained_on(cls, dataset: Dataset) -> Self:
        """Read the network from disk, or train it and put it there.

        Raises:
            BadInput: the data set has no labels, or its samples are no pictures with a greatest
                value, of 8 pixels or more along each side.
        """
        labels = _checked(dataset)
        height, width, *rest = dataset.picture or ()
        picture = (height, width, rest[0] if rest else 1)
        classes = int(labels.max()) + 1
        with torch.random.fork_rng(devices=[]):  # initial weights would be drawn from it
            found = cls(cls.untrained(picture, classes).eval(), picture, _highest(dataset))
        path = path_of(dataset, cls.name)
        if not path.exists():
            trained = _train(
                lambda: cls.untrained(picture, classes),
                found.pictures(dataset.train),
                torch.tensor(labels),
                cls.name,
            )
            _save(trained, path)
        found.network.load_state_dict(torch.load(path, weights_only=True))
        return found

    @staticmethod
    def untrained(picture: tuple[int, int, int], classes: int) -> Network:
        """Return a network with weights drawn from torch's global stream."""
        height, width, channels = picture
        layers = [
            *convolution(channels, 16),
            nn.MaxPool2d(2),
            *convolution(16, 32),
            nn.MaxPool2d(2),
            *convolution(32, 64),
            *features_of(64 * (height // 4) * (width // 4)),
        ]
        return Network(nn.Sequential(*layers), classes)

    def embed(self, samples: Array) -> Array:
        return self._in_parts(self.network.features, samples)

    def classify(self, samples: Array) -> Array | None:
        return self._in_parts(lambda pictures: self.network(pictures).double().softmax(1), samples)

    def pictures(self, samples: Array) -> torch.Tensor:
        """Return samples as pictures (n, channels, height, width)."""
        scaled = flat(samples).reshape(-1, *self.picture) / self.highest
        pictures = torch.tensor(scaled, dtype=torch.float32).permute(0, 3, 1, 2)
        return pictures.clone(memory_format=torch.contiguous_format)  # channel by channel

    def _in_parts(self, run: Callable[[torch.Tensor], torch.Tensor], samples: Array) -> Array:
        parts = np.split(samples, range(AT_ONCE, len(samples), AT_ONCE))
        with torch.no_grad(), one_thread():
            found = [run(self.pictures(part)).double().numpy() for part in parts]
        return np.concatenate(found)


def path_of(dataset: Dataset, name: str) -> Path:
    """Return where the classifier of this name for a data set is kept."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*classifier.py")):
        digest.update(file.read_bytes())
    for array in (dataset.train, dataset.train_labels):  # all that it learns from
        digest.update(np.ascontiguousarray(array).data)
    return cache_folder() / f"{name}-{digest.hexdigest()[:16]}.pt"


def _checked(dataset: Dataset) -> Labels:
    labels = dataset.train_labels
    if labels is None:
        raise BadInput(f"{dataset.name}: a classifier needs labels to learn, and it has none.")
    if labels.min() < 0:
        raise BadInput(f"{dataset.name}: labels must be 0 or more, not {labels.min()}.")
    picture = dataset.picture or ()
    if picture[2:] not in ((), (1,), (3,)) or min(picture[:2], default=0) < LEAST_SIDE:
        sides = " x ".join(map(str, picture)) or "no pictures"
        raise BadInput(
            f"{dataset.name}: a classifier is of pictures of {LEAST_SIDE} x {LEAST_SIDE} pixels or "
            f"more, grey or with three colours; its samples are {sides}."
        )
    return labels


def _highest(dataset: Dataset) -> float:
    if not np.isfinite(highest := float(np.max(dataset.domain.high))) or highest <= 0:
        raise BadInput(f"{dataset.name}: a classifier needs a greatest value of a pixel above 0.")
    return highest


def _save(network: Network, path: Path) -> None:
    """Write it whole or not at all: two processes may train at once."""
    content = io.BytesIO()
    torch.save(network.state_dict(), content)
    replace_file(path, content.getvalue())


def _train(
    untrained: Callable[[], Network], pictures: torch.Tensor, classes: torch.Tensor, name: str
) -> Network:
    rng = rng_for(0, name)
    # Initial weights and dropout come from torch's global stream: borrowed, and put back after.
    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(int(rng.integers(2**31)))
        network = untrained()
        optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
        size = min(BATCH, len(pictures))
        n_batches = len(pictures) // size
        epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, SEEN // len(pictures)))
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=5e-3, total_steps=epochs * n_batches
        )
        for _ in range(epochs):
            order = rng.permutation(len(pictures))[: n_batches * size].reshape(n_batches, size)
            for batch in order:
                optimiser.zero_grad()
                logits = network(_shifted(pictures[batch], rng))
                functional.cross_entropy(logits, classes[batch]).backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
    return network.eval()


def _shifted(pictures: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Move the whole batch by up to one pixel, so that small shifts matter little."""
    down, right = (int(step) for step in rng.integers(-1, 2, size=2))
    height, width = pictures.shape[2:]
    padded: Any = functional.pad(pictures, (1, 1, 1, 1))
    return padded[:, :, 1 + down : 1 + down + height, 1 + right : 1 + right + width]  # type: ignore[no-any-return]
