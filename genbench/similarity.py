"""How alike two pictures are: structural similarity, signal to noise, sharpness.

Pictures are arrays (n, height, width) or (n, height, width, channels); the i-th of one is compared
with the i-th of the other, channel by channel.

Wang et al., "Image quality assessment: from error visibility to structural similarity", IEEE Trans.
Image Process. 2004, https://doi.org/10.1109/TIP.2003.819861; Wang, Simoncelli and Bovik,
"Multi-scale structural similarity for image quality assessment", Asilomar 2003,
https://doi.org/10.1109/ACSSC.2003.1292216; Mathieu, Couprie and LeCun, "Deep multi-scale video
prediction beyond mean square error", ICLR 2016, https://arxiv.org/abs/1511.05440.

Differs from the papers: several scales are as many as keep pictures as large as the window (all
five need 176 pixels), with weights that again sum to 1; where contrast and structure disagree on
the whole, several scales give 0, not a root of a negative number.
"""

from collections.abc import Callable, Iterator

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput

WINDOW = 11  # pixels, of a Gaussian
WIDTH = 1.5  # its standard deviation, in pixels
STABILISERS = (0.01, 0.03)  # of luminance and of contrast, in units of the data range
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # from fine to coarse
ROUNDING = 1e-12  # of the data range: smaller differences are none
BLOCK_ENTRIES = 1_000_000


def structural_similarity(pictures: Array, others: Array, *, data_range: float) -> Array:
    """Return SSIM of each pair, (n,), between -1 and 1, which is equality.

    A mean over all Gaussian windows that lie within the picture, and over channels; variances
    divide by the weight, not by one less.

    Raises:
        BadInput: the shapes differ, or are smaller than the window.
    """
    return _by_blocks(
        lambda a, b: np.prod(_luminance_and_structure(a, b, data_range), axis=0), pictures, others
    )


def multiscale_structural_similarity(pictures: Array, others: Array, *, data_range: float) -> Array:
    """Return MS-SSIM of each pair, (n,), between 0 and 1, over `n_scales` of them.

    Raises:
        BadInput: the shapes differ, or are smaller than the window.
    """
    return _by_blocks(lambda a, b: _multiscale(a, b, data_range), pictures, others)


