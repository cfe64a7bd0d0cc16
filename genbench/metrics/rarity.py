"""Rarity and realism of single samples: how empty, and how near, the real samples' manifold is.

Han et al., "Rarity score: a new metric to evaluate the uncommonness of synthesized images", ICLR
2023, https://arxiv.org/abs/2206.08549; Kynkäänniemi et al., "Improved precision and recall metric
for assessing generative models", NeurIPS 2019, https://arxiv.org/abs/1904.06991.

Differs from the papers: k is 5, as in density and coverage, not 3; samples are summed up by the
mean rarity and the median realism, which copies of test samples, infinitely real, do not decide.
"""

import numpy as np

from genbench.evidence.parts import OverParts
from genbench.evidence.rarity import Rarity
from genbench.ground.errors import Unavailable
from genbench.metric import Metric


def rarity_score(rarity: Rarity) -> float:
    """Mean radius of the smallest test ball that holds a sample; samples outside all are left out.

    In units of the points: large where a model's samples lie among few real ones. What is left out
    is a share of `1 - precision`. As near as can be to what real samples get is best, not as high.

    Raises:
        Unavailable: no sample lies inside a ball.
    """
    inside = np.isfinite(rarity.smallest_ball)
    if not inside.any():
        raise Unavailable("no generated sample lies inside a test sample's ball")
    return float(rarity.smallest_ball[inside].mean())


def realism_score(rarity: Rarity) -> float:
    """Median over samples of the largest radius of a test ball over the distance to its centre.

    At least 1 inside some ball. The larger half of the balls is left out, so that outliers among
    test samples make nothing real.
    """
    return float(np.median(rarity.realism))


METRICS = (
    Metric(
        compute=rarity_score,
        needs=Rarity,
        aim="match",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse"),
        standard_error=OverParts(power=0),
        revision=3,
    ),
    Metric(
        compute=realism_score,
        needs=Rarity,
        aim="high",
        bounds=(0, np.inf),
        catches=("noise", "shift"),
        standard_error=OverParts(),
        revision=3,
    ),
)
