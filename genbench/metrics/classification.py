"""What a classifier learns from generated samples, and what one of real samples makes of them.

Shmelkov et al., "How good is my GAN?", ECCV 2018, https://arxiv.org/abs/1807.09499 (GAN-train and
GAN-test); Ye et al., "GAN quality index (GQI) by GAN-induced classifier", ICLR workshop 2018. The
adversarial accuracy of Yang et al., "LR-GAN", ICLR 2017, https://arxiv.org/abs/1703.01560, is
GAN-train's number.

Differs from the papers: the classifier is a logistic regression, on whatever points the samples
are given as; both learn from equally many samples; and GAN-test is best where it matches test
samples, since a model of one easy sample a class gets all of them right.
"""

import numpy as np

from genbench.evidence.parts import OverParts
from genbench.evidence.probes import Probes
from genbench.ground.errors import Unavailable
from genbench.ground.spread import error_of_share
from genbench.metric import Metric


def train_on_generated_accuracy(probes: Probes) -> float:
    """Accuracy on test samples of a classifier trained on the generated ones (GAN-train)."""
    return float(probes.generated_right.mean())


def test_on_generated_accuracy(probes: Probes) -> float:
    """Share of generated samples that a classifier of real ones takes for their class (GAN-test).

    Not to be had without labels: those that the classifier itself would give are right by
    construction.
    """
    if probes.labelled_by_probe:
        raise Unavailable("there are no classes that the generated samples were made for")
    return float((probes.generated_calls == probes.generated_labels).mean())


def generation_quality_index(probes: Probes) -> float:
    """Accuracy of a classifier trained on generated samples, in percent of one trained on real."""
    return float(100 * probes.generated_right.mean() / _accuracy_of_train(probes))


def accuracy_of_train(probes: Probes) -> float:
    """Accuracy on test samples of a classifier trained on as many training samples."""
    return float(probes.train_right.mean())


def accuracy_of_perfect(probes: Probes) -> float | None:
    """That accuracy, if classes of the generated samples are given; found ones are wrong at times.

    What comes of those only real samples can tell.
    """
    return None if probes.labelled_by_probe else accuracy_of_train(probes)


def index_of_perfect(probes: Probes) -> float | None:
    """As good as real samples, on the same condition."""
    return None if probes.labelled_by_probe else 100.0


def majority(probes: Probes) -> float:
    """Accuracy of the one answer that is most often right."""
    return probes.majority


def majority_index(probes: Probes) -> float:
    """Index of that answer."""
    return 100 * probes.majority / _accuracy_of_train(probes)


def majority_of_generated(probes: Probes) -> float:
    """Share of generated samples that were made for their most common class."""
    return float(np.bincount(probes.generated_labels).max() / len(probes.generated_labels))


def train_on_generated_error(probes: Probes) -> float:
    """Binomial standard error over test samples, the classifier held fixed."""
    return error_of_share(train_on_generated_accuracy(probes), len(probes.test_labels))


def test_on_generated_error(probes: Probes) -> float:
    """Binomial standard error over generated samples, the classifier held fixed."""
    return error_of_share(test_on_generated_accuracy(probes), len(probes.generated_labels))


def index_error(probes: Probes) -> float:
    """Standard error of a ratio of means over the same test samples, by its linear part."""
    right, right_of_train = probes.generated_right, probes.train_right
    residuals = right - right.mean() / right_of_train.mean() * right_of_train
    return float(100 * residuals.std(ddof=1) / right_of_train.mean() / np.sqrt(len(right)))


def _accuracy_of_train(probes: Probes) -> float:
    accuracy = accuracy_of_train(probes)
    if accuracy == 0:
        raise Unavailable("the classifier of training samples is right about no test sample")
    return accuracy


METRICS = (
    Metric(
        compute=train_on_generated_accuracy,
        needs=Probes,
        aim="high",
        bounds=(0, 1),
        catches=("collapse", "dropped mode"),
        ideal=accuracy_of_perfect,
        chance=majority,
        standard_error=OverParts(judging=train_on_generated_error),
        revision=3,
    ),
    Metric(
        compute=test_on_generated_accuracy,
        needs=Probes,
        also=("generated_labels",),
        aim="match",
        bounds=(0, 1),
        catches=(),
        ideal=accuracy_of_train,
        chance=majority_of_generated,
        standard_error=OverParts(judging=test_on_generated_error),
        revision=3,
    ),
    Metric(
        compute=generation_quality_index,
        needs=Probes,
        aim="high",
        bounds=(0, np.inf),
        catches=("collapse", "dropped mode"),
        ideal=index_of_perfect,
        chance=majority_index,
        standard_error=OverParts(judging=index_error),
        revision=3,
    ),
)
