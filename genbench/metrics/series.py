"""Series: whether what cannot be foretold is as in real ones, and how values hang together.

Whiteness: Ljung and Box, "On a measure of lack of fit in time series models", Biometrika 1978,
https://doi.org/10.1093/biomet/65.2.297. Here products of each lag are pooled over rows and weighed
by their number. The predictor is the true law's or was fitted to test rows, not to the rows that
are tested: no degrees of freedom are lost to it, as they would be there. Flatness: Gray and Markel,
"A spectral-flatness measure for studying the autocorrelation method of linear prediction of speech
analysis", IEEE Transactions on Acoustics, Speech, and Signal Processing 1974,
https://doi.org/10.1109/TASSP.1974.1162572; by Kolmogorov and Szegő it is the share of the variance
that no linear prediction takes away.
"""

import numpy as np
import scipy

from genbench.evidence.innovations import Innovations
from genbench.evidence.parts import OverParts
from genbench.evidence.series import Moments, SeriesMoments
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def innovation_whiteness(innovations: Innovations) -> float:
    """Probability of such autocorrelations, or larger, if prediction left white noise.

    The test of Ljung and Box on prediction errors of generated rows, lags 1 to 10.
    Of 300 pairs of 500 rows of one law .053 fell below .05 by the true predictor, .080 by Burg's,
    whose order is chosen as well.
    """
    return float(scipy.special.chdtrc(innovations.n_lags, innovations.ljung_box))


def innovation_ratio(innovations: Innovations) -> float:
    """Mean squared prediction error of generated rows over that of test rows.

    Below 1: generated rows are smoother than real ones; above: rougher.
    """
    return float((innovations.generated**2).mean() / (innovations.test**2).mean())


def autocorrelation_distance(moments: SeriesMoments) -> float:
    """Largest difference between autocorrelations of generated and test rows, up to lag 20."""
    sides = moments.generated.autocorrelations, moments.test.autocorrelations
    return float(np.abs(sides[0] - sides[1]).max())


def spectral_flatness(moments: SeriesMoments) -> float:
    """Geometric over arithmetic mean of the spectrum of generated rows.

    The spectrum is the mean periodogram of rows: through it leaks between frequencies, the more the
    shorter rows are, so that it is too flat (.646 for .615 at 64 values of an autoregression).
    """
    return flatness(moments.generated)


def flatness(moments: Moments) -> float:
    """Return the flatness of one set's mean periodogram; 0 where some frequency is absent."""
    spectrum = moments.periodogram.mean(axis=0)
    with np.errstate(divide="ignore"):
        return float(np.exp(np.log(spectrum).mean()) / spectrum.mean())


def flatness_of_test(moments: SeriesMoments) -> float:
    """The same of test rows."""
    return flatness(moments.test)


def ratio_error(innovations: Innovations) -> float:
    """Standard error of a ratio of two means over rows."""
    sides = [(part**2).mean(axis=1) for part in (innovations.test, innovations.generated)]
    relative = [error_of_mean(side) / side.mean() for side in sides]
    return float(innovation_ratio(innovations) * np.hypot(*relative))


def flatness_error(moments: SeriesMoments) -> float:
    """Standard error by the logarithm's slope, over rows."""
    rows = moments.generated.periodogram
    spectrum = rows.mean(axis=0)
    slopes = (rows / spectrum).mean(axis=1) - rows.mean(axis=1) / spectrum.mean()
    return flatness(moments.generated) * error_of_mean(slopes)


METRICS = (
    Metric(
        compute=innovation_whiteness,
        needs=Innovations,
        aim="high",
        bounds=(0, 1),
        catches=("noise",),
        p_value=innovation_whiteness,
    ),
    Metric(
        compute=innovation_ratio,
        needs=Innovations,
        aim="match",
        bounds=(0, np.inf),
        catches=("noise", "shift"),
        ideal=1.0,
        standard_error=ratio_error,
        uncertainty="spread over rows",
    ),
    Metric(
        compute=autocorrelation_distance,
        needs=SeriesMoments,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise",),
        standard_error=OverParts(),
    ),
    Metric(
        compute=spectral_flatness,
        needs=SeriesMoments,
        aim="match",
        bounds=(0, 1),
        catches=("noise",),
        ideal=flatness_of_test,
        standard_error=flatness_error,
        uncertainty="spread over rows",
    ),
)
