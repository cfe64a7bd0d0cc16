"""Information between latents and samples: the generative information lower bound.

Alemi and Fischer, "GILBO: one metric to measure them all", NeurIPS 2018,
https://arxiv.org/abs/1802.04874.

Differs from the paper: the encoder is the better of a linear map and a small network with normal
errors of one covariance (variances alone, where samples are few), the prior's coordinates are made
normal by their ranks, and the bound is taken on samples that no part of the encoder was fitted to.
Read it as how many distinct samples a model's latents tell apart: more is not always better.
"""

from genbench.evidence.latent_encoding import LatentEncoding
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def latent_information(encoding: LatentEncoding) -> float:
    """Lower bound on the information, in nats, between latents and generated samples (GILBO)."""
    return float(encoding.log_ratios.mean())


def mean_error(encoding: LatentEncoding) -> float:
    """Standard error of the mean over held-out samples, the encoder held fixed."""
    return error_of_mean(encoding.log_ratios)


METRICS = (
    Metric(
        compute=latent_information,
        needs=LatentEncoding,
        aim="high",
        catches=(),
        chance=0.0,
        standard_error=mean_error,
        uncertainty="spread over held-out samples; encoder held fixed",
    ),
)
