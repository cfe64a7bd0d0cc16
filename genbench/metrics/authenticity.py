"""Authenticity: are samples new, or a training sample with a little noise?

Alaa et al., "How faithful is your synthetic data?", ICML 2022, https://arxiv.org/abs/2102.08921.

Differs from the authors' code, which looks up the training sample's spacing under the wrong index.
"""

from genbench.evidence import Proximity
from genbench.evidence.parts import OverParts
from genbench.metric import Metric


def authenticity(proximity: Proximity) -> float:
    """Share of samples farther from the nearest training sample than that one's nearest other.

    Copies get 0 and noise nearly 1; fresh real samples lie between, from 1/3 in one dimension up to
    3/4 and more in many: as near as can be to what these get is best, not as high.
    """
    return float((proximity.generated_to_train > proximity.spacing_there).mean())


METRICS = (
    Metric(
        compute=authenticity,
        needs=Proximity,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "copying"),
        standard_error=OverParts(),
        revision=2,
    ),
)
