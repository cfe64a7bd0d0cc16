"""Classifier two-sample test: can a network tell generated from real samples?

Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", ICLR 2017,
https://arxiv.org/abs/1610.06545.

Differs from the paper: halves are stratified (chance is exactly one half), and the p-value is exact
(Fisher's test of the held-out decisions) instead of normal.

Others average the accuracy over five folds. That costs about eight times as much, and folds learn
from one another's points: with a linear rule and 200 points of either kind from one distribution,
such averages scattered 1.33 times as widely as so many independent decisions would, and so hardly
less than those of one split into halves do (the preset "sbibm" measures that way).
"""

from genbench.evidence import ClassifierTest
from genbench.ground.spread import error_of_share
from genbench.metric import Metric


def classifier_two_sample_test(test: ClassifierTest) -> float:
    """Held-out accuracy of a network that tells generated from test points; 0.5 is perfect."""
    return test.accuracy


def classifier_two_sample_p_value(test: ClassifierTest) -> float:
    """Probability of such an accuracy or a higher one if the samples had one distribution.

    Given how many held-out points are called real, the number rightly called so is then
    hypergeometric: the calls are drawn from the pool without regard to the truth.
    """
    from scipy.stats import hypergeom  # slow to import, and lists of metrics must come fast

    called_real = test.real_called_real + test.generated_called_real
    return float(hypergeom.sf(test.real_called_real - 1, 2 * test.n, test.n, called_real))


def accuracy_error(test: ClassifierTest) -> float:
    """Binomial standard error over the held-out points."""
    return error_of_share(test.accuracy, 2 * test.n)


METRICS = (
    Metric(
        compute=classifier_two_sample_test,
        needs=ClassifierTest,
        aim="match",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse"),
        ideal=0.5,
        chance=0.5,
        standard_error=accuracy_error,
    ),
    Metric(
        compute=classifier_two_sample_p_value,
        needs=ClassifierTest,
        aim="high",
        bounds=(0, 1),
        catches=("noise", "shift", "collapse"),
        ideal=None,
        chance=None,
    ),
)
