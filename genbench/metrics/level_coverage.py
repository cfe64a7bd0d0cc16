"""Coverage by density: how much of the data lies where the model puts nearly all it makes?

Tolstikhin et al., "AdaGAN: boosting generative models", NeurIPS 2017,
https://arxiv.org/abs/1701.02386.

Differs from the authors' code: a generated sample's density leaves its own kernel out, without
which the level is far too high; and the bandwidth is the one under which each is likeliest by all
others, where theirs is chosen on held-out ones.
"""

from genbench.evidence.level_coverage import SHARE, LevelCoverage
from genbench.evidence.parts import OverParts
from genbench.metric import Metric


def level_coverage(densities: LevelCoverage) -> float:
    """Share of test samples where the model's density is as high as at 95 % of its own samples.

    Density is by Gaussian kernels about generated samples, which is good for few dimensions. A
    model that spreads wider than the data gets 1.
    """
    return float((densities.test >= densities.level).mean())


METRICS = (
    Metric(
        compute=level_coverage,
        needs=LevelCoverage,
        aim="high",
        bounds=(0, 1),
        catches=("shift", "collapse", "dropped mode"),
        ideal=SHARE,
        chance=0.0,
        standard_error=OverParts(),
        revision=4,
    ),
)
