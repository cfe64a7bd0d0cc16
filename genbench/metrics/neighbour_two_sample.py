"""One-nearest-neighbour test: is a point's nearest neighbour of the point's own kind?

Xu et al., "An empirical study on evaluation metrics of generative adversarial networks", 2018,
https://arxiv.org/abs/1806.07755; its law under one distribution is that of Henze, "A multivariate
two-sample test based on the number of nearest neighbor type coincidences", Annals of Statistics
1988, https://doi.org/10.1214/aos/1176350835.

Differs from the paper: the accuracy is the mean of those on either set, so that sets may differ in
size; and a point that has a nearest neighbour at the same distance in both sets counts one half.
"""

from collections.abc import Callable

import numpy as np
import scipy

from genbench.evidence.neighbour_test import NeighbourTest
from genbench.ground.errors import Unavailable
from genbench.metric import Metric


def neighbour_two_sample_accuracy(test: NeighbourTest) -> float:
    """How often a point's nearest neighbour tells what it is, test or generated; just below 1/2.

    Near 1 for samples elsewhere, near 0 for copies of test samples.
    """
    return float(test.test_rightly.mean() + test.generated_rightly.mean()) / 2


def neighbour_two_sample_accuracy_on_test(test: NeighbourTest) -> float:
    """Share of test points whose nearest neighbour is another test point, not a generated one."""
    return float(test.test_rightly.mean())


def neighbour_two_sample_accuracy_on_generated(test: NeighbourTest) -> float:
    """Share of generated points whose nearest neighbour is another generated one."""
    return float(test.generated_rightly.mean())


def _weights(test: NeighbourTest, on_test: float, on_generated: float) -> tuple[float, float]:
    return on_test / len(test.test_rightly), on_generated / len(test.generated_rightly)


def _expected(on_test: float, on_generated: float) -> Callable[[NeighbourTest], float]:
    def expected(test: NeighbourTest) -> float:
        """Accuracy if both sets have one distribution: (n - 1) / (2 n - 1) if of one size."""
        return test.chance(*_weights(test, on_test, on_generated))[0]

    return expected


def _p_value(on_test: float, on_generated: float) -> Callable[[NeighbourTest], float]:
    def p_value(test: NeighbourTest) -> float:
        """Two-sided, by the exact variance over all ways to split the points, taken as normal.

        Raises:
            Unavailable: a tie between the sets, which the variance knows nothing of.
        """
        if test.has_ties:
            raise Unavailable("some points have nearest neighbours in both sets")
        mean, variance = test.chance(*_weights(test, on_test, on_generated))
        found = on_test * test.test_rightly.mean() + on_generated * test.generated_rightly.mean()
        return float(2 * scipy.special.ndtr(-abs(found - mean) / np.sqrt(variance)))

    return p_value


METRICS = (
    Metric(
        compute=neighbour_two_sample_accuracy,
        needs=NeighbourTest,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=_expected(0.5, 0.5),
        chance=_expected(0.5, 0.5),
        p_value=_p_value(0.5, 0.5),
    ),
    Metric(
        compute=neighbour_two_sample_accuracy_on_test,
        needs=NeighbourTest,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=_expected(1, 0),
        chance=_expected(1, 0),
        p_value=_p_value(1, 0),
    ),
    Metric(
        compute=neighbour_two_sample_accuracy_on_generated,
        needs=NeighbourTest,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=_expected(0, 1),
        chance=_expected(0, 1),
        p_value=_p_value(0, 1),
    ),
)
