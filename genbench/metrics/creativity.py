"""Creativity: how surprising samples are, how good, and how near to the best of both at once.

Itti and Baldi, "Bayesian surprise attracts human attention", Vision Research 2009,
https://doi.org/10.1016/j.visres.2008.09.007; Varshney, "Mathematical limit theorems for
computational creativity", IBM J. Res. Dev. 2019, https://doi.org/10.1147/JRD.2019.2893907.

Mean surprise is mutual information only where the belief before is the one that the samples
themselves induce, as it is here; from any other it is larger by how far the two are apart.

Differs from the papers: Varshney's frontier is of all artifacts there could be, this one of laws
over the kinds of samples that the model made, so it says how well the model's shares are chosen,
not whether there is something better that it never makes.
"""

import numpy as np

from genbench.evidence.creativity import Creativity
from genbench.ground.errors import Unavailable
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric

NO_NEWS = 1e-12  # nats: rounding


def mean_surprise(creativity: Creativity) -> float:
    """Mean surprise of samples, in nats: how far their classes are from those of all samples.

    The mutual information of sample and class, and the logarithm of the inception score. Of few
    samples it is low, by (K - 1) / 2n for K classes if predictions are sure.
    """
    return float(creativity.surprises.mean())


def mean_quality(creativity: Creativity) -> float:
    """Mean of the qualities that are given."""
    return float(creativity.quality.mean())


def surprise_efficiency(creativity: Creativity) -> float:
    """Mean surprise over the most that samples of these kinds could have at such mean quality.

    1 if no other shares of the same kinds of samples are as good and surprise more.
    """
    novelty = creativity.novelty_of_cells
    # The model's own law is as good as itself, however early the search for a better one stopped.
    most = max(creativity.frontier.novelty, novelty)
    if most < NO_NEWS:
        raise Unavailable("no sample tells more than another, whatever the shares")
    return float(novelty / most)


def surprise_error(creativity: Creativity) -> float:
    """Standard error of mean surprise; to first order it does not matter that p(y) is estimated."""
    return error_of_mean(creativity.surprises)


def quality_error(creativity: Creativity) -> float:
    """Standard error of the mean."""
    return error_of_mean(creativity.quality)


METRICS = (
    Metric(
        compute=mean_surprise,
        needs=Creativity,
        aim="high",
        bounds=(0, np.inf),
        catches=("noise", "collapse", "dropped mode"),
        chance=0.0,
        standard_error=surprise_error,
    ),
    Metric(
        compute=mean_quality,
        needs=Creativity,
        aim="high",
        catches=("noise", "shift"),
        standard_error=quality_error,
    ),
    Metric(
        compute=surprise_efficiency,
        needs=Creativity,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift", "dropped mode"),
    ),
)
