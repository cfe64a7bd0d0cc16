"""Models that play against each other: pools of them, and their ratings."""

from genbench.ground.lazy import lazy

_HOMES = {
    "Equilibrium": "nash",
    "Pool": "pools",
    "Rating": "ratings",
    "bradley_terry": "ratings",
    "equilibrium": "nash",
    "glicko2": "ratings",
    "play": "pools",
}
__getattr__ = lazy(__name__, _HOMES)
