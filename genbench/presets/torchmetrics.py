"""As torchmetrics: https://github.com/Lightning-AI/torchmetrics.

KID is the mean over 100 subsets of 1,000, and IS the mean over 10 chunks of the shuffled samples,
drawn from torch's global random numbers: with a seed, from what `torch.manual_seed(seed)` would
have begun. MiFID knows one set of real samples, the training set, and averages over it each
sample's distance to the nearest generated one, instead of the other way round: a model that only
ever repeats ten training samples then passes for original, which is why ours follows the
definition. The Frechet distance itself is the same. Of pictures it takes an antialiased bilinear
resize of torch.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.distances import nearest
from genbench.evidence import Comparison, Evidence, Gaussian, Moments
from genbench.ground.arrays import Labels
from genbench.ground.errors import Unavailable
from genbench.metric import Metric
from genbench.presets import Preset
from genbench.presets.subsets import (
    SPLITS,
    SUBSET_SIZE,
    SUBSETS,
    SubsetScores,
    averages,
    check_subset_size,
    class_probabilities,
    cubic_discrepancy,
    scores_of_chunks,
)


class KernelSubsets(SubsetScores):
    """KID of subsets drawn without replacement, test's and generated's in turn."""

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw from torch's stream."""
        check_subset_size(comparison)
        test, generated = comparison.reference.test_set, comparison.generated_set
        orders = _orders(comparison.seed, [len(test), len(generated)] * SUBSETS)
        values = [
            cubic_discrepancy(
                test[next(orders)[:SUBSET_SIZE]], generated[next(orders)[:SUBSET_SIZE]]
            )
            for _ in range(SUBSETS)
        ]
        return cls(np.array(values), {"n_subsets": SUBSETS, "subset_size": SUBSET_SIZE})


class InceptionSplits(SubsetScores):
    """IS of ten chunks of the shuffled samples, the last of which may be shorter."""

    inputs: ClassVar = ("generated_probabilities",)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Shuffle by torch's stream."""
        table = class_probabilities(comparison)
        table = table[next(_orders(comparison.seed, [len(table)]))]
        values = scores_of_chunks(table, -(-len(table) // SPLITS))
        return cls(values, {"splits": len(values)})


@dataclass(frozen=True)
class TrainingSetOnly(Evidence):
    """Frechet distance from the training set, and its samples' distance to generated ones."""

    inputs: ClassVar = ("test", "train", "generated")

    frechet: float
    distance: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure both, without the test set."""
        train, generated = comparison.reference.train_set, comparison.generated_set
        if not (train.any(axis=1).all() and generated.any(axis=1).all()):
            raise Unavailable("a sample of zeros has no direction")
        moments = Moments(Gaussian.of(train), Gaussian.of(generated))
        directions = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (train, generated)]
        apart = nearest(directions[0], np.concatenate([directions[1], -directions[1]]))[0]
        return cls(moments.squared_distance, float((apart**2 / 2).mean()))


def memorization_informed_frechet_distance(found: TrainingSetOnly) -> float:
    """Frechet distance, divided by the distance from training to generated samples if below 0.1."""
    if found.frechet <= 1e-8:
        return 0.0
    return found.frechet / (found.distance + 1e-14 if found.distance < 0.1 else 1.0)


def _orders(seed: int, sizes: list[int]) -> Iterator[Labels]:
    """Yield random orders, as `torch.randperm` gives them one after the other."""
    import torch

    stream: Any = torch.Generator().manual_seed(seed)
    for n in sizes:
        yield torch.randperm(n, generator=stream).numpy()


MIFID = Metric(
    compute=memorization_informed_frechet_distance,
    needs=TrainingSetOnly,
    aim="low",
    bounds=(0, np.inf),
    catches=(),
    ideal=0.0,
)
PRESET = Preset(
    metrics=(*averages(KernelSubsets, InceptionSplits), MIFID),
    features="inception",
    preparing={"inception": "torch-antialiased-bilinear-299"},
)
