"""Faults of models, planted more and more in samples whose truth is known."""

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity import plants
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import Worsens, overall
from genbench.sanity.worlds import N, on_mixture, on_points

WIDTHS = (0.0, 0.25, 0.5, 1.0, 2.0)
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
MODES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
NAEEM = "Naeem et al., ICML 2020, https://arxiv.org/abs/2002.09797"
XU = "Xu et al., 2018, https://arxiv.org/abs/1806.07755"
D, CORRELATION = 4, 0.9


def two_signs(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw normal points, and others of their mean and covariance that avoid the middle."""
    test, rest = real.normal(size=(N, D)), model.normal(size=(N, D))
    return test, level * model.choice([-1.0, 1.0], size=(N, D)) + np.sqrt(1 - level**2) * rest


def decorrelated(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw points alike in every coordinate, and others that have lost this share of it."""
    return _alike(real, CORRELATION), _alike(model, CORRELATION * (1 - level))


def _alike(rng: np.random.Generator, correlation: float) -> Array:
    shared, own = rng.normal(size=(N, 1)), rng.normal(size=(N, D))
    return np.asarray(np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own)


CHECKS = (
    Check(
        name="noise",
        asks="Does noise on the samples count against a model?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="standard deviation of the noise",
        levels=WIDTHS,
        expects=Worsens(("noise",)),
        make=on_mixture(plants.noise),
    ),
    Check(
        name="shift",
        asks="Does it count that all samples have moved?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="distance moved",
        levels=WIDTHS,
        expects=Worsens(("shift",)),
        make=on_mixture(plants.shift),
        source=NAEEM,
    ),
    Check(
        name="fakes_mixed_in",
        asks="Does a share of draws from a single Gaussian count?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of fakes",
        levels=FIFTHS,
        expects=Worsens(("noise",)),
        make=on_mixture(plants.fakes),
        source=XU,
    ),
    Check(
        name="matched_moments",
        asks="Is more seen than the mean and the covariance?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="how far two signs stand apart",
        levels=(0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
        expects=Worsens(role=overall),
        make=on_points(two_signs),
        source="Jayasumana et al., CVPR 2024, https://arxiv.org/abs/2401.09603",
    ),
    Check(
        name="lost_correlation",
        asks="Is more seen than each coordinate on its own?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of the correlation lost",
        levels=FIFTHS,
        expects=Worsens(role=overall),
        make=on_points(decorrelated),
    ),
    Check(
        name="collapse",
        asks="Does it count that samples are the same again and again?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of samples in one place",
        levels=FIFTHS,
        expects=Worsens(("collapse",)),
        make=on_mixture(plants.collapse),
    ),
    Check(
        name="mode_drop",
        asks="Do missing modes count, one after the other?",
        desideratum=Desideratum.DIVERSITY,
        knob="modes dropped, of six",
        levels=MODES,
        expects=Worsens(("dropped mode",)),
        make=on_mixture(plants.drop_modes),
        source=NAEEM,
    ),
    Check(
        name="mode_drop_simultaneous",
        asks="Do modes count that become rarer together?",
        desideratum=Desideratum.DIVERSITY,
        knob="how much rarer five of six modes are",
        levels=FIFTHS[:-1],  # at 1 the modes are gone, which is the other check
        expects=Worsens(("dropped mode",)),
        make=on_mixture(plants.fade_modes),
        source=NAEEM,
    ),
    Check(
        name="collapse_within_modes",
        asks="Does collapse count that leaves one sample of each mode?",
        desideratum=Desideratum.DIVERSITY,
        knob="modes collapsed to their mean, of six",
        levels=(*MODES, 6.0),
        expects=Worsens(("collapse",)),
        make=on_mixture(plants.collapse_within),
        source=XU,
    ),
    Check(
        name="truncation",
        asks="Does it count that samples crowd round the middle of each mode?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of the way to the centre",
        levels=(0.0, 0.2, 0.4, 0.6, 0.8, 0.9),
        expects=Worsens(("collapse",)),
        make=on_mixture(plants.contract),
        family="collapse_within_modes",
        source="Kynkäänniemi et al., NeurIPS 2019, https://arxiv.org/abs/1904.06991",
    ),
)
