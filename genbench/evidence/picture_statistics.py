"""Low-level statistics of pictures: spectrum, contrast and what random filters answer."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.pictures import no_smaller_than, pictures_of_generated, pictures_of_test
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for

LUMA = (0.299, 0.587, 0.114)  # of red, green and blue
NYQUIST_SHARE = 0.9  # of the highest frequency; beyond it sampling shows
FILTER_SIDE, N_FILTERS = 8, 8
MOST_POSITIONS = 16  # of a filter, along each side of a picture
LEVELS = (np.arange(1000) + 0.5) / 1000  # of quantiles
BLOCK_ENTRIES = 1_000_000


@dataclass(frozen=True, eq=False)
class Statistics:
    """Of one set of pictures, in grey."""

    n: int
    power: Array  # (n_frequencies,) mean squared amplitude, constant part left out
    power_spread: float  # variance over pictures of the power over its squared mean, averaged
    ring_power: Array  # (n, n_rings) of each picture, by distance from the constant part
    contrast: Array  # (n_levels,) quantiles of the gradient's length, over all pixels
    responses: Array  # (n_filters, n_levels) quantiles of each filter's responses
    kurtosis: Array  # (n_filters,) of each filter's responses; 3 if they are Gaussian


@dataclass(frozen=True, eq=False)
class PictureStatistics(Evidence):
    """Low-level statistics of test and of generated pictures."""

    inputs: ClassVar = ("test", "generated", "picture")

    test: Statistics
    generated: Statistics
    ring_frequencies: Array  # (n_rings,) in cycles per picture's shorter side

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compute them for generated pictures; those of test pictures are computed once."""
        test = comparison.reference.get(_of_test)
        generated = pictures_of_generated(comparison)
        return cls(test, _statistics(generated, "generated"), _ring_frequencies(generated))

    @property
    def parameters(self) -> dict[str, Any]:
        """The random filters."""
        return {"n_filters": N_FILTERS, "filter_side": FILTER_SIDE}


def _of_test(reference: Reference) -> Statistics:
    return _statistics(reference.get(pictures_of_test), "test")


def _statistics(pictures: Array, name: str) -> Statistics:
    no_smaller_than(FILTER_SIDE, at_least(2, pictures, name))
    rings = _rings(*pictures.shape[1:3])
    n_rings = len(_ring_frequencies(pictures))
    means, squares = np.zeros((2, rings.size - 1))
    ring_power, contrasts, answers = [], [], []
    step = max(1, BLOCK_ENTRIES // pictures[0].size)
    for start in range(0, len(pictures), step):
        grey = as_grey(pictures[start : start + step])
        power = power_spectrum(grey)
        power[np.ptp(grey, axis=(1, 2)) == 0] = 0  # where rounding would leave some
        flat = power.reshape(len(grey), -1)
        means += flat[:, 1:].sum(axis=0) / len(pictures)
        squares += (flat[:, 1:] ** 2).sum(axis=0) / len(pictures)
        ring_power.append(
            np.stack([power[:, rings == ring].mean(axis=1) for ring in range(1, n_rings + 1)], 1)
        )
        contrasts.append(gradient_lengths(grey).ravel())
        answers.append(filter_responses(grey))
    responses = np.concatenate(answers, axis=1)
    used = means**2 > 0
    return Statistics(
        n=len(pictures),
        power=means,
        power_spread=float((squares[used] / means[used] ** 2 - 1).mean()) if used.any() else 0.0,
        ring_power=np.concatenate(ring_power),
        contrast=quantiles(np.concatenate(contrasts)),
        responses=np.stack([quantiles(row) for row in responses]),
        kurtosis=kurtosis(responses),
    )


def as_grey(pictures: Array) -> Array:
    """Return pictures (n, height, width) of one channel: luma of three, else the mean."""
    channels = pictures.shape[-1]
    weights = np.array(LUMA) if channels == len(LUMA) else np.full(channels, 1 / channels)
    return np.asarray(pictures @ weights)


def power_spectrum(grey: Array) -> Array:
    """Return the squared amplitude (n, height, width // 2 + 1) of each frequency.

    Under a Hann window, since a picture's opposite edges do not meet; the mean under it is taken
    off before. White noise of variance 1 has power 1.
    """
    window = np.multiply.outer(*(np.hanning(size + 1)[:-1] for size in grey.shape[1:]))
    centred = (
        grey
        - np.average(grey.reshape(len(grey), -1), axis=1, weights=window.ravel())[:, None, None]
    )
    amplitudes = np.fft.rfft2(centred * window)
    return np.asarray(np.abs(amplitudes) ** 2 / (window**2).sum())


def gradient_lengths(grey: Array) -> Array:
    """Return the length of the step to the next row and column, (n, height - 1, width - 1)."""
    return np.hypot(np.diff(grey, axis=1)[:, :, :-1], np.diff(grey, axis=2)[:, :-1])


def filter_responses(grey: Array) -> Array:
    """Return what each random filter answers at some positions, (n_filters, n x n_positions).

    Filters are Gaussian noise of mean 0 and length 1, the same for all pictures; positions are as
    dense as `MOST_POSITIONS` a side allow.
    """
    filters = rng_for(0, "filters").normal(size=(N_FILTERS, FILTER_SIDE**2))
    filters -= filters.mean(axis=1, keepdims=True)
    filters /= np.linalg.norm(filters, axis=1, keepdims=True)
    patches = sliding_window_view(grey, (FILTER_SIDE, FILTER_SIDE), axis=(1, 2))
    strides = (-(-size // MOST_POSITIONS) for size in patches.shape[1:3])
    chosen = patches[:, :: next(strides), :: next(strides)].reshape(-1, FILTER_SIDE**2)
    return np.asarray(filters @ chosen.T)


def quantiles(values: Array) -> Array:
    """Return the quantiles at `LEVELS`, (n_levels,): numpy's, but by one sort."""
    return np.interp(LEVELS * (len(values) - 1), np.arange(len(values)), np.sort(values))


def kurtosis(values: Array) -> Array:
    """Return the fourth central moment over the squared variance, along the last axis."""
    squares = (values - values.mean(axis=-1, keepdims=True)) ** 2
    with np.errstate(invalid="ignore"):  # of constant values there is none: NaN
        return np.asarray((squares**2).mean(axis=-1) / squares.mean(axis=-1) ** 2)


def _rings(height: int, width: int) -> Array:
    """Return each frequency's distance from 0, rounded to cycles per shorter side."""
    radius = np.hypot(np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width))
    return np.asarray(np.rint(radius * min(height, width)))


def _ring_frequencies(pictures: Array) -> Array:
    return np.arange(1.0, int(NYQUIST_SHARE * min(pictures.shape[1:3]) / 2) + 1)
