"""The ways in which a metric can be sound, each with its test."""

from genbench.sanity.expectations.bounds import WithinBounds
from genbench.sanity.expectations.flatness import Flat
from genbench.sanity.expectations.invariance import Stays
from genbench.sanity.expectations.known_mean import AsDeclared, Equals
from genbench.sanity.expectations.monotonicity import Worsens, losses_of, overall
from genbench.sanity.expectations.proportion import Proportional
from genbench.sanity.expectations.sample_complexity import Separates
from genbench.sanity.expectations.size import KeepsSize
from genbench.sanity.expectations.time_complexity import Scales

__all__ = [
    "AsDeclared",
    "Equals",
    "Flat",
    "KeepsSize",
    "Proportional",
    "Scales",
    "Separates",
    "Stays",
    "WithinBounds",
    "Worsens",
    "losses_of",
    "overall",
]
