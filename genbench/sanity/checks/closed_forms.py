"""Values that are known in closed form where the two sets differ, at any number of samples."""

from functools import partial
from math import comb
from typing import Any

import numpy as np
from scipy.special import entr, gamma, hyp1f1
from scipy.stats import chi2

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.latents import STEP
from genbench.sanity.expectations import Equals
from genbench.sanity.worlds import on_points

D, MOVED, WIDTH = 3, 0.5, 1.5  # of the generated Gaussian; it is moved in every coordinate
SIZES = (50.0, 100.0, 200.0, 400.0, 800.0)
N_PATHS = 1000
DROPPED = 0.01  # share of the paths at either end that the mean leaves out
FLIPS = 0.1
N_SYMBOLS = 1000


def unequal(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw so many points of N(0, I), and of a Gaussian that is moved and wider."""
    n = int(level)
    return real.normal(size=(n, D)), MOVED + WIDTH * model.normal(size=(n, D))


def frechet() -> float:
    """Squared Frechet distance of the two."""
    return D * (MOVED**2 + (WIDTH - 1) ** 2)


def energy() -> float:
    """Return twice the mean distance between the two, less the mean distances within each."""
    across = mean_norm(MOVED, 1 + WIDTH**2)
    return 2 * across - mean_norm(0.0, 2.0) - mean_norm(0.0, 2 * WIDTH**2)


def mean_norm(mean: float, variance: float) -> float:
    """Mean length of a Gaussian vector, of this mean and variance in every coordinate."""
    scale = np.sqrt(2 * variance) * gamma((D + 1) / 2) / gamma(D / 2)
    return float(scale * hyp1f1(-0.5, D / 2, -D * mean**2 / (2 * variance)))


def kernel() -> float:
    """Squared discrepancy under the kernel (x.y / d + 1)^3."""
    one, other = _moments(0.0, 1.0), _moments(MOVED, WIDTH)
    return _mean_cube(one, one) + _mean_cube(other, other) - 2 * _mean_cube(one, other)


def _moments(mean: float, sd: float) -> Array:
    """Return the first moments, from the zeroth to the third, of one coordinate."""
    return np.array([1.0, mean, mean**2 + sd**2, mean**3 + 3 * mean * sd**2])


def _mean_cube(x: Array, y: Array) -> float:
    """Mean of (x.y / d + 1)^3, by the moments of one coordinate of either."""
    total = np.array([1.0, 1.0, 1.0, 1.0])  # moments of the one
    of_product = x * y / float(D) ** np.arange(4)
    for _ in range(D):
        total = np.array(
            [sum(comb(k, i) * total[i] * of_product[k - i] for i in range(k + 1)) for k in range(4)]
        )
    return float(total[3])


def straight_paths(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Walk between latents of a decoder that turns and stretches them, twofold.

    There are `level` of them.
    """
    d = int(level)
    start, end = real.normal(size=(2, N_PATHS, d))
    decoder = 2 * np.linalg.qr(real.normal(size=(d, d)))[0]
    along = start + STEP * (end - start)
    return {"path_starts": start @ decoder, "path_ends": along @ decoder, "path_step": STEP}


def straight_length(d: float) -> float:
    """Return 2 tr(W W^T) = 8 d, but for what the trimmed mean of chi-squared leaves out."""
    ends = chi2.ppf([DROPPED, 1 - DROPPED], d)
    return float(8 * d * np.diff(chi2.cdf(ends, d + 2))[0] / (1 - 2 * DROPPED))


def noisy_channel(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Send zero in this share of the time, and one else, each seen wrongly in a tenth."""
    zeros = model.permutation(N_SYMBOLS) < round(level * N_SYMBOLS)
    sent = np.where(zeros[:, None], [1.0, 0.0], [0.0, 1.0])
    return {
        "generated_probabilities": (1 - 2 * FLIPS) * sent + FLIPS,
        "generated_quality": np.zeros(N_SYMBOLS),
    }


def carried(zeros: float) -> float:
    """Information in nats that the channel carries of its input."""
    return float(_entropy((1 - 2 * FLIPS) * zeros + FLIPS) - _entropy(FLIPS))


def _entropy(share: float) -> float:
    return float(entr([share, 1 - share]).sum())


_check = partial(Check, desideratum=Desideratum.BOUNDS, slow=True)

CHECKS = (
    _check(
        name="known_at_any_size",
        asks="Is the mean the distance of two Gaussians, however few samples there are?",
        knob="samples of each",
        levels=SIZES,
        repeats=4,
        only=("frechet_distance_infinity", "kernel_distance", "energy_distance"),
        expects=Equals(
            {
                "frechet_distance_infinity": lambda _: frechet(),
                "kernel_distance": lambda _: kernel(),
                "energy_distance": lambda _: energy(),
            }
        ),
        make=on_points(unequal),
        source="Chong and Forsyth, CVPR 2020, https://arxiv.org/abs/1911.07023",
    ),
    _check(
        name="straight_paths",
        asks="Is the path length of a linear decoder known?",
        knob="latents",
        levels=(2.0, 8.0, 32.0),
        repeats=4,
        only=("perceptual_path_length",),
        expects=Equals({"perceptual_path_length": straight_length}),
        make=straight_paths,
        source="Karras et al., CVPR 2019, https://arxiv.org/abs/1812.04948",
    ),
    _check(
        name="noisy_channel",
        asks="Is the information known that a binary symmetric channel carries, and its most?",
        knob="share of zeros",
        levels=(0.1, 0.25, 0.5),
        only=("mean_surprise", "surprise_efficiency"),
        expects=Equals(
            {
                "mean_surprise": carried,
                "surprise_efficiency": lambda zeros: carried(zeros) / carried(0.5),
            }
        ),
        make=noisy_channel,
        source="Varshney, IBM J. Res. Dev. 2019, https://doi.org/10.1147/JRD.2019.2893907",
    ),
)
