"""Each way to prepare pictures is what its definition says, and none is another."""

import numpy as np
import pytest
import torch
from PIL import Image

from genbench.ground.errors import BadInput
from genbench.images import preparing
from genbench.images.preparing import CATALOG, find

RNG = np.random.default_rng(0)
PICTURES = [RNG.integers(256, size=shape, dtype=np.uint8) for shape in [(32, 32, 3), (300, 310, 3)]]
IMAGENET = np.array([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])


def tensorflow(picture, size):
    """Pixel i lies at i n / size between two neighbours."""
    for axis in (0, 1):
        n = picture.shape[axis]
        places = np.arange(size) * n / size
        low = places.astype(int)
        share = (places - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        high = np.minimum(low + 1, n - 1)
        picture = picture.take(low, axis) * (1 - share) + picture.take(high, axis) * share
    return picture


def centres(picture, size):
    """Pixel i lies at (i + 1/2) n / size - 1/2 between two neighbours."""
    for axis in (0, 1):
        n = picture.shape[axis]
        places = np.maximum((np.arange(size) + 0.5) * n / size - 0.5, 0)
        low = places.astype(int)
        share = (places - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        high = np.minimum(low + 1, n - 1)
        picture = picture.take(low, axis) * (1 - share) + picture.take(high, axis) * share
    return picture


def cubic(x):
    """Keys' kernel with a = -1/2, as Pillow and antialiasing torch have it."""
    x = np.abs(x)
    near = 1.5 * x**3 - 2.5 * x**2 + 1
    far = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def triangle(x):
    return np.maximum(1 - np.abs(x), 0)


def antialiased(picture, size, kernel=cubic, reach=2, levels=None):
    """A kernel as wide as a new pixel, or an old one if that is wider, of weights that sum to 1.

    First along rows, then along columns; `levels` is what becomes of the numbers in between.
    """
    for axis in (1, 0):
        n = picture.shape[axis]
        scale = max(n / size, 1)
        middle = (np.arange(size) + 0.5) * n / size
        places = np.arange(n)
        weights = kernel((places + 0.5 - middle[:, None]) / scale)
        first, last = (np.floor(middle[:, None] + s * reach * scale + 0.5) for s in (-1, 1))
        weights *= (places >= first) & (places < last)
        weights /= weights.sum(axis=1, keepdims=True)
        picture = np.moveaxis(np.tensordot(weights, picture, axes=(1, axis)), 0, axis)
        picture = picture if levels is None else levels(picture)
    return picture


DEFINED = {
    "tf1-bilinear-299": lambda p: (tensorflow(p, 299) - 128) / 128,
    "torch-bilinear-299": lambda p: 2 * centres(p, 299) / 255 - 1,
    "torch-antialiased-bilinear-299": lambda p: (antialiased(p, 299, triangle, 1) - 128) / 128,
    "pil-bicubic-299": lambda p: (np.clip(antialiased(p, 299), 0, 255) - 128) / 128,
    "torch-bicubic-224-imagenet": lambda p: (antialiased(p, 224) / 255 - IMAGENET[0]) / IMAGENET[1],
    "tf1-bilinear-224-imagenet": lambda p: (tensorflow(p, 224) / 255 - IMAGENET[0]) / IMAGENET[1],
    "as-is": lambda p: p,
}


@pytest.mark.parametrize("picture", PICTURES, ids=["small", "large"])
@pytest.mark.parametrize("name", DEFINED)
def test_floating_point_ways_are_as_they_are_written_out(name, picture):
    found = find(name)(picture).numpy()

    expected = DEFINED[name](picture.astype(float)).transpose(2, 0, 1)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=2e-4)


WHOLE = {
    "pil-bicubic-224-imagenet": (224, 255 * IMAGENET[0], 255 * IMAGENET[1]),
    "pil-bicubic-128-lite": (128, 127, 128),
    "pil-bicubic-224-lite": (224, 127, 128),
}


@pytest.mark.parametrize("picture", PICTURES, ids=["small", "large"])
@pytest.mark.parametrize("name", WHOLE)
def test_ways_of_whole_bytes_round_after_the_resize(name, picture):
    size, shift, scale = WHOLE[name]

    levels = find(name)(picture).numpy().transpose(1, 2, 0) * scale + shift

    def rounded(numbers):
        return np.clip(np.rint(numbers), 0, 255)

    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-3)
    expected = antialiased(picture.astype(float), size, levels=rounded)
    np.testing.assert_allclose(levels, expected, atol=1.01)  # Pillow's weights are whole numbers
    assert (np.abs(levels - expected) > 0.5).mean() < 0.02


def test_clip_cuts_the_square_out_of_the_middle():
    picture = np.zeros((60, 100, 3), np.uint8)
    picture[:, 20:80] = 255
    mean, deviation = (np.array(values) for values in preparing.CLIPS)

    for size in (224, 336):
        found = find(f"clip-{size}")(picture).numpy().transpose(1, 2, 0) * deviation + mean

        assert found.shape == (size, size, 3)
        np.testing.assert_allclose(found[:, 8:-8], 1, atol=1e-5)


def test_grey_is_three_times_the_same():
    grey = PICTURES[0][..., 0]

    for way in CATALOG.values():
        assert torch.equal(way(grey), way(np.stack([grey] * 3, axis=2)))


def test_all_ways_differ_and_have_a_name_of_their_own():
    prepared = {name: way(PICTURES[1]) for name, way in CATALOG.items()}

    names = list(prepared)
    for place, name in enumerate(names):
        for other in names[:place]:
            one, two = prepared[name], prepared[other]
            assert one.shape != two.shape or (one - two).abs().mean() > 0.005
    assert str(find("tf1-bilinear-299")) == "tf1-bilinear-299 v1"
    with pytest.raises(BadInput, match=r"No preprocessing named 'tf1-bilinear'\. Did you"):
        find("tf1-bilinear")


@pytest.mark.images
def test_the_resize_of_tensorflow_is_that_of_torch_fidelity(torch_fidelity):
    from torch_fidelity.interpolate_compat_tensorflow import (
        interpolate_bilinear_2d_like_tensorflow1x,
    )

    for picture in PICTURES:
        planes = torch.tensor(picture).permute(2, 0, 1)[None].float()
        theirs = interpolate_bilinear_2d_like_tensorflow1x(
            planes, size=(299, 299), align_corners=False
        )[0]

        ours = find("tf1-bilinear-299")(picture) * 128 + 128

        assert (ours - theirs).abs().max() < 1e-4


def test_pillow_is_what_the_definition_is_held_to():
    """The oracle above is right: Pillow's own bicubic in single precision agrees with it."""
    plane = PICTURES[1][..., 0].astype(np.float32)

    theirs = Image.fromarray(plane).resize((299, 299), Image.Resampling.BICUBIC)

    np.testing.assert_allclose(
        antialiased(plane[..., None].astype(float), 299)[..., 0], np.asarray(theirs), atol=1e-3
    )
