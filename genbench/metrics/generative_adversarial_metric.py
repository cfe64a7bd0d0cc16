"""Generative adversarial metric: two models swap discriminators.

Im et al., "Generating images with recurrent adversarial networks", 2016,
https://arxiv.org/abs/1602.05110.

Differs from the paper: the ratio itself is the value, rather than a verdict of who won; rates
r = k / n enter as (k + 1/2) / (n + 1), so that no ratio is 0 / 0; "about equal" errors on test
samples means that their ratio's 95 % interval holds one; and where a pool has several rivals, the
ratios of the fair ones are averaged (geometrically: swapping sides inverts each).
"""

import numpy as np

from genbench.evidence.matches import Matches, jeffreys
from genbench.ground.errors import Unavailable
from genbench.metric import Metric


def generative_adversarial_metric(matches: Matches) -> float:
    """How often rivals' samples fool its discriminator per time that its samples fool theirs (GAM).

    Below one the model beats its rivals. A rival counts only if both discriminators err equally
    often on test samples: else the better discriminator decides, not the better samples.
    """
    if not matches.fair:
        raise Unavailable(
            "no rival's discriminator errs about as often on test samples as its own does"
        )
    return float(np.exp(matches.log_ratios.mean()))


def ratio_error(matches: Matches) -> float:
    """Binomial standard error of the ratio, by its logarithm's linear part."""
    pool, i, rivals = matches.pool, matches.pool.index, matches.fair
    counts = np.asarray(pool.n_samples)
    variance = 0.0
    for shares, n in (
        (pool.called_real[i, rivals], counts[rivals]),
        (pool.called_real[rivals, i], counts[i]),
    ):
        rates = jeffreys(shares, n)
        variance += float(((1 - rates) / (rates * (n + 1))).sum())
    return generative_adversarial_metric(matches) * float(np.sqrt(variance)) / len(rivals)


METRICS = (
    Metric(
        compute=generative_adversarial_metric,
        needs=Matches,
        aim="low",
        bounds=(0, np.inf),
        catches=(),
        chance=1.0,
        standard_error=ratio_error,
        uncertainty="binomial, over judged samples; discriminators held fixed",
    ),
)
