"""Sinkhorn divergence: transport made smooth by entropy, less what entropy alone costs.

Genevay, Peyre and Cuturi, "Learning generative models with Sinkhorn divergences", AISTATS 2018,
https://arxiv.org/abs/1706.00292; Feydy et al., "Interpolating between optimal transport and MMD
using Sinkhorn divergences", AISTATS 2019, https://arxiv.org/abs/1810.08278.

Differs from the papers: the regularisation is a tenth of the median squared distance of test
points, so that the value does not depend on the choice of unit but for its own.
"""

import math

from genbench.evidence.entropic_transport import EntropicTransport
from genbench.metric import Metric


def sinkhorn_divergence(transport: EntropicTransport) -> float:
    """Entropic cost of moving generated onto test samples, less half that of each onto itself.

    In squared units of the points: between the squared Wasserstein-2 distance, for little
    regularisation, and the squared distance of the means, for much. The entropic costs are whole,
    with their entropy (the value of the dual), which makes the divergence zero for equal sets only:
    two samples of one distribution are apart.
    """
    return transport.divergence


METRICS = (
    Metric(
        compute=sinkhorn_divergence,
        needs=EntropicTransport,
        aim="low",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        revision=2,
    ),
)
