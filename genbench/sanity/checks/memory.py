"""Models that remember: copies of training samples among samples good and bad; narrow kernels."""

from typing import Any

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity import plants
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.faults import FIFTHS
from genbench.sanity.expectations import Worsens
from genbench.sanity.worlds import MIXTURE, N_MODES, Real, on_mixture

MEEHAN = "Meehan, Chaudhuri and Dasgupta, AISTATS 2020, https://arxiv.org/abs/2004.05675"
N_TRAIN, N_TEST, BLUR = 1000, 500, 0.2
LIKELIEST = 0.1  # bandwidth at which so many moons are likeliest to have been drawn
NOVELTY = (
    "authenticity",
    "bayesian_surprise",
    "data_copying",
    "memorization_distance",
    "memorization_informed_frechet_distance",
    "feature_likelihood_divergence",
)


def copies_among_poor(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Make this share copies of training samples; the rest are blurred, and lack half the modes."""
    modes = rng.integers(N_MODES // 2, size=len(real.fresh))
    poor = MIXTURE.centres[modes] + np.sqrt(2.0) * rng.normal(size=real.fresh.shape)
    return np.where(plants.chosen_share(real, level, rng), rng.permutation(real.train), poor)


def moons(n: int, rng: np.random.Generator) -> Array:
    """Draw points (n, 2) of two half circles that reach into each other, blurred."""
    angle, upper = np.pi * rng.uniform(size=n), rng.integers(2, size=n) == 1
    x = np.where(upper, np.cos(angle), 1 - np.cos(angle))
    y = np.where(upper, np.sin(angle), 0.5 - np.sin(angle))
    return np.stack([x, y], axis=1) + BLUR * rng.normal(size=(n, 2))


def blurred_training_samples(
    real: np.random.Generator, model: np.random.Generator, bandwidth: float
) -> dict[str, Any]:
    """Draw from a kernel density estimate of the training samples."""
    test, train = moons(N_TEST, real), moons(N_TRAIN, real)
    centres = train[model.integers(N_TRAIN, size=N_TEST)]
    generated = centres + bandwidth * model.normal(size=centres.shape)
    return {"test": test, "train": train, "generated": generated}


def narrower(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
    """Blur training samples so many times less than is likeliest."""
    return blurred_training_samples(real, model, LIKELIEST / level)


def wider(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
    """Blur training samples so many times more than is likeliest."""
    return blurred_training_samples(real, model, LIKELIEST * level)


CHECKS = (
    Check(
        name="copying",
        asks="Is it seen that samples of a perfect model are copies of training samples?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of copies",
        levels=FIFTHS,
        expects=Worsens(("copying",)),
        make=on_mixture(plants.copies),
    ),
    Check(
        name="memory_gan",
        asks="Does a bad model get worse, not better, by copying training samples?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of copies among fakes",
        levels=FIFTHS,
        expects=Worsens(("copying",)),
        make=on_mixture(plants.copies_among_fakes),
        family="copying",
    ),
    Check(
        name="memory_of_poor_model",
        asks="Does a blurred model without half of the modes get worse by copying a few samples?",
        desideratum=Desideratum.DIVERSITY,
        knob="share of copies among poor samples",
        # No further: with more, recall falls again, as the radii about the copies shrink.
        levels=(0.0, 0.04, 0.08, 0.12, 0.16, 0.2),
        expects=Worsens(("copying",)),
        make=on_mixture(copies_among_poor),
        family="copying",
    ),
    Check(
        name="narrow_kernels",
        asks="Is it seen that training samples are blurred less than is likeliest?",
        desideratum=Desideratum.DIVERSITY,
        knob="times narrower than the likeliest kernel",
        levels=(1.0, 2.0, 5.0, 10.0, 100.0),
        only=NOVELTY,
        expects=Worsens(("copying",)),
        make=narrower,
        source=MEEHAN,
    ),
    Check(
        name="wide_kernels",
        asks="Is it seen that training samples are blurred more than is likeliest?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="times wider than the likeliest kernel",
        levels=(1.0, 2.0, 4.0, 10.0, 100.0),
        only=NOVELTY,
        expects=Worsens(("noise",)),
        make=wider,
        source=MEEHAN,
    ),
)
