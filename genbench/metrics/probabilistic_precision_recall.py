"""Probabilistic precision and recall: balls that fade outwards, which no outlier can blow up.

Park and Kim, "Probabilistic precision and recall towards reliable evaluation of generative
models", ICCV 2023, https://arxiv.org/abs/2309.01590.
"""

from genbench.evidence.parts import OverParts
from genbench.evidence.soft_overlap import SoftOverlap
from genbench.metric import Metric


def probabilistic_precision(overlap: SoftOverlap) -> float:
    """Mean probability that a generated sample lies among the test samples (P-precision)."""
    return float(overlap.among_test.mean())


def probabilistic_recall(overlap: SoftOverlap) -> float:
    """Mean probability that a test sample lies among the generated samples (P-recall)."""
    return float(overlap.among_generated.mean())


METRICS = (
    Metric(
        compute=probabilistic_precision,
        needs=SoftOverlap,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        standard_error=OverParts(),
        revision=3,
    ),
    Metric(
        compute=probabilistic_recall,
        needs=SoftOverlap,
        aim="high",
        bounds=(0, 1),
        catches=("collapse", "dropped mode", "shift"),
        chance=0.0,
        standard_error=OverParts(),
        revision=3,
    ),
)
