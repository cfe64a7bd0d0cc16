"""As torch-fidelity: https://github.com/toshas/torch-fidelity.

KID is the mean over 100 subsets of 1,000, and IS the mean over 10 splits of the shuffled samples,
both drawn with the seed 2020; precision and recall look at 3 neighbours. The Frechet distance is
the same. Ours uses all pairs for KID (less variance, any sizes), one split for IS (which depends on
no order), and 5 neighbours for all four of precision, recall, density and coverage.
"""

from itertools import pairwise
from typing import ClassVar, Self

import numpy as np

from genbench.evidence import Comparison
from genbench.metrics.inception_scores import inception_score_of
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
)

SEED = 2020


class KernelSubsets(SubsetScores):
    """KID of subsets drawn without replacement, test's and generated's in turn."""

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw with the program's own seed."""
        check_subset_size(comparison)
        generated, test = comparison.generated_set, comparison.reference.test_set
        rng = np.random.RandomState(SEED)
        values = []
        for _ in range(SUBSETS):
            # It is handed generated samples as the first input, which it draws from first.
            first = generated[rng.choice(len(generated), SUBSET_SIZE, replace=False)]
            second = test[rng.choice(len(test), SUBSET_SIZE, replace=False)]
            values.append(cubic_discrepancy(second, first))
        settings = {"n_subsets": SUBSETS, "subset_size": SUBSET_SIZE, "subset_seed": SEED}
        return cls(np.array(values), settings)


class InceptionSplits(SubsetScores):
    """IS of ten splits of the shuffled samples."""

    inputs: ClassVar = ("generated_probabilities",)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Shuffle with the program's own seed."""
        table = class_probabilities(comparison)
        n = len(table)
        table = table[np.random.RandomState(SEED).permutation(n)]
        bounds = [split * n // SPLITS for split in range(SPLITS + 1)]
        parts = [table[start:stop] for start, stop in pairwise(bounds)]
        values = np.array([inception_score_of(part) for part in parts if len(part)])
        return cls(values, {"splits": SPLITS, "split_seed": SEED})


PRESET = Preset(
    k=3,
    metrics=averages(KernelSubsets, InceptionSplits),
    features="inception",
    preparing={
        "inception": "tf1-bilinear-299",
        "dinov2": "tf1-bilinear-224-imagenet",
        "vgg16": "tf1-bilinear-224-imagenet",
    },
)