def n_scales(height: int, width: int) -> int:
    """Return at how many scales pictures of this size can be compared: at most 5."""
    sizes = [min(height, width) // 2**scale for scale in range(len(SCALE_WEIGHTS))]
    return sum(size >= WINDOW for size in sizes)


def peak_signal_to_noise_ratio(pictures: Array, others: Array, *, data_range: float) -> Array:
    """Return 10 log10(range^2 / mean squared difference) of each pair, (n,), in decibels.

    Infinite for equal pictures.
    """
    pictures, others = _aligned(pictures, others)
    errors = ((pictures - others) ** 2).mean(axis=(1, 2, 3))
    return _decibels(data_range**2, errors, (ROUNDING * data_range) ** 2)


def sharpness_difference(pictures: Array, others: Array, *, data_range: float) -> Array:
    """Return Mathieu's likeness of gradients of each pair, (n,), in decibels: high is alike.

    10 log10(range^2 / mean difference of |vertical step| + |horizontal step| at a pixel). A square
    over a plain difference, it depends on the unit: only values of one data range compare.
    """
    pictures, others = _aligned(pictures, others)
    errors = np.abs(_steps(pictures) - _steps(others)).mean(axis=(1, 2, 3))
    return _decibels(data_range**2, errors, ROUNDING * data_range)


def _steps(pictures: Array) -> Array:
    vertical = np.abs(np.diff(pictures, axis=1))[:, :, 1:]
    horizontal = np.abs(np.diff(pictures, axis=2))[:, 1:]
    return np.asarray(vertical + horizontal)


def _decibels(signal: float, errors: Array, rounding: float) -> Array:
    ratios = np.full(len(errors), np.inf)
    np.divide(signal, errors, out=ratios, where=errors > rounding)
    return np.asarray(10 * np.log10(ratios))


def _luminance_and_structure(pictures: Array, others: Array, data_range: float) -> Array:
    """Return both factors of SSIM in each window, (2, n, ...)."""
    for_light, for_contrast = ((k * data_range) ** 2 for k in STABILISERS)
    a, b = _windowed(pictures), _windowed(others)
    light = (2 * a * b + for_light) / (a**2 + b**2 + for_light)
    # Squares about each picture's mean: far from it they would lose the variance to rounding.
    (a, pictures), (b, others) = (_about_mean(a, pictures), _about_mean(b, others))
    variances = _windowed(pictures**2) - a**2 + _windowed(others**2) - b**2
    covariance = _windowed(pictures * others) - a * b
    return np.stack([light, (2 * covariance + for_contrast) / (variances + for_contrast)])


def _about_mean(windowed: Array, pictures: Array) -> tuple[Array, Array]:
    mean = pictures.mean(axis=(1, 2), keepdims=True)
    return windowed - mean, pictures - mean


def _windowed(pictures: Array) -> Array:
    """Return the weighted mean in each window that lies within the picture."""
    from scipy.ndimage import correlate1d

    offsets = np.arange(WINDOW) - WINDOW // 2
    weights = np.exp(-0.5 * (offsets / WIDTH) ** 2)
    weights /= weights.sum()
    inside = slice(WINDOW // 2, -(WINDOW // 2))
    by_rows = correlate1d(pictures, weights, axis=1)[:, inside]
    return np.asarray(correlate1d(by_rows, weights, axis=2)[:, :, inside])


def _multiscale(pictures: Array, others: Array, data_range: float) -> Array:
    weights = np.array(SCALE_WEIGHTS[: n_scales(*pictures.shape[1:3])])
    weights /= weights.sum()
    product = np.ones(pictures.shape[:1] + pictures.shape[3:])
    for scale, weight in enumerate(weights):
        light, structure = _luminance_and_structure(pictures, others, data_range)
        coarsest = scale == len(weights) - 1  # only there does luminance count
        factors = light * structure if coarsest else structure
        product *= np.maximum(factors.mean(axis=(1, 2)), 0) ** weight
        pictures, others = _halved(pictures), _halved(others)
    return product


def _halved(pictures: Array) -> Array:
    """Return means of 2 x 2 pixels; an odd last row or column is left out."""
    n, height, width, channels = pictures.shape
    even = pictures[:, : height // 2 * 2, : width // 2 * 2]
    return np.asarray(even.reshape(n, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4)))


def _by_blocks(compare: Callable[[Array, Array], Array], pictures: Array, others: Array) -> Array:
    pictures, others = _aligned(pictures, others)
    if min(pictures.shape[1:3]) < WINDOW:
        raise BadInput(f"Pictures must be at least {WINDOW} x {WINDOW}, not {pictures.shape[1:3]}.")
    return np.concatenate(
        [
            compare(pictures[rows], others[rows]).reshape(rows.stop - rows.start, -1).mean(axis=1)
            for rows in _blocks(pictures)
        ]
    )


def _blocks(pictures: Array) -> Iterator[slice]:
    step = max(1, BLOCK_ENTRIES // pictures[0].size)
    for start in range(0, len(pictures), step):
        yield slice(start, min(start + step, len(pictures)))


def _aligned(pictures: Array, others: Array) -> tuple[Array, Array]:
    pictures, others = np.asarray(pictures, dtype=float), np.asarray(others, dtype=float)
    if pictures.shape != others.shape or pictures.ndim not in (3, 4):
        raise BadInput(
            "Pictures must be (n, height, width) or (n, height, width, channels), in pairs, not "
            f"{pictures.shape} and {others.shape}."
        )
    shape = (*pictures.shape[:3], -1)
    return pictures.reshape(shape), others.reshape(shape)
