"""Path length: how abruptly samples change as latents do.

Karras et al., "A style-based generator architecture for generative adversarial networks", CVPR
2019, https://arxiv.org/abs/1812.04948. Paths are had by `genbench.latents.interpolation`.

Differs from the paper: distances are squared Euclidean ones of the samples as given, not of a
network's features (give features as samples for that): values of different samples or features
do not compare.
"""

import numpy as np

from genbench.evidence.path_lengths import PathLengths
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def perceptual_path_length(lengths: PathLengths) -> float:
    """Mean squared distance that samples move, over the squared step of latents (PPL).

    Without the lowest and the highest hundredth. Nothing is good about zero: a model that ignores
    its latents has it.
    """
    return float(lengths.kept.mean())


def mean_error(lengths: PathLengths) -> float:
    """Standard error of the mean over the paths that are kept."""
    return error_of_mean(lengths.kept)


METRICS = (
    Metric(
        compute=perceptual_path_length,
        needs=PathLengths,
        aim="low",
        bounds=(0, np.inf),
        catches=(),
        standard_error=mean_error,
        uncertainty="spread over paths",
    ),
)
