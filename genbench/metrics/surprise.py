"""Bayesian surprise: how much a sample changes what a training set made one believe.

Itti and Baldi, "Bayesian surprise attracts human attention", Vision Research 2009,
https://doi.org/10.1016/j.visres.2008.09.007; Varshney, "Mathematical limit theorems for
computational creativity", IBM J. Res. Dev. 2019, https://doi.org/10.1147/JRD.2019.2893907.
"""

import numpy as np
from scipy.special import digamma

from genbench.arrays import Array
from genbench.evidence import Proximity
from genbench.metric import Metric

PRIOR_COUNT = 0.5  # Jeffreys' prior for the share of a symbol


def bayesian_surprise(proximity: Proximity) -> float:
    """Mean surprise of samples to one who believes the training set, in nats.

    The belief is a Dirichlet distribution over symbols, 1/2 plus the number of times each was seen;
    a sample is a symbol, seen as often as training samples are like it (see Proximity). Its
    surprise is the divergence of the updated belief from the old one. A copy has been seen before
    and hardly surprises; a sample unlike all training samples surprises most.
    """
    return float(_surprises(proximity).mean())


def surprise(seen: Array, total: float) -> Array:
    """KL(Dirichlet after one more sight of a symbol || before), in nats.

    ln A - ln a + psi(a + 1) - psi(A + 1) for the symbol's prior weight a of all A.
    """
    weight = PRIOR_COUNT + seen
    return np.asarray(np.log(total) - np.log(weight) + digamma(weight + 1) - digamma(total + 1))


def most_surprise() -> float:
    """Surprise at a symbol never seen, among many."""
    return float(-np.log(PRIOR_COUNT) + digamma(PRIOR_COUNT + 1))


def surprise_error(proximity: Proximity) -> float:
    """Standard error of the mean over generated samples, the training set held fixed."""
    surprises = _surprises(proximity)
    return float(surprises.std(ddof=1) / np.sqrt(len(surprises)))


def _surprises(proximity: Proximity) -> Array:
    # The symbols are the training samples and the new one.
    total = proximity.n_train + PRIOR_COUNT * (proximity.n_train + 1)
    return surprise(proximity.familiarity, total)


METRICS = (
    Metric(
        compute=bayesian_surprise,
        needs=Proximity,
        aim="high",
        bounds=(0, most_surprise()),
        catches=("copying",),
        chance=None,
        standard_error=surprise_error,
    ),
)
