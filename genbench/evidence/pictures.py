"""Pictures: how well those of the test set are reconstructed, how alike pairs of them are."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least, given
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.similarity import (
    BLOCK_ENTRIES,
    SCALE_WEIGHTS,
    WINDOW,
    multiscale_structural_similarity,
    n_scales,
    peak_signal_to_noise_ratio,
    sharpness_difference,
    structural_similarity,
)

MOST_PAIRS = 1000


def pictures_of_test(reference: Reference) -> Array:
    """Return the test samples as pictures, (n_test, height, width, channels)."""
    return as_pictures(given(reference.test, "test samples"), reference)


def pictures_of_generated(comparison: Comparison) -> Array:
    """Return the generated samples as pictures, (n_generated, height, width, channels)."""
    return as_pictures(given(comparison.generated, "generated samples"), comparison.reference)


def as_pictures(samples: Array, reference: Reference) -> Array:
    """Return samples as pictures, (n, height, width, channels).

    Raises:
        Unavailable: samples are not pictures, or not of such a size.
    """
    picture = reference.picture
    if picture is None:
        raise Unavailable("samples are not known to be pictures")
    if np.prod(samples.shape[1:]) != np.prod(picture):
        raise Unavailable(f"samples of shape {samples.shape[1:]} are not pictures of {picture}")
    return samples.reshape(len(samples), *picture[:2], -1)


def no_smaller_than(side: int, pictures: Array) -> Array:
    """Return `pictures`.

    Raises:
        Unavailable: they are smaller.
    """
    height, width = pictures.shape[1:3]
    if min(height, width) < side:
        raise Unavailable(
            f"needs pictures of {side} x {side} or more; these are {height} x {width}"
        )
    return pictures


@dataclass(frozen=True, eq=False)
class ReconstructedPictures(Evidence):
    """How like each test picture is to what the model makes of it."""

    inputs: ClassVar = ("test", "test_reconstruction", "data_range", "picture")

    structural_similarity: Array  # (n_test,)
    peak_signal_to_noise_ratio: Array  # (n_test,) in decibels
    sharpness_difference: Array  # (n_test,) in decibels
    data_range: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compare pair by pair."""
        reference = comparison.reference
        made = given(comparison.test_reconstruction, "reconstructions of the test samples")
        pair = reference.get(pictures_of_test), as_pictures(made, reference)
        no_smaller_than(WINDOW, pair[0])
        data_range = _data_range(reference)
        return cls(
            structural_similarity(*pair, data_range=data_range),
            peak_signal_to_noise_ratio(*pair, data_range=data_range),
            sharpness_difference(*pair, data_range=data_range),
            data_range,
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """The range that decibels refer to."""
        return {"data_range": self.data_range}


@dataclass(frozen=True, eq=False)
class PicturePairs(Evidence):
    """How alike pairs of pictures of one set are, by MS-SSIM."""

    inputs: ClassVar = ("test", "generated", "data_range", "picture")

    test: Array  # (n_pairs,)
    generated: Array  # (n_pairs,)
    n_scales: int

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw pairs of different samples; those of test pictures are the same for every model."""
        reference = comparison.reference
        of_test = reference.get(_test_pairs)
        pictures = at_least(2, pictures_of_generated(comparison), "generated")
        alike = _alike(pictures, _data_range(reference), comparison.rng("picture pairs"))
        return cls(of_test, alike, n_scales(*pictures.shape[1:3]))

    @property
    def parameters(self) -> dict[str, Any]:
        """How many pairs and scales were looked at."""
        return {"n_pairs": len(self.generated), "n_scales": self.n_scales}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Fewer scales than the definition has."""
        if self.n_scales == len(SCALE_WEIGHTS):
            return ()
        return (f"Pictures are large enough for {self.n_scales} of 5 scales only.",)


def _test_pairs(reference: Reference) -> Array:
    pictures = at_least(2, reference.get(pictures_of_test), "test")
    return _alike(pictures, _data_range(reference), rng_for(0, "test picture pairs"))


def _alike(pictures: Array, data_range: float, rng: np.random.Generator) -> Array:
    no_smaller_than(WINDOW, pictures)
    n = len(pictures)
    first = rng.integers(n, size=min(MOST_PAIRS, n * (n - 1) // 2))
    second = (first + rng.integers(1, n, size=len(first))) % n
    step = max(1, BLOCK_ENTRIES // pictures[0].size)  # pairs at a time: most pictures are in many
    return np.concatenate(
        [
            multiscale_structural_similarity(
                pictures[first[start : start + step]],
                pictures[second[start : start + step]],
                data_range=data_range,
            )
            for start in range(0, len(first), step)
        ]
    )


def _data_range(reference: Reference) -> float:
    if reference.data_range is None:
        raise Unavailable("the data range, largest possible difference of two values, is not given")
    return reference.data_range
