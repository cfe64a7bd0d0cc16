"""Feature likelihood divergence: test samples under a mixture of Gaussians around generated ones.

Jiralerspong et al., "Feature likelihood divergence: Evaluating the generalization of generative
models using samples", NeurIPS 2023, https://arxiv.org/abs/2302.04440.

Experimental: it is a likelihood under a fitted mixture and has no fixed best value. A perfect model
does not score zero, and samples shrunken towards the centre may score better than real ones.

Differs from the paper: widths are fitted by expectation maximisation instead of gradients, on at
most 1,000 points; the mixture around training points, whose score is subtracted, has as many
Gaussians as that around generated points. That is half the training set at most: the other half
keeps copies from becoming points of no width, so that they lose tens and not millions.
"""

from genbench.evidence.fitted_mixtures import FittedMixtures
from genbench.evidence.parts import OverParts
from genbench.ground.arrays import Array
from genbench.metric import Metric

SCALE = 100


def feature_likelihood_divergence(mixtures: FittedMixtures) -> float:
    """Nats a feature, times 100, that test points lose around generated instead of training points.

    Experimental. Widths are fitted to the training set, so that copies of it get none, and fail on
    test points. May be negative.
    """
    return float(SCALE * _losses(mixtures).mean())


def _losses(mixtures: FittedMixtures) -> Array:
    return (mixtures.around_train - mixtures.around_generated) / mixtures.d


METRICS = (
    Metric(
        compute=feature_likelihood_divergence,
        needs=FittedMixtures,
        aim="low",
        catches=("noise", "shift", "collapse", "dropped mode", "copying"),
        standard_error=OverParts(),
        revision=2,
    ),
)
