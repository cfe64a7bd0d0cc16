"""Probabilistic precision and recall: balls that fade outwards, which no outlier can blow up.

Park and Kim, "Probabilistic precision and recall towards reliable evaluation of generative
models", ICCV 2023, https://arxiv.org/abs/2309.01590.
"""

from genbench.evidence.soft_overlap import SoftOverlap
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def probabilistic_precision(overlap: SoftOverlap) -> float:
    """Mean probability that a generated sample lies among the test samples (P-precision)."""
    return float(overlap.among_test.mean())


def probabilistic_recall(overlap: SoftOverlap) -> float:
    """Mean probability that a test sample lies among the generated samples (P-recall)."""
    return float(overlap.among_generated.mean())


def precision_error(overlap: SoftOverlap) -> float:
    """Standard error of the mean over generated samples, the test balls held fixed."""
    return error_of_mean(overlap.among_test)


def recall_error(overlap: SoftOverlap) -> float:
    """Standard error of the mean over test samples, the generated balls held fixed."""
    return error_of_mean(overlap.among_generated)


METRICS = (
    Metric(
        compute=probabilistic_precision,
        needs=SoftOverlap,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        standard_error=precision_error,
        revision=2,
    ),
    Metric(
        compute=probabilistic_recall,
        needs=SoftOverlap,
        aim="high",
        bounds=(0, 1),
        catches=("collapse", "dropped mode", "shift"),
        chance=0.0,
        standard_error=recall_error,
        uncertainty="spread over test samples",
        revision=2,
    ),
)
