"""Bayesian surprise: how much a sample changes what a training set made one believe.

Itti and Baldi, "Bayesian surprise attracts human attention", Vision Research 2009,
https://doi.org/10.1016/j.visres.2008.09.007; Varshney, "Mathematical limit theorems for
computational creativity", IBM J. Res. Dev. 2019, https://doi.org/10.1147/JRD.2019.2893907.
"""

import numpy as np

from genbench.creativity.beliefs import JEFFREYS
from genbench.evidence import Proximity
from genbench.evidence.parts import OverParts
from genbench.metric import Metric


def bayesian_surprise(proximity: Proximity) -> float:
    """Mean surprise of samples to one who believes the training set, in nats.

    The belief is a Dirichlet distribution over symbols, 1/2 plus the number of times each was seen;
    a sample is a symbol, seen as often as training samples are like it (see Proximity). Its
    surprise is the divergence of the updated belief from the old one. A copy has been seen before
    and hardly surprises; a sample unlike all training samples surprises most.
    """
    return float(proximity.surprises.mean())


def most_surprise() -> float:
    """Surprise at a symbol never seen, among many."""
    digamma = 2 - np.euler_gamma - np.log(4)  # of 3/2, without import of what computes it
    return float(digamma - np.log(JEFFREYS))


METRICS = (
    Metric(
        compute=bayesian_surprise,
        needs=Proximity,
        aim="match",  # a novelty, but noise is newer than anything: best as real samples are
        bounds=(0, most_surprise()),
        catches=("noise", "copying"),
        chance=None,
        standard_error=OverParts(),
        revision=2,
    ),
)
