"""Patches of pictures at every scale, and how far apart they lie along random directions."""

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, Reference
from genbench.evidence.pictures import no_smaller_than, pictures_of_generated, pictures_of_test
from genbench.evidence.projections import Pairing
from genbench.evidence.subsets import part
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for

SIDE = 7  # pixels
PER_PICTURE = 128
MOST_PATCHES = 16_384  # of each set, at each scale
COARSEST = 16  # pixels, of the smallest pictures that are looked at
DIRECTIONS = 512
DIRECTIONS_AT_ONCE = 64
WEIGHTS = np.array([1.0, 4.0, 6.0, 4.0, 1.0]) / 16


class Standardised(NamedTuple):
    """Test patches of one scale, and the colours they were divided by."""

    patches: Array  # (n_patches, d)
    mean: Array  # (channels,)
    spread: Array  # (channels,)


@dataclass(frozen=True, eq=False)
class Patches(Evidence):
    """Distances of patches of test and generated pictures, at each scale of a Laplacian pyramid."""

    inputs: ClassVar = ("test", "generated", "picture")

    distances: Array  # (n_scales, n_directions) Wasserstein-1, finest scale first
    sides: tuple[int, ...]  # of pictures at each scale, the shorter ones
    n_patches: int  # of generated pictures, at each scale
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Draw patches of generated pictures; those of test pictures are drawn once."""
        test = comparison.reference.get(_of_test)
        pictures = no_smaller_than(COARSEST, pictures_of_generated(comparison))
        rng, found = comparison.rng("patches"), []
        scales = laplacian_pyramid(pictures)
        for real, scale in zip(test, scales, strict=True):
            drawn = _flat((draw(scale, rng) - real.mean) / real.spread)
            found.append(apart(real.patches, drawn))
        sides = tuple(min(scale.shape[1:3]) for scale in scales)
        parts = part(MOST_PATCHES, len(comparison.reference.test_set), "test")
        parts += part(MOST_PATCHES, len(pictures), "generated")
        return cls(np.stack(found), sides, len(drawn), parts)

    @property
    def parameters(self) -> dict[str, Any]:
        """What was drawn, and the distance x 1000 at each scale."""
        return {
            "n_patches": self.n_patches,
            "n_directions": DIRECTIONS,
            "sides": self.sides,
            "by_side": (1000 * self.distances.mean(axis=1)).tolist(),
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say which pictures were not looked at."""
        return self.parts


def _of_test(reference: Reference) -> list[Standardised]:
    pictures = no_smaller_than(COARSEST, reference.get(pictures_of_test))
    rng, found = rng_for(0, "test patches"), []
    for scale in laplacian_pyramid(pictures):
        drawn = draw(scale, rng)
        mean, spread = drawn.mean(axis=(0, 1, 2)), drawn.std(axis=(0, 1, 2))
        spread = np.where(spread > 0, spread, 1.0)  # of one value only: nothing to divide by
        found.append(Standardised(_flat((drawn - mean) / spread), mean, spread))
    return found


def laplacian_pyramid(pictures: Array) -> list[Array]:
    """Return what each scale adds to the next coarser one, finest first; last the coarsest itself.

    Scales halve until the shorter side would fall below `COARSEST`.
    """
    scales = []
    while min(pictures.shape[1:3]) >= 2 * COARSEST:
        coarser = _blurred(pictures)[:, ::2, ::2]
        spread = np.zeros_like(pictures)
        spread[:, ::2, ::2] = 4 * coarser
        scales.append(pictures - _blurred(spread))
        pictures = coarser
    return [*scales, pictures]


def _blurred(pictures: Array) -> Array:
    from scipy.ndimage import correlate1d

    by_rows = correlate1d(pictures, WEIGHTS, axis=1, mode="mirror")
    return np.asarray(correlate1d(by_rows, WEIGHTS, axis=2, mode="mirror"))


def draw(pictures: Array, rng: np.random.Generator) -> Array:
    """Return patches (n_patches, SIDE, SIDE, channels) at random places, as many of each picture.

    Of more pictures than patches may be, only some are looked at.
    """
    n, height, width, _ = pictures.shape
    if n > MOST_PATCHES:
        of = rng.choice(n, size=MOST_PATCHES, replace=False)
    else:
        of = np.repeat(np.arange(n), min(PER_PICTURE, MOST_PATCHES // n))
    tops = rng.integers(height - SIDE + 1, size=len(of))[:, None, None]
    lefts = rng.integers(width - SIDE + 1, size=len(of))[:, None, None]
    rows, columns = np.indices((SIDE, SIDE))
    return np.asarray(pictures[of[:, None, None], tops + rows, lefts + columns])


def _flat(patches: Array) -> Array:
    return np.asarray(patches.reshape(len(patches), -1))


def apart(test: Array, generated: Array) -> Array:
    """Return Wasserstein-1 distances along directions that depend on the dimension only."""
    pairing = Pairing.of(len(test), len(generated))
    directions = rng_for(0, "patch directions").normal(size=(DIRECTIONS, test.shape[1]))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    found = []
    for start in range(0, DIRECTIONS, DIRECTIONS_AT_ONCE):
        some = directions[start : start + DIRECTIONS_AT_ONCE]
        ends = (np.sort(some @ patches.T, axis=1) for patches in (test, generated))
        gaps = np.abs(next(ends)[:, pairing.test] - next(ends)[:, pairing.generated])
        found.append(gaps @ pairing.weights)
    return np.concatenate(found)
