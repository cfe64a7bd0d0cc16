"""Arrays in, scores out."""

from genbench.ground.lazy import lazy

_HOMES = {
    "ClassMoments": "accumulators",
    "FeatureMoments": "accumulators",
    "Scores": "evaluate",
    "score": "evaluate",
}
__getattr__ = lazy(__name__, _HOMES)
