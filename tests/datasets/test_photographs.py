"""Patches of photographs: whose pixels they are, and how they lie in a sample."""

import sys

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.photographs import TILE, cut
from genbench.ground.errors import MissingExtra


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def numbered(height, width, first):
    """Return a picture whose three colours, taken as one number, count its pixels."""
    count = first + np.arange(height * width).reshape(height, width)
    return np.stack([count >> 16, count >> 8 & 255, count & 255], axis=-1).astype(np.uint8)


@pytest.mark.parametrize("side", [8, 16])
def test_no_pixel_is_in_two_patches_of_any_part(side, rng):
    pictures = [numbered(100, 200, 0), numbered(100, 200, 20_000)]

    parts = cut(pictures, side, rng=rng)

    pixels = np.concatenate([patches.reshape(-1, 3) for patches, _ in parts]) @ [65536, 256, 1]
    assert len(np.unique(pixels)) == len(pixels) == 2 * 96 * 192


@pytest.mark.parametrize("side", [8, 16])
def test_a_patch_is_a_square_of_its_photograph_with_colours_last(side, rng):
    picture = numbered(2 * TILE, 2 * TILE, 0)

    (train, labels), _, _ = cut([np.zeros_like(picture), picture], side, rng=rng)

    for patch in train[labels == 1].reshape(-1, side, side, 3):
        row, column = divmod(int(patch[0, 0] @ [65536, 256, 1]), 2 * TILE)
        np.testing.assert_array_equal(patch, picture[row : row + side, column : column + side])


def test_tiles_are_whole_in_one_part(rng):
    """So that most neighbours of a test patch are of the test part, too."""
    picture = numbered(4 * TILE, 4 * TILE, 0)

    parts = cut([picture], 8, rng=rng)

    tiles = []
    for patches, _ in parts:
        first = patches.reshape(-1, 8, 8, 3)[:, 0, 0] @ [65536, 256, 1]
        row, column = first // (4 * TILE) // TILE, first % (4 * TILE) // TILE
        tiles.append(set((4 * row + column).tolist()))
    assert [len(some) for some in tiles] == [8, 4, 4]
    assert set.union(*tiles) == set(range(16))


def test_patches_of_one_colour_are_kept_once(rng):
    blank = np.full((4 * TILE, 4 * TILE, 3), 7, dtype=np.uint8)

    parts = cut([blank], 16, rng=rng)

    assert [len(patches) for patches, _ in parts] == [1, 0, 0]


def test_sizes_and_shares_of_the_photographs_are_those_that_docstrings_say():
    small, large = load("photographs_8"), load("photographs_16")

    assert [len(p) for p in (small.train, small.test, small.fresh)] == [4158, 2080, 2080]
    assert [len(p) for p in (large.train, large.test, large.fresh)] == [1040, 520, 520]
    assert small.picture == (8, 8, 3)
    assert large.picture == (16, 16, 3)
    assert np.bincount(large.train_labels).tolist() == [520, 520]
    assert np.bincount(large.test_labels).tolist() == [260, 260]


def test_without_pillow_the_extra_that_brings_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "PIL", None)

    with pytest.raises(MissingExtra, match=r"This needs PIL: pip install 'genbench\[images\]'"):
        load("photographs_8")
