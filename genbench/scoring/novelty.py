"""How new each sample is to one who knows the training set, and what it is most like there."""

from typing import NamedTuple

import numpy as np

from genbench.datasets import Dataset
from genbench.evidence import Proximity
from genbench.evidence.neighbours import generated_to_train
from genbench.ground.arrays import Array, Labels, as_samples
from genbench.scoring.dataset import comparison_of


class Novelty(NamedTuple):
    """Samples, the most novel first, beside what they are nearest to."""

    samples: Array  # (n, d), as data can be
    nearest: Array  # (n, d): of each the nearest training sample, by the features that are scored
    surprise: Array  # (n,), in nats: the mean of all is the metric `bayesian_surprise`
    places: Labels  # (n,): where each stands among the samples that were handed in

    def part(self, rows: slice) -> "Novelty":
        """Return some of them."""
        return Novelty(
            self.samples[rows], self.nearest[rows], self.surprise[rows], self.places[rows]
        )


def novelty(dataset: Dataset, samples: Array) -> Novelty:
    """Order samples (n, d) by their Bayesian surprise; of equals, the earlier comes first.

    Raises:
        BadInput: samples that are not like the data set's, or numbers beyond what can be scored.
    """
    samples = as_samples(samples, name="the samples", like=dataset.like)
    comparison = comparison_of(dataset, samples)
    surprise = comparison.get(Proximity.of).surprises
    order = np.argsort(-surprise, kind="stable")
    nearest = dataset.train[comparison.get(generated_to_train).indices[:, 0]]
    return Novelty(dataset.project(samples)[order], nearest[order], surprise[order], order)
