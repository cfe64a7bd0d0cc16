"""How a picture is made ready for a network: part of every metric that looks through one.

Each way has a frozen name and a version. Numbers of different ways are never compared: on the same
pictures and the same network, the resize alone moves the Frechet distance by several percent
(Parmar, Zhang, Zhu, "On aliased resizing and surprising subtleties in GAN evaluation", CVPR 2022,
https://arxiv.org/abs/2104.11222).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import unknown_name
from genbench.images.decoding import Pixels
from genbench.images.pictures import as_rgb

if TYPE_CHECKING:
    import torch

Floats: TypeAlias = NDArray[np.float32]
Resize: TypeAlias = Callable[
    [Pixels, int], Floats
]  # RGB pixels to planes (3, size, size), from 0 to 255
Three: TypeAlias = tuple[float, float, float]

WHITE = 255.0
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # mean and deviation, of 1
CLIPS = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))


@dataclass(frozen=True, kw_only=True)
class Preparing:
    """A resize to a square, and a shift and scale of what it gives."""

    name: str
    size: int | None  # None: pictures stay as large as they are
    resize: Resize
    shift: Three  # what is taken from values from 0 to 255 ...
    scale: Three  # ... and what they are divided by then
    version: int = 1

    def __call__(self, pixels: Pixels) -> "torch.Tensor":
        """Return what a network is given, (3, size, size) float32, of a picture grey or RGB."""
        import torch

        rgb = as_rgb(pixels)
        planes = self.resize(rgb, self.size or 0)
        shift, scale = (
            np.array(values, dtype=np.float32)[:, None, None] for values in (self.shift, self.scale)
        )
        return torch.from_numpy(np.ascontiguousarray((planes - shift) / scale))

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


def tensorflow1_bilinear(rgb: Pixels, size: int) -> Floats:
    """Resize as TensorFlow 1 does: pixel i of the result lies at i n / size, without antialiasing.

    Two matrix products, of two neighbours a row.
    """
    down, right = (_two_neighbours(n, size) for n in rgb.shape[:2])
    return np.asarray(down @ _planes(rgb) @ right.T, dtype=np.float32)


@cache
def _two_neighbours(n: int, size: int) -> Floats:
    places = np.arange(size, dtype=np.float32) * np.float32(n / size)
    low = places.astype(np.int64)
    high = np.minimum(low + 1, n - 1)
    share = places - low.astype(np.float32)
    matrix = np.zeros((size, n), dtype=np.float32)
    np.add.at(matrix, (np.arange(size), low), 1 - share)
    np.add.at(matrix, (np.arange(size), high), share)
    return matrix


def torch_resize(rgb: Pixels, size: int, *, mode: str, antialias: bool) -> Floats:
    """Resize as `torch.nn.functional.interpolate`, between centres of pixels, not cut off."""
    import torch

    planes = torch.from_numpy(_planes(rgb))[None]
    resized = torch.nn.functional.interpolate(
        planes, size=(size, size), mode=mode, align_corners=False, antialias=antialias
    )
    return np.asarray(resized[0].numpy(), dtype=np.float32)


def pillow_float_bicubic(rgb: Pixels, size: int) -> Floats:
    """Resize channel by channel in single precision, antialiased, then cut off, as clean-fid."""
    from PIL import Image

    planes = [
        Image.fromarray(plane).resize((size, size), Image.Resampling.BICUBIC)
        for plane in _planes(rgb)
    ]
    resized = np.stack([np.asarray(plane, dtype=np.float32) for plane in planes])
    return np.asarray(np.clip(resized, 0, WHITE), dtype=np.float32)


def pillow_bicubic(rgb: Pixels, size: int) -> Floats:
    """Resize whole bytes, antialiased: the result is of whole bytes."""
    from PIL import Image

    resized = Image.fromarray(rgb).resize((size, size), Image.Resampling.BICUBIC)
    return _planes(np.asarray(resized))


def pillow_shorter_side(rgb: Pixels, size: int) -> Floats:
    """Resize the shorter side, antialiased, and cut the square out of the middle, as CLIP."""
    from PIL import Image

    image = Image.fromarray(rgb)
    shorter = min(image.size)
    scaled: Any = tuple(int(size * side / shorter) for side in image.size)
    image = image.resize(scaled, Image.Resampling.BICUBIC)
    left, top = (round((side - size) / 2.0) for side in image.size)
    return _planes(np.asarray(image.crop((left, top, left + size, top + size))))


def _kept(rgb: Pixels, _: int) -> Floats:
    return _planes(rgb)


def _planes(rgb: Pixels) -> Floats:
    """Return channels first, (3, height, width)."""
    return np.ascontiguousarray(rgb.transpose(2, 0, 1), dtype=np.float32)


def _scaled(name: str, size: int, resize: Resize, unit: tuple[Three, Three]) -> Preparing:
    """Return a way whose mean and deviation are those of values from 0 to 1."""
    shift, scale = ((WHITE * red, WHITE * green, WHITE * blue) for red, green, blue in unit)
    return Preparing(name=name, size=size, resize=resize, shift=shift, scale=scale)


def _way(name: str, size: int | None, resize: Resize, shift: float, scale: float) -> Preparing:
    return Preparing(name=name, size=size, resize=resize, shift=(shift,) * 3, scale=(scale,) * 3)


_BICUBIC = partial(torch_resize, mode="bicubic", antialias=True)
_BILINEAR = partial(torch_resize, mode="bilinear", antialias=False)
_SMOOTH_BILINEAR = partial(torch_resize, mode="bilinear", antialias=True)
_WAYS = (
    _way("tf1-bilinear-299", 299, tensorflow1_bilinear, 128, 128),
    _way("torch-bilinear-299", 299, _BILINEAR, WHITE / 2, WHITE / 2),
    _way("torch-antialiased-bilinear-299", 299, _SMOOTH_BILINEAR, 128, 128),
    _way("pil-bicubic-299", 299, pillow_float_bicubic, 128, 128),
    *(
        _scaled(f"{start}-224-imagenet", 224, resize, IMAGENET)
        for start, resize in (
            ("pil-bicubic", pillow_bicubic),
            ("torch-bicubic", _BICUBIC),
            ("tf1-bilinear", tensorflow1_bilinear),
        )
    ),
    *(_way(f"pil-bicubic-{size}-lite", size, pillow_bicubic, 127, 128) for size in (128, 224)),
    *(_scaled(f"clip-{size}", size, pillow_shorter_side, CLIPS) for size in (224, 336)),
    _way("as-is", None, _kept, 0, 1),
)
CATALOG: Mapping[str, Preparing] = MappingProxyType({way.name: way for way in _WAYS})


def find(name: str) -> Preparing:
    """Return the way to prepare pictures of that name.

    Raises:
        BadInput: there is none.
    """
    if name not in CATALOG:
        raise unknown_name("preprocessing", name, CATALOG)
    return CATALOG[name]
