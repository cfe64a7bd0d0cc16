"""What a generative model is, and how one is found by name, file or package."""

from genbench.ground.lazy import lazy

_HOMES = {
    "GenerativeModel": "find",
    "HasLogProb": "find",
    "HasNextLogProb": "find",
    "ModelSpec": "find",
    "Selective": "find",
    "baselines": "find",
}
__getattr__ = lazy(__name__, _HOMES)
