"""A small convolutional classifier of 8x8 digits: the "Inception" of the digits board.

Trained once per data set, in a few seconds of one core, and kept on disk under a hash of the data
and of this file, so that it is retrained whenever either changes.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from genbench.datasets import Dataset
from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.randomness import rng_for
from genbench.ground.threads import one_thread

N_FEATURES = 64
EPOCHS = 25
BATCH = 64
WHITE = 16.0


class Network(nn.Module):
    """Two convolutions, then 64 features, from which classes are read linearly."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 32, 3, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, padding=1),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.1),
            nn.Linear(64 * 16, N_FEATURES),
            nn.BatchNorm1d(N_FEATURES),
        )
        self.classifier = nn.Linear(N_FEATURES, 10)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Return class logits (n, 10) of pictures (n, 1, 8, 8)."""
        logits: torch.Tensor = self.classifier(functional.relu(self.features(pictures)))
        return logits


@dataclass(frozen=True, eq=False)
class DigitClassifier:
    """Features and class probabilities of digits."""

    network: Network

    @classmethod
    def trained_on(cls, dataset: Dataset) -> "DigitClassifier":
        """Read the network from disk, or train it and put it there."""
        with torch.random.fork_rng(devices=[]):  # initial weights would be drawn from it
            network = Network().eval()
        path = _path(dataset)
        if not path.exists():
            assert dataset.train_labels is not None  # noqa: S101  # digits have labels
            trained = _train(flat(dataset.train), dataset.train_labels)
            _save(trained, path)
        network.load_state_dict(torch.load(path, weights_only=True))
        return cls(network)

    def embed(self, samples: Array) -> Array:
        with torch.no_grad(), one_thread():
            return self.network.features(_pictures(samples)).double().numpy()  # type: ignore[no-any-return]

    def classify(self, samples: Array) -> Array | None:
        with torch.no_grad(), one_thread():
            return self.network(_pictures(samples)).double().softmax(dim=1).numpy()  # type: ignore[no-any-return]


def cache_folder() -> Path:
    """Return where trained networks are kept: $GENBENCH_CACHE, else the user's cache folder."""
    default = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "genbench"
    return Path(os.environ.get("GENBENCH_CACHE") or default)


def _path(dataset: Dataset) -> Path:
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for array in (dataset.train, dataset.train_labels):  # all that it learns from
        digest.update(np.ascontiguousarray(array).data)
    return cache_folder() / f"digit_classifier-{digest.hexdigest()[:16]}.pt"


def _save(network: Network, path: Path) -> None:
    """Write under a name of its own, then rename: two processes may train at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    os.close(descriptor)
    torch.save(network.state_dict(), temporary)
    Path(temporary).replace(path)


def _pictures(samples: Array) -> torch.Tensor:
    scaled = flat(samples).reshape(-1, 1, 8, 8) / WHITE
    return torch.tensor(scaled, dtype=torch.float32)


def _train(samples: Array, labels: Labels) -> Network:
    rng = rng_for(0, "digit_classifier")
    # Initial weights and dropout come from torch's global stream: borrowed, and put back after.
    with torch.random.fork_rng(devices=[]), one_thread():
        torch.manual_seed(int(rng.integers(2**31)))
        network = Network()
        pictures, classes = _pictures(samples), torch.tensor(labels)
        optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
        n_batches = len(pictures) // BATCH
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, max_lr=5e-3, total_steps=EPOCHS * n_batches
        )
        for _ in range(EPOCHS):
            order = rng.permutation(len(pictures))[: n_batches * BATCH].reshape(n_batches, BATCH)
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
    padded: Any = functional.pad(pictures, (1, 1, 1, 1))
    return padded[:, :, 1 + down : 9 + down, 1 + right : 9 + right]  # type: ignore[no-any-return]
