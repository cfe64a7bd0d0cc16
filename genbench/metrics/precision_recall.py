"""Precision and recall of samples, with nearest-neighbour balls as manifolds.

Kynkäänniemi et al., "Improved precision and recall metric for assessing generative models",
NeurIPS 2019, https://arxiv.org/abs/1904.06991.

Differs from the paper: k is 5, as in density and coverage, not 3.
"""

from genbench.evidence import Overlap
from genbench.evidence.parts import OverParts
from genbench.metric import Metric


def precision(overlap: Overlap) -> float:
    """Share of generated samples that lie inside some test sample's ball."""
    return float((overlap.test_balls_around > 0).mean())


def recall(overlap: Overlap) -> float:
    """Share of test samples that lie inside some generated sample's ball."""
    return float((overlap.generated_balls_around > 0).mean())


METRICS = (
    Metric(
        compute=precision,
        needs=Overlap,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        standard_error=OverParts(),
        revision=3,
    ),
    Metric(
        compute=recall,
        needs=Overlap,
        aim="high",
        bounds=(0, 1),
        catches=("collapse", "dropped mode", "shift"),
        chance=0.0,
        standard_error=OverParts(),
        revision=3,
    ),
)
