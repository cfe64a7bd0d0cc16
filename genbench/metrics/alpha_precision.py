"""Integrated alpha-precision and beta-recall: do the sets' supports agree at every share of them?

Alaa et al., "How faithful is your synthetic data?", ICML 2022, https://arxiv.org/abs/2102.08921.

Differs from the paper: supports are balls about the mean of the points as they are, in no learned
sphere; and the integrals are exact, over every radius at which a share changes, in place of a grid
of 30 shares.
"""

import numpy as np

from genbench.evidence.supports import Supports, area_off_diagonal
from genbench.metric import Metric


def alpha_precision(supports: Supports) -> float:
    """How well balls about the mean test point hold one share of generated and of test samples.

    1 - 2 x the mean over shares a of |P(a) - a|, where P(a) is the share of generated samples in
    the ball that holds a share a of test samples. It sees distances to the mean only: of modes all
    around it, one may be missing.
    """
    area = area_off_diagonal(supports.test, supports.generated, of=len(supports.generated))
    return 1 - 2 * area


def beta_recall(supports: Supports) -> float:
    """How well balls about the mean generated sample recover equal shares of test samples.

    1 - 2 x the mean over shares b of |R(b) - b|, where R(b) is the share of test samples that are
    recovered by a generated sample in the ball that holds a share b of generated ones. What is good
    depends on the sizes of the sets and on dimensions: only real samples can tell.
    """
    recovering = supports.nearest_own[supports.recovered]
    area = area_off_diagonal(supports.generated_own, recovering, of=len(supports.recovered))
    return 1 - 2 * area


def expected_precision(supports: Supports) -> float:
    """Integrated precision of samples of one distribution, for large sets.

    The two shares differ by a Brownian bridge times sqrt(1/n + 1/m), and the mean absolute value
    of a bridge is sqrt(2 pi) / 8.
    """
    n, m = len(supports.test), len(supports.generated)
    return float(1 - np.sqrt(2 * np.pi) / 4 * np.sqrt(1 / n + 1 / m))


METRICS = (
    Metric(
        compute=alpha_precision,
        needs=Supports,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "collapse"),
        ideal=expected_precision,
        chance=0.0,
    ),
    Metric(
        compute=beta_recall,
        needs=Supports,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse"),
        chance=0.0,
    ),
)
