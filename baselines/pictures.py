"""What the convolutional models share: which samples are pictures, and how many steps these allow.

A picture is a sample of h * h numbers, or of h * h * 3 with the colours last, h divisible by four.
Networks of this kind read and write rows of numbers, as all models here do, and turn them to maps
(n, colours, h, h) within.

Like `training`, it is copied beside a family's folder by whoever uses that alone.
"""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, cast

import torch
from torch import Tensor, nn

from .training import Array, Trained

SCALES = 2  # times that sides are halved
MIN_PICTURES = 8  # a tenth of them may be held out
OVERHEAD = 100  # pixels, which take as long as all else that a step does
AT_ONCE = 512  # pictures that go through a network together, when a whole set does


class Shape(NamedTuple):
    """A square picture."""

    side: int  # pixels
    colours: int  # 1 or 3

    @classmethod
    def of(cls, d: int) -> "Shape | None":
        """Return the shape of pictures of d numbers, if they are some.

        No d has two readings: three times a square is no square.
        """
        for colours in (1, 3):
            side = math.isqrt(d // colours)
            if side**2 * colours == d and side > 0 and side % 2**SCALES == 0:
                return cls(side, colours)
        return None

    def maps(self, rows: Tensor) -> Tensor:
        """Return rows (n, d) as maps (n, colours, side, side)."""
        return rows.view(-1, self.side, self.side, self.colours).permute(0, 3, 1, 2)

    @staticmethod
    def rows(maps: Tensor) -> Tensor:
        """Return maps as rows (n, d)."""
        return maps.permute(0, 2, 3, 1).flatten(1)


@dataclass(kw_only=True, eq=False)
class PictureModel(Trained):
    """A model of square pictures; stands before its family's frame among a model's bases.

    Counts of steps are those that a budget allows on 8x8 pixels; larger pictures get fewer, as
    many as cost the same.
    """

    title: ClassVar[str]  # begins a sentence

    def refuses(self, train: Array) -> str | None:
        """Return why it cannot learn from these samples, or None."""
        n, d = train.shape
        if Shape.of(d) is None:
            return (
                f"{self.title} needs square pictures, h * h or h * h * 3 numbers each with h "
                f"divisible by {2**SCALES} (16, 48, 64, 192, ...), not {d}."
            )
        if n < MIN_PICTURES:
            return f"{self.title} needs at least {MIN_PICTURES} pictures, not {n}."
        return None

    def look_at(self, train: Array) -> None:
        """Take the `shape` of the training pictures.

        Raises:
            ValueError: they are refused.
        """
        if reason := self.refuses(train):
            raise ValueError(reason)
        self.shape = cast(Shape, Shape.of(train.shape[1]))

    def scaled(self, steps: int) -> int:
        """Return how many steps on these pictures the budget allows: one at least."""
        cost = (self.shape.side**2 + OVERHEAD) / (8**2 + OVERHEAD)
        return max(1, round(super().scaled(steps) / max(1.0, cost)))


def in_parts(run: Callable[[Tensor], Tensor], rows: Tensor) -> Tensor:
    """Return what a network makes of rows (n, ...), of which it sees a few at a time."""
    return torch.cat([run(part) for part in torch.split(rows, AT_ONCE)])


def halving(channels: int, width: int) -> Iterator[nn.Module]:
    """Yield layers that turn maps of so many channels to `2 * width`, of a quarter of the side."""
    yield nn.Conv2d(channels, width, 4, stride=2, padding=1)
    yield nn.SiLU()
    yield nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)
    yield nn.SiLU()


def doubling(width: int, channels: int) -> Iterator[nn.Module]:
    """Yield layers that turn maps of `2 * width` channels to `channels`, of four times the side."""
    yield nn.ConvTranspose2d(2 * width, width, 4, stride=2, padding=1)
    yield nn.SiLU()
    yield nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1)
