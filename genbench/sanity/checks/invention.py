"""Modes that the real samples do not have, beside all that they have."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.scales import RAISA
from genbench.sanity.expectations import Proportional, Stays, Worsens
from genbench.sanity.worlds import on_points

CENTRES = np.array(
    [
        (5.46794328, -4.08481523),
        (4.87211875, -13.64864684),
        (-16.39432073, 9.09802249),
        (-2.15447941, 12.46200019),
        (11.55784483, -4.96049923),
        (-24.60558474, 14.18020818),
        (16.84215967, -3.18710751),
        (-5.47807206, -6.77247129),
        (9.46726546, 1.05922347),
        (-5.40346201, -17.29490131),
    ]
)
WIDTH, N_REAL, N_EACH = 0.25, 5, 40  # modes of real samples, and samples of each mode
MODES = (5.0, 6.0, 7.0, 8.0, 10.0)


def invented(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw as many from each of the first `level` modes, of which five are real.

    Samples of the real modes are the same at every level.
    """
    test, good = (_of(CENTRES[:N_REAL], real) for _ in range(2))
    return test, np.concatenate([good, _of(CENTRES[N_REAL : int(level)], model)])


def _of(centres: Array, rng: np.random.Generator) -> Array:
    each = np.repeat(centres, N_EACH, axis=0)
    return each + WIDTH * rng.normal(size=each.shape)


def share_of_real_modes(level: float) -> float:
    """Five of so many."""
    return N_REAL / level


# Distances between sets as wholes need not grow: modes on opposite sides balance each other.
OF_EACH_SAMPLE = (
    "precision",
    "density",
    "probabilistic_precision",
    "topological_precision",
    "classifier_two_sample_test",
    "neighbour_two_sample_accuracy",
    "neighbour_two_sample_accuracy_on_generated",
)

CHECKS = (
    Check(
        name="mode_invention",
        asks="Do modes count that real samples do not have?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="modes, of which five are real",
        levels=MODES,
        only=OF_EACH_SAMPLE,
        expects=Worsens(("noise",)),
        make=on_points(invented),
        slow=True,
        source=RAISA,
    ),
    Check(
        name="share_of_real_modes",
        asks="Does precision fall as the share of modes that are real?",
        desideratum=Desideratum.BOUNDS,
        knob="modes, of which five are real",
        levels=MODES,
        only=("precision", "density", "probabilistic_precision"),
        expects=Proportional(
            dict.fromkeys(("precision", "density", "probabilistic_precision"), share_of_real_modes)
        ),
        make=on_points(invented),
        family="mode_invention",
        slow=True,
        source=RAISA,
    ),
    Check(
        name="recall_beside_invention",
        asks="Is it all one for recall that there are other modes as well?",
        desideratum=Desideratum.INVARIANCE,
        knob="modes, of which five are real",
        levels=MODES,
        only=("recall", "coverage", "probabilistic_recall", "topological_recall"),
        expects=Stays(),
        make=on_points(invented),
        family="mode_invention",
        slow=True,
        source=RAISA,
    ),
)
