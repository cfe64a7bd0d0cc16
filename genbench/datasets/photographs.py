"""Patches of scikit-learn's two photographs, a temple and a flower, in colour; no download.

Parts of a photograph that lie close together are alike, and top and bottom are not. So neither
rows of patches taken in turn nor halves of the photograph will do: the first would nearly copy,
the second would shift the distribution. Each photograph is cut into square tiles, the tiles are
dealt out to train, test and fresh at random, and patches are cut within tiles: they never
overlap, within a part or between parts. Still, patches on either side of a tile's border are
neighbours, and all are of two photographs only.

Reading them needs Pillow; its decoder of JPEG may differ by a grey level between versions, which
the content hash in every record tells.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.parts import deal
from genbench.ground.arrays import Array, Labels
from genbench.ground.extras import require
from genbench.ground.randomness import rng_for

TILE = 32  # pixels along each side

Photograph = NDArray[np.uint8]  # (height, width, 3)


def load_8() -> Dataset:
    """Patches of 8x8 pixels: 4,158 to train on, 2,080 each for test and fresh.

    Labels say which photograph a patch is of.
    """
    return _load("photographs_8", 8)


def load_16() -> Dataset:
    """Patches of 16x16 pixels: 1,040 to train on, 520 each for test and fresh.

    These are few for samples of 768 values. Labels say which photograph a patch is of.
    """
    return _load("photographs_16", 16)


def cut(
    photographs: Sequence[Photograph], side: int, *, rng: np.random.Generator
) -> tuple[tuple[Array, Labels], ...]:
    """Return patches (n, side * side * 3) and whose they are (n,): train, test and fresh."""
    tiles = [_squares(photograph, TILE) for photograph in photographs]
    groups = np.repeat(np.arange(len(tiles)), [len(some) for some in tiles])
    stacked = np.concatenate(tiles)
    parts = []
    seen: set[bytes] = set()  # a few patches are of one colour: left out when met again
    for part in deal(groups, rng=rng):
        patches = np.concatenate([_squares(tile, side) for tile in stacked[part]])
        labels = np.repeat(groups[part], (TILE // side) ** 2)
        kept = [row for row in rng.permutation(len(patches)) if _is_new(patches[row], seen)]
        parts.append(
            (patches[kept].reshape(len(kept), side * side * 3).astype(np.float64), labels[kept])
        )
    return tuple(parts)


def _squares(photograph: Photograph, side: int) -> Photograph:
    """Return the squares (n, side, side, 3) that a photograph is made of, but for its rest."""
    rows, columns = (length // side for length in photograph.shape[:2])
    whole = photograph[: rows * side, : columns * side]
    return whole.reshape(rows, side, columns, side, 3).swapaxes(1, 2).reshape(-1, side, side, 3)


def _is_new(patch: Photograph, seen: set[bytes]) -> bool:
    content = patch.tobytes()
    new = content not in seen
    seen.add(content)
    return new


def _load(name: str, side: int) -> Dataset:
    from sklearn.datasets import load_sample_images

    require("PIL")  # which scikit-learn reads them with
    # One purpose for both sizes: the same tiles are for training.
    parts = cut(load_sample_images().images, side, rng=rng_for(0, "photographs"))
    (train, train_labels), (test, test_labels), (fresh, fresh_labels) = parts
    return Dataset(
        name=name,
        train=train,
        test=test,
        fresh=fresh,
        train_labels=train_labels,
        test_labels=test_labels,
        fresh_labels=fresh_labels,
        domain=Domain(whole=True, low=0, high=255),
        picture=(side, side, 3),
    )
