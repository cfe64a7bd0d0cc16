"""As the evaluator of guided-diffusion: https://github.com/openai/guided-diffusion.

IS is the mean over splits of 5,000 in the order of the samples; precision and recall look at 3
neighbours. The Frechet distance is the same; the spatial one (sFID) is not among ours. A reference
that holds moments of a whole set beside some of its pictures gives the Frechet distance the former.
"""

from typing import ClassVar, Self

import numpy as np

from genbench.evidence import Comparison
from genbench.evidence.comparison import given
from genbench.metrics.inception_scores import inception_score_of
from genbench.presets import Preset
from genbench.presets.subsets import SubsetScores, average_of_splits

SPLIT_SIZE = 5000


class InceptionSplits(SubsetScores):
    """IS of splits in order, the last of which may be shorter."""

    inputs: ClassVar = ("generated_probabilities",)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Cut them."""
        name = "class probabilities of the generated samples"
        table = given(comparison.generated_probabilities, name)
        starts = range(0, len(table), SPLIT_SIZE)
        values = [inception_score_of(table[start : start + SPLIT_SIZE]) for start in starts]
        return cls(np.array(values), {"split_size": SPLIT_SIZE})


PRESET = Preset(
    k=3,
    metrics=(average_of_splits(InceptionSplits),),
    features="inception",
    preparing={"inception": "tf1-bilinear-299"},
)
