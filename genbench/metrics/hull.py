"""Does a model draw between the training samples, or beyond them?

Balestriero, Pesenti, LeCun, "Learning in high dimension always amounts to extrapolation", 2021,
https://arxiv.org/abs/2110.09485: a sample is interpolated if it lies in the convex hull of the
training samples. The more dimensions, the fewer fresh real samples do.
"""

from genbench.evidence.hull import Hull
from genbench.metric import Metric


def interpolated_share(hull: Hull) -> float:
    """Share of samples in the convex hull of the training samples.

    Beside the share of test samples there: a model that has more of them there draws averages of
    what it has seen, or copies, and one that has fewer goes beyond the data.
    """
    return float(hull.generated_inside.mean())


def share_of_test(hull: Hull) -> float:
    """Share of test samples in the hull: what a perfect model has, too."""
    return float(hull.test_inside.mean())


METRICS = (
    Metric(
        compute=interpolated_share,
        needs=Hull,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "copying"),
        ideal=share_of_test,
    ),
)
