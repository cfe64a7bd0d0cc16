"""Lower bounds on the log-density of models with latent variables, from importance weights.

Kingma and Welling, "Auto-encoding variational Bayes", ICLR 2014, https://arxiv.org/abs/1312.6114
(ELBO); Burda et al., "Importance weighted autoencoders", ICLR 2016,
https://arxiv.org/abs/1509.00519 (IWAE); Wu et al., "On the quantitative analysis of decoder-based
generative models", ICLR 2017, https://arxiv.org/abs/1611.04273, whose annealed weights
(`genbench.latents.annealing`) may be given in place of an encoder's.

Both average to at most the log-density. The first is tight where latents are drawn from the true
posterior; the second rises towards the log-density with every draw.
"""

import numpy as np
import scipy

from genbench.evidence.importance_weights import ImportanceWeights
from genbench.ground.arrays import Array
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def evidence_lower_bound(weights: ImportanceWeights) -> float:
    """Mean log importance weight of the test samples' latents, in nats (ELBO)."""
    return float(weights.log_weights.mean())


def importance_weighted_bound(weights: ImportanceWeights) -> float:
    """Mean over test samples of the log of their mean importance weight, in nats (IWAE)."""
    return float(_log_means(weights).mean())


def lower_bound_error(weights: ImportanceWeights) -> float:
    """Standard error of the mean over test samples, draws included."""
    return error_of_mean(weights.log_weights.mean(axis=1))


def weighted_bound_error(weights: ImportanceWeights) -> float:
    """Standard error of the mean over test samples, draws included."""
    return error_of_mean(_log_means(weights))


def _log_means(weights: ImportanceWeights) -> Array:
    """Log of each test sample's mean weight, (n_test,)."""
    log_weights = weights.log_weights
    return np.asarray(scipy.special.logsumexp(log_weights, axis=1) - np.log(log_weights.shape[1]))


METRICS = (
    Metric(
        compute=evidence_lower_bound,
        needs=ImportanceWeights,
        aim="high",
        catches=(),
        standard_error=lower_bound_error,
        uncertainty="spread over test samples",
    ),
    Metric(
        compute=importance_weighted_bound,
        needs=ImportanceWeights,
        aim="high",
        catches=(),
        standard_error=weighted_bound_error,
        uncertainty="spread over test samples",
    ),
)
