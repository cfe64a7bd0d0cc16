"""Handwritten digits, disturbed more and more; and junk that a classifier is sure of."""

from functools import partial

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity import digits
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.digits import WHITE, on_digits, probabilities_of
from genbench.sanity.expectations import Worsens
from genbench.sanity.worlds import Real

HEUSEL = "Heusel et al., NeurIPS 2017, https://arxiv.org/abs/1706.08500"
N_STEPS, N_TRIALS, CHANGED = 60, 40, 0.1


def junk(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by ten pictures of noise, over and over, each sure to be one digit."""
    ten = surest_noise(rng) if level else real.fresh[:1]
    n_junk = round(level * len(real.fresh))
    return np.concatenate([ten[np.arange(n_junk) % len(ten)], real.fresh[n_junk:]])


def surest_noise(rng: np.random.Generator) -> Array:
    """Return a picture (64,) of noise for each digit, (10, 64): hill climbing on its probability.

    Each step changes a tenth of the pixels in many ways and keeps the surest.
    """
    pictures = np.floor((WHITE + 1) * rng.uniform(size=(10, 64)))
    digit = np.arange(10)
    for _ in range(N_STEPS):
        tries = np.repeat(pictures[:, None], N_TRIALS, axis=1)
        hit = rng.uniform(size=tries.shape) < CHANGED
        hit[:, 0] = False  # the picture as it was is among the tries
        tries = np.where(hit, np.floor((WHITE + 1) * rng.uniform(size=tries.shape)), tries)
        sure = probabilities_of(tries.reshape(-1, 64)).reshape(10, N_TRIALS, 10)
        pictures = tries[digit, sure[digit, :, digit].argmax(axis=1)]
    return pictures


_disturbance = partial(
    Check,
    desideratum=Desideratum.DISCRIMINABILITY,
    expects=Worsens(("noise",)),
    family="disturbed pictures",
    source=HEUSEL,
)

CHECKS = (
    _disturbance(
        name="picture_noise",
        asks="Does white noise on pictures count?",
        knob="share of noise",
        levels=(0.0, 0.25, 0.5, 0.75),
        make=on_digits(digits.blend_noise),
    ),
    _disturbance(
        name="picture_blur",
        asks="Does blur count?",
        knob="blur in pixels",
        levels=(0.0, 0.5, 1.0, 2.0),
        make=on_digits(digits.blur),
    ),
    _disturbance(
        name="picture_rectangles",
        asks="Do black rectangles count?",
        knob="side, as a share of the picture's",
        levels=(0.0, 0.25, 0.5, 0.75),
        make=on_digits(digits.black_rectangles),
    ),
    _disturbance(
        name="picture_salt_pepper",
        asks="Do black and white specks count?",
        knob="share of specks",
        levels=(0.0, 0.1, 0.2, 0.3),
        make=on_digits(digits.salt_and_pepper),
    ),
    _disturbance(
        name="picture_foreign",
        asks="Do pictures of something else count?",
        knob="share of foreign pictures",
        levels=(0.0, 0.25, 0.5, 0.75),
        make=on_digits(digits.foreign),
    ),
    Check(
        name="junk_pictures",
        asks="Do ten pictures of noise that a classifier is sure of count?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of junk",
        levels=(0.0, 0.25, 0.5, 0.75, 1.0),
        expects=Worsens(("noise",)),
        make=on_digits(junk),
        source="Barratt and Sharma, 2018, https://arxiv.org/abs/1801.01973",
    ),
)
