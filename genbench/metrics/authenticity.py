"""Authenticity: are samples new, or a training sample with a little noise?

Alaa et al., "How faithful is your synthetic data?", ICML 2022, https://arxiv.org/abs/2102.08921.

Differs from the authors' code, which looks up the training sample's spacing under the wrong index.
"""

from genbench.evidence import Proximity
from genbench.ground.spread import error_of_share
from genbench.metric import Metric


def authenticity(proximity: Proximity) -> float:
    """Share of samples farther from the nearest training sample than that one's nearest other.

    Fresh real samples get between 1/3 and 1/2, noise nearly 1, copies 0: as near as can be to
    what real samples get is best, not as high.
    """
    return float((proximity.generated_to_train > proximity.spacing_there).mean())


def authenticity_error(proximity: Proximity) -> float:
    """Binomial standard error over generated samples, the training set held fixed."""
    share = authenticity(proximity)
    return error_of_share(share, len(proximity.generated_to_train))


METRICS = (
    Metric(
        compute=authenticity,
        needs=Proximity,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "copying"),
        standard_error=authenticity_error,
    ),
)
