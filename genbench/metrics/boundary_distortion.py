"""Boundary distortion: accuracy lost by learning from generated instead of real samples.

Santurkar, Schmidt and Madry, "A classification-based study of covariate shift in GAN
distributions", ICML 2018, https://arxiv.org/abs/1711.00970.

Differs from the paper: it shows accuracies side by side; this is their difference, for a linear
classifier and equally many samples.
"""

from genbench.evidence.parts import OverParts
from genbench.evidence.probes import Probes
from genbench.ground.spread import error_of_mean
from genbench.metric import Metric


def boundary_distortion(probes: Probes) -> float:
    """Accuracy on test samples lost by training a classifier on generated instead of real ones."""
    return float(probes.train_right.mean() - probes.generated_right.mean())


def lost_by_perfect(probes: Probes) -> float | None:
    """Nothing, if the classes of the generated samples are given; found ones are wrong at times."""
    return None if probes.labelled_by_probe else 0.0


def lost_by_guessing(probes: Probes) -> float:
    """Accuracy lost by always giving the one answer that is most often right."""
    return float(probes.train_right.mean() - probes.majority)


def distortion_error(probes: Probes) -> float:
    """Standard error of the mean difference over test samples, both classifiers held fixed."""
    return error_of_mean(probes.train_right - probes.generated_right)


METRICS = (
    Metric(
        compute=boundary_distortion,
        needs=Probes,
        aim="low",
        bounds=(-1, 1),
        catches=("collapse", "dropped mode"),
        ideal=lost_by_perfect,
        chance=lost_by_guessing,
        standard_error=OverParts(judging=distortion_error),
        revision=2,
    ),
)
