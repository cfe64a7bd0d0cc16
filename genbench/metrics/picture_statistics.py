"""Low-level statistics of pictures: those of natural pictures are well known, and hard to fake.

Zeng, Lu and Borji, "Statistics of deep generated images", 2017, https://arxiv.org/abs/1708.02688;
Ruderman, "The statistics of natural images", Network 1994,
https://doi.org/10.1088/0954-898X/5/4/006: power falls with frequency, with a slope near -2, and
responses to filters of mean 0 have heavy tails.

Differs from the papers: they show plots; here are distances and gaps. Pictures are turned grey, and
windowed, before their spectrum is taken; frequencies beyond 0.9 of the highest do not count for
the slope. Histograms are compared by Wasserstein-1, in the unit of pixel values, through 1000
quantiles.
"""

import numpy as np

from genbench.evidence.picture_statistics import PictureStatistics
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.metric import Metric

FLOOR = 1e-10  # of the mean power of test pictures: less is none


def spectral_slope_gap(statistics: PictureStatistics) -> float:
    """How much less steeply power falls with frequency than it does in test pictures.

    The difference of two slopes, each of log power over log frequency: above 0 where generated
    pictures have too much fine detail for their coarse, as with noise; below 0 where they are
    blurred.
    """
    slopes = [
        _slope_weights(statistics) @ _log_power(of.ring_power.mean(axis=0), statistics)
        for of in (statistics.generated, statistics.test)
    ]
    return float(slopes[0] - slopes[1])


def log_spectrum_distance(statistics: PictureStatistics) -> float:
    """Root mean squared difference of the logarithms of mean power, over all frequencies."""
    logs = [_log_power(of.power, statistics) for of in (statistics.test, statistics.generated)]
    return float(np.sqrt(((logs[0] - logs[1]) ** 2).mean()))


def contrast_distance(statistics: PictureStatistics) -> float:
    """Wasserstein-1 distance of local contrast, the length of the gradient, over all pixels.

    Above 0 for two samples of one distribution.
    """
    return _distance(statistics.test.contrast, statistics.generated.contrast)


def filter_response_distance(statistics: PictureStatistics) -> float:
    """Wasserstein-1 distance of responses to random filters of mean 0, averaged over filters.

    Above 0 for two samples of one distribution.
    """
    return _distance(statistics.test.responses, statistics.generated.responses)


def filter_kurtosis_gap(statistics: PictureStatistics) -> float:
    """How much heavier the tails of filter responses are than with test pictures.

    The difference of kurtoses, averaged over random filters; a Gaussian's is 3.
    """
    return float((statistics.generated.kurtosis - statistics.test.kurtosis).mean())


def slope_error(statistics: PictureStatistics) -> float:
    """Standard error of the gap, to first order in the spread of power over pictures."""
    variance = 0.0
    for of in (statistics.generated, statistics.test):
        relative = of.ring_power / of.ring_power.mean(axis=0)
        variance += (relative @ _slope_weights(statistics)).var(ddof=1) / of.n
    return float(np.sqrt(variance))


def spectrum_by_chance(statistics: PictureStatistics) -> float:
    """Distance of two samples of one distribution, to first order in the spread of power."""
    sizes = 1 / statistics.test.n + 1 / statistics.generated.n
    return float(np.sqrt(statistics.test.power_spread * sizes))


def _slope_weights(statistics: PictureStatistics) -> Array:
    """Return the weights under which log power sums to the slope of the least squares line."""
    logs = np.log(statistics.ring_frequencies)
    centred = logs - logs.mean()
    return np.asarray(centred / (centred**2).sum())


def _log_power(power: Array, statistics: PictureStatistics) -> Array:
    """Return the logarithm of power, of which too little counts as the least that there is.

    Raises:
        Unavailable: there is none in test pictures, but some in generated ones: no number is far
            enough from nothing.
    """
    least = FLOOR * statistics.test.power.mean()
    if least == 0 and statistics.generated.power.any():
        raise Unavailable("test pictures are blank: they have no power at any frequency")
    return np.log(np.maximum(power, least or 1.0))


def _distance(quantiles: Array, others: Array) -> float:
    return float(np.abs(quantiles - others).mean())


METRICS = (
    Metric(
        compute=spectral_slope_gap,
        needs=PictureStatistics,
        aim="match",
        catches=("noise",),
        ideal=0.0,
        chance=0.0,
        standard_error=slope_error,
        uncertainty="spread over test and generated samples, to first order",
        revision=2,
    ),
    Metric(
        compute=log_spectrum_distance,
        needs=PictureStatistics,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse"),
        ideal=spectrum_by_chance,
        chance=spectrum_by_chance,
        revision=2,
    ),
    Metric(
        compute=contrast_distance,
        needs=PictureStatistics,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift"),
    ),
    Metric(
        compute=filter_response_distance,
        needs=PictureStatistics,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift"),
    ),
    Metric(
        compute=filter_kurtosis_gap,
        needs=PictureStatistics,
        aim="match",
        catches=(),
        ideal=0.0,
        chance=0.0,
    ),
)
