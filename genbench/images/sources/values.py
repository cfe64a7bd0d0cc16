"""How numbers of an array are pixels: which axis is which, and what is black and white."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.images.decoding import Pixels
from genbench.images.pictures import CHANNELS

Layout = Literal["nhwc", "nchw"]
WHITE = 255
SLACK = 1e-6  # of the range: what single precision adds to an end


@dataclass(frozen=True)
class Values:
    """What is said of arrays beforehand.

    `range` are black and white of pictures of floating-point numbers, such as (0, 1) or (-1, 1);
    `layout` tells whether channels come last or first, where shapes do not.
    """

    range: tuple[float, float] | None = None
    layout: Layout | None = None

    def __post_init__(self) -> None:
        if self.range is not None and not self.range[0] < self.range[1]:
            raise BadInput(f"The range must be black and then white, not {self.range}.")

    def pixels(self, batch: Any, *, name: str) -> list[Pixels]:
        """Return the pictures of a batch (n, height, width[, channels]), or with channels first.

        Raises:
            BadInput: it has another shape, or its numbers are no pixels.
        """
        array = self.bytes_of(as_array(batch, name=name), name=name)
        return self.split(array, self.channel_axis(array.shape, name=name))

    def channel_axis(self, shape: tuple[int, ...], *, name: str) -> int | None:
        """Return which axis of a batch holds channels; None if it has no such axis.

        Raises:
            BadInput: it cannot be told, or there is none of 1 or 3.
        """
        if len(shape) not in (3, 4) or 0 in shape[1:]:
            raise BadInput(
                f"{name} must have shape (n, height, width), (n, height, width, channels) or "
                f"(n, channels, height, width), not {shape}."
            )
        if len(shape) == 3:
            return None
        axes = {"nhwc": (3,), "nchw": (1,), None: (1, 3)}[self.layout]
        found = [axis for axis in axes if shape[axis] in CHANNELS]
        if len(found) == 1:
            return found[0]
        if found:
            raise BadInput(
                f"{name} has shape {shape}: either axis may be that of channels; say --layout nhwc "
                "or nchw."
            )
        raise BadInput(f"{name} has shape {shape}; expected 1 or 3 channels, first or last.")

    def bytes_of(self, array: NDArray[Any], *, name: str) -> Pixels:
        """Return numbers as whole bytes, floating-point ones rounded.

        Raises:
            BadInput: they are neither bytes nor numbers of a range that was named, or lie outside.
        """
        if array.dtype == np.uint8:
            return array
        if array.dtype.kind != "f":
            raise BadInput(f"{name} must hold pixels from 0 to 255 as uint8, not {array.dtype}.")
        if self.range is None:
            raise BadInput(
                f"{name} must hold pixels from 0 to 255 as uint8, not {array.dtype}; for floating-"
                "point numbers say what black and white are: --range 0,1 or --range -1,1."
            )
        low, high = self.range
        slack = SLACK * (high - low)
        least, most = array.min(), array.max()
        if not (low - slack <= least and most <= high + slack):  # NaN too
            raise BadInput(
                f"{name} holds numbers from {least:.6g} to {most:.6g}, outside of the range "
                f"{low:g} to {high:g}."
            )
        scaled = (array.astype(np.float64) - low) * (WHITE / (high - low))
        return np.clip(np.rint(scaled), 0, WHITE).astype(np.uint8)

    @staticmethod
    def split(array: Pixels, channels: int | None) -> list[Pixels]:
        """Return the pictures of a batch, grey (height, width) or RGB (height, width, 3)."""
        if channels is not None:
            array = np.moveaxis(array, channels, 3)
            array = array[..., 0] if array.shape[3] == 1 else array
        return list(array)


def as_array(batch: Any, *, name: str) -> NDArray[Any]:
    """Return an array, wherever it lies.

    Raises:
        BadInput: it is none.
    """
    if hasattr(batch, "detach"):  # a torch tensor, perhaps on a GPU
        batch = batch.detach().cpu()
        batch = (batch.float() if batch.is_floating_point() else batch).numpy()
    try:
        array = np.asarray(batch)
    except Exception as error:  # what is ragged, and objects that raise what they like
        raise BadInput(f"{name} is no regular array of pictures.") from error
    if array.dtype.kind not in "buif":
        raise BadInput(f"{name} must hold pixels, not {array.dtype}.")
    return array
