"""Creativity as information: beliefs and surprise, channels, the novelty-quality frontier."""

from genbench.ground.lazy import lazy

_HOMES = {
    "BestLaw": "capacity",
    "Dirichlet": "beliefs",
    "FrontierPoint": "frontier",
    "GammaRate": "beliefs",
    "GaussianMean": "beliefs",
    "best_law": "capacity",
    "surprise": "beliefs",
}
__getattr__ = lazy(__name__, _HOMES)
