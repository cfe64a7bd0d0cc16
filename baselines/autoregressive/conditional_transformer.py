"""A Transformer that writes the class of a sample first, and then the sample.

As language models are told what to write by what they are to go on from: Keskar et al., "CTRL: a
conditional Transformer language model for controllable generation", 2019,
https://arxiv.org/abs/1909.05858. Asked for a class, it goes on from that; its density of a sample
is the sum over classes.

Where no labels are given, the classes are made: clusters of the training data by k-means.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from scipy.special import log_softmax, logsumexp

from ..training import Array, Classes, Labels, spread
from .levels import Levels
from .transformer import Transformer


@dataclass(kw_only=True, eq=False)
class ConditionalTransformer(Transformer):
    """Predicts as `Transformer` does, which has the other settings, with the class in front.

    Args:
        classes: clusters to make of training data without labels.
    """

    classes: int = 10

    def fit(self, train: Array, *, rng: np.random.Generator, labels: Labels | None = None) -> Self:
        points = (train - train.mean(axis=0)) / spread(train)
        self.known = Classes(points, labels, self.classes, rng)
        return super().fit(_after(self.known.of, train), rng=rng)

    def sample(self, n: int, *, rng: np.random.Generator, labels: Labels | None = None) -> Array:
        classes = self.known.asked(n, labels, rng)
        return self._continue(torch.as_tensor(classes)[:, None], rng)[:, 1:]

    def _levels(self, train: Array) -> Levels:
        return Levels(train[:, 1:], self._bins(train[:, 1:])).after_classes(len(self.known))

    def log_prob(self, samples: Array) -> Array:
        """Exact log-density in nats; minus infinity where whole numbers leave their range."""
        joint = [
            super(ConditionalTransformer, self).log_prob(_after(np.full(len(samples), c), samples))
            for c in range(len(self.known))
        ]
        return np.asarray(logsumexp(joint, axis=0))

    def next_log_prob(self, prefixes: Array) -> Array:
        """As of `Transformer`; of each class, weighed by how likely the prefix makes it."""
        n, classes = len(prefixes), len(self.known)
        rows = _after(np.repeat(np.arange(classes), n), np.tile(prefixes, (classes, 1)))
        after = super().next_log_prob(rows).reshape(classes, n, -1)
        with torch.no_grad():
            mass = self.net.log_mass(self.levels.of(rows)).double().numpy()
        joint = mass.reshape(classes, n, 1) + after
        return np.asarray(log_softmax(logsumexp(joint, axis=0), axis=1))


def _after(classes: Labels, samples: Array) -> Array:
    return np.column_stack([classes, samples])
