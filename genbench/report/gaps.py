"""How far apart a metric sees noise and real samples, in spreads of one draw."""

import math
from collections.abc import Mapping, Sequence
from statistics import fmean, variance

ENOUGH = 10.0  # then one draw moves a share of the way from noise to real samples by a tenth


def gap_of(real: str, noise: str, losses: Mapping[str, Sequence[float]]) -> float | None:
    """Return (mean of noise - mean of real samples) / sd; None where one of them has no value.

    `losses`, smaller being better, are those of the controls, by name, over seeds; sd is the root
    of the mean of their variances over seeds.
    """
    if not (losses.get(real) and losses.get(noise)):
        return None
    spreads = [variance(values) for values in losses.values() if len(values) > 1]
    apart = fmean(losses[noise]) - fmean(losses[real])
    sd = math.sqrt(fmean(spreads)) if spreads else 0.0
    if sd == 0:
        return math.copysign(math.inf, apart) if apart else 0.0
    return apart / sd
