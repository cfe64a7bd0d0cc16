"""Wasserstein distances: exact ones between samples, and what a trained critic finds of the first.

Arjovsky et al., "Wasserstein GAN", ICML 2017, https://arxiv.org/abs/1701.07875; POT: Flamary et
al., "Python Optimal Transport", JMLR 2021, https://jmlr.org/papers/v22/20-451.html.
"""

import math

from genbench.evidence import Critic, Transport
from genbench.evidence.transport import SquaredTransport
from genbench.metric import Metric


def wasserstein_distance(transport: Transport) -> float:
    """Mean distance that points must travel to turn generated samples into test samples.

    In units of the points; of sets of unequal size, all points count. Samples of one distribution
    are apart as well, and far in high dimension: what is near only real samples can tell.
    """
    return transport.distance


def wasserstein_2_distance(transport: SquaredTransport) -> float:
    """Root of the least mean squared distance that turns generated samples into test samples.

    In units of the points, as the Wasserstein-1 distance is, which it never falls below; its square
    is what the Frechet distance is for Gaussians. Real samples are apart as well.
    """
    return math.sqrt(transport.squared_distance)


def critic_distance(critic: Critic) -> float:
    """Lower bound on the Wasserstein distance, by a trained critic judged on held-out samples.

    Its mean on test points minus that on generated ones, divided by its largest possible slope;
    in units of the points. Held out, it may fall below 0.
    """
    return critic.difference / critic.steepness


def critic_error(critic: Critic) -> float:
    """Standard error of the difference of means, the critic held fixed."""
    return critic.standard_error / critic.steepness


METRICS = (
    Metric(
        compute=wasserstein_distance,
        needs=Transport,
        aim="low",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        revision=2,
    ),
    Metric(
        compute=wasserstein_2_distance,
        needs=SquaredTransport,
        aim="low",
        bounds=(0, math.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        revision=2,
    ),
    Metric(
        compute=critic_distance,
        needs=Critic,
        aim="low",
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=0.0,
        chance=0.0,
        standard_error=critic_error,
        revision=2,
    ),
)
