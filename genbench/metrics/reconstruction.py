"""Reconstruction error: how near to unseen samples a model can come at all.

Xiang and Li, "On the effects of batch and weight normalization in generative adversarial
networks", 2017, https://arxiv.org/abs/1704.03971.

Differs from the paper: reconstructions are given, by an encoder or by `genbench.latents.inversion`,
which searches from several starts. A search's error is an upper bound; small errors say that test
samples lie within the model's reach, not that it draws them.
"""

import numpy as np

from genbench.evidence.reconstructions import Reconstructions
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def reconstruction_error(reconstructions: Reconstructions) -> float:
    """Mean squared difference, per value, of test samples from the nearest the model can make."""
    return float(reconstructions.squared_errors.mean())


def mean_error(reconstructions: Reconstructions) -> float:
    """Standard error of the mean over test samples."""
    errors = reconstructions.squared_errors
    return error_of_mean(errors)


METRICS = (
    Metric(
        compute=reconstruction_error,
        needs=Reconstructions,
        aim="low",
        bounds=(0, np.inf),
        catches=(),
        ideal=0.0,
        standard_error=mean_error,
        uncertainty="spread over test samples",
    ),
)
