"""Topological precision and recall (TopP&R): overlap of the supports that are beyond doubt.

Kim et al., "TopP&R: robust support estimation approach for evaluating fidelity and diversity in
generative models", NeurIPS 2023, https://arxiv.org/abs/2306.08013.

Differs from the authors' code: kernels reach to the 5 d-th or, where that is greater, to the 50th
neighbour of all others in any dimension, where theirs maximises persistence in up to three; and the
level is found from 100 resamples, not 10, of which the 90 % quantile is no single one. No standard
error is given: the level makes supports of fewer samples other ones, so that what parts of the sets
say of the whole was found to be from a third to all of the truth, and a jackknife twice of it.
"""

from genbench.evidence.significant_support import SignificantSupport
from genbench.ground.arrays import Flags
from genbench.ground.errors import Unavailable
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


def _share(covered: Flags, significant: Flags, name: str) -> float:
    if not significant.any():
        raise Unavailable(f"the density of {name} samples is nowhere significant")
    return float(covered[significant].mean())


METRICS = (
    Metric(
        compute=topological_precision,
        needs=SignificantSupport,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        chance=0.0,
        revision=3,
    ),
    Metric(
        compute=topological_recall,
        needs=SignificantSupport,
        aim="high",
        bounds=(0, 1),
        catches=("shift", "collapse", "dropped mode"),
        chance=0.0,
        revision=3,
    ),
)
