"""Quality where the truth is known: does a sample lie where real samples do?"""

from genbench.evidence import LevelSet
from genbench.ground.spread import error_of_share
from genbench.metric import Metric


def high_density_share(level_set: LevelSet) -> float:
    """Share of samples where the true density is as high as at 95 % of real samples."""
    return float((level_set.log_densities >= level_set.level).mean())


def share_of_real(level_set: LevelSet) -> float:
    """Share of real samples there: 95 %, or more where the density has steps."""
    return level_set.share


def share_error(level_set: LevelSet) -> float:
    """Binomial standard error over generated samples."""
    share = high_density_share(level_set)
    return error_of_share(share, len(level_set.log_densities))


METRICS = (
    Metric(
        compute=high_density_share,
        needs=LevelSet,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift"),
        ideal=share_of_real,
        chance=0.0,
        standard_error=share_error,
    ),
)
