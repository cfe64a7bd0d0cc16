"""Topological precision and recall (TopP&R): overlap of the supports that are beyond doubt.

Kim et al., "TopP&R: robust support estimation approach for evaluating fidelity and diversity in
generative models", NeurIPS 2023, https://arxiv.org/abs/2306.08013.

Differs from the authors' code: kernels reach to the 5 d-th or, where that is greater, to the 50th
neighbour of all others in any dimension, where theirs maximises persistence in up to three; and the
level is found from 100 resamples, not 10, of which the 90 % quantile is no single one.
"""

from genbench.evidence.significant_support import SignificantSupport
from genbench.ground.arrays import Flags
from genbench.ground.errors import Unavailable
from genbench.ground.spread import error_of_share
from genbench.metric import Metric


def topological_precision(support: SignificantSupport) -> float:
    """Share of significant generated samples that lie in the significant support of test samples.

    Raises:
        Unavailable: no generated sample is significant.
    """
    return _share(support.generated_covered, support.generated_significant, "generated")


def topological_recall(support: SignificantSupport) -> float:
    """Share of significant test samples that lie in the significant support of generated samples.

    Raises:
        Unavailable: no test sample is significant.
    """
    return _share(support.test_covered, support.test_significant, "test")


def precision_error(support: SignificantSupport) -> float:
    """Binomial standard error over significant generated samples, the supports held fixed."""
    return _error(topological_precision(support), support.generated_significant)


def recall_error(support: SignificantSupport) -> float:
    """Binomial standard error over significant test samples, the supports held fixed."""
    return _error(topological_recall(support), support.test_significant)


def _share(covered: Flags, significant: Flags, name: str) -> float:
    if not significant.any():
        raise Unavailable(f"the density of {name} samples is nowhere significant")
    return float(covered[significant].mean())


def _error(share: float, significant: Flags) -> float:
    return error_of_share(share, significant.sum())


METRICS = (
    Metric(
        compute=topological_precision,
        needs=SignificantSupport,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        standard_error=precision_error,
        revision=2,
    ),
    Metric(
        compute=topological_recall,
        needs=SignificantSupport,
        aim="high",
        bounds=(0, 1),
        catches=("shift", "collapse", "dropped mode"),
        chance=0.0,
        standard_error=recall_error,
        uncertainty="spread over test samples",
        revision=2,
    ),
)
