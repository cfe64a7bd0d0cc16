"""Samples that are made to please one kind of measure, and are no good: real ones are better."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.faults import FIFTHS
from genbench.sanity.expectations import Worsens, overall
from genbench.sanity.plants import chosen_share
from genbench.sanity.worlds import MIXTURE, Real, on_mixture

BEYOND = 3.0  # times the way to the mode


def moments_matched(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by noise, then give all together the test set's mean and covariance."""
    if level == 0:
        return real.fresh
    noise = rng.normal(size=real.fresh.shape)
    return with_moments_of(real.test, np.where(chosen_share(real, level, rng), noise, real.fresh))


def with_moments_of(test: Array, points: Array) -> Array:
    """Map points (n, d) linearly so that they have the mean and covariance of the test points."""
    own, wanted = (np.linalg.cholesky(np.cov(x, rowvar=False)) for x in (points, test))
    white = np.linalg.solve(own, (points - points.mean(axis=0)).T)
    return np.asarray((wanted @ white).T + test.mean(axis=0))


def classes_matched(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by samples that are surely of a class, but far beyond it.

    The classes are the test set's, each as often.
    """
    beyond = BEYOND * MIXTURE.centres[real.test_labels] + rng.normal(size=real.test.shape)
    return np.where(chosen_share(real, level, rng), beyond, real.fresh)


CHECKS = (
    Check(
        name="gamed_moments",
        asks="Is noise that has exactly the test set's mean and covariance worse than samples?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of noise",
        levels=FIFTHS,
        expects=Worsens(role=overall),
        make=on_mixture(moments_matched),
        slow=True,
        source="Alfarra et al., ECCV 2022, https://arxiv.org/abs/2201.13019",
    ),
    Check(
        name="gamed_classes",
        asks="Do samples count that are surely of the right classes but far beyond them?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of such samples",
        levels=FIFTHS,
        expects=Worsens(("noise",)),
        make=on_mixture(classes_matched),
        slow=True,
        source="Kynkäänniemi et al., ICLR 2023, https://arxiv.org/abs/2203.06026",
    ),
)
