"""As the evaluator of guided-diffusion: https://github.com/openai/guided-diffusion.

IS is the mean over splits of 5,000 in the order of the samples; precision and recall look at 3
neighbours. The Frechet distance is the same; the spatial one (sFID) is not among ours. A reference
that holds moments of a whole set beside some of its pictures gives the Frechet distance the former.
"""

from typing import ClassVar, Self

from genbench.evidence import Comparison
from genbench.presets import Preset
from genbench.presets.subsets import (
    SubsetScores,
    average_of_splits,
    class_probabilities,
    scores_of_chunks,
)

SPLIT_SIZE = 5000


class InceptionSplits(SubsetScores):
    """IS of splits in order, the last of which may be shorter."""

    inputs: ClassVar = ("generated_probabilities",)

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Cut them."""
        values = scores_of_chunks(class_probabilities(comparison), SPLIT_SIZE)
        return cls(values, {"split_size": SPLIT_SIZE})


PRESET = Preset(
    k=3,
    metrics=(average_of_splits(InceptionSplits),),
    features="inception",
    preparing={"inception": "tf1-bilinear-299"},
)
