"""What the expectations share: the finding before any test, and when there are too few numbers."""

from genbench.metric import Metric
from genbench.sanity.check import Check, Finding, Responses

THREE_STANDARD_ERRORS = 0.0027  # how seldom a normal number lies that far from its mean
ROUNDING = 1e-9  # relative: what is exact but for rounding agrees as well
FEWEST_SEEDS = 2


def untested(check: Check, metric: Metric, *, claimed: bool = True, note: str = "") -> Finding:
    """Return the finding before, or without, a test."""
    return Finding(check=check.name, metric=metric.name, claimed=claimed, note=note)


def too_few(responses: Responses) -> str:
    """Say why there are not enough numbers for a test."""
    return responses.reasons[0] if responses.reasons else "too few numbers."
