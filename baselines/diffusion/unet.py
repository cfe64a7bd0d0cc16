"""A U-Net that is told the time: the network of the diffusion models of pictures.

Ronneberger, Fischer, Brox, "U-Net: convolutional networks for biomedical image segmentation",
MICCAI 2015, https://arxiv.org/abs/1505.04597, with the residual blocks and the attention of Ho,
Jain, Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020,
https://arxiv.org/abs/2006.11239. Differs from the latter: two scales, of which the finer is of
patches of 2 x 2 pixels, each of which is so many channels, as in Hoogeboom, Heek, Salimans, "Simple
diffusion: end-to-end diffusion for high resolution images", ICML 2023,
https://arxiv.org/abs/2301.11093: four times as many steps in the same time.
"""

import math
from typing import cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import (
    interpolate,
    pixel_shuffle,
    pixel_unshuffle,
    scaled_dot_product_attention,
    silu,
)

from ..pictures import Shape
from ..training import Array, finite
from .denoising import PrincipalAxes, TimeEmbedding

LEAST_VARIANCE = 1e-8  # of a pixel, where the mean over all pixels is one
PATCH = 2  # pixels along each side of what the finer scale takes for one
GROUPS, HEADS = 8, 4  # of channels that are normalised together, and that attend together


class Pixels(PrincipalAxes):
    """The axes of pictures (n, d): their pixels, each with a spread of its own.

    Along principal axes, scaled to one width each, what is next to each other in a picture is no
    longer alike: with these, `unet_ddpm` came to a Fréchet distance of 25 on digits, and not 9.
    """

    def __init__(self, train: Array) -> None:
        self.whole = bool(np.array_equal(train, np.rint(train)))
        unit = float(self.whole)  # the width of the noise that dequantises
        variance = train.var(axis=0) + unit / 12
        size = math.sqrt(variance.mean()) or 1.0  # colours and places share a unit
        self.centre, self.scale = train.mean(axis=0), np.full(train.shape[1], size)
        spread = np.sqrt(np.maximum(variance / size**2, LEAST_VARIANCE))
        self.spread = torch.tensor(spread, dtype=torch.float32)
        self.cell = torch.tensor(unit / size)  # one for all

    def encode(self, samples: Array) -> Tensor:
        return torch.tensor(self.standardize(samples), dtype=torch.float32)

    def decode(self, points: Tensor) -> Array:
        return finite(points.double().numpy() * self.scale + self.centre, "The diffusion model")

    def dequantize(self, points: Tensor, random: torch.Generator) -> Tensor:
        return points + (torch.rand(points.shape, generator=random) - 0.5) * self.cell


class Block(nn.Module):
    """Two convolutions, added to their input; the time scales and shifts what is between."""

    def __init__(self, channels: int, width: int, embedding: int) -> None:
        super().__init__()
        self.first_norm, self.second_norm = (
            nn.GroupNorm(GROUPS, channels),
            nn.GroupNorm(GROUPS, width),
        )
        self.first = nn.Conv2d(channels, width, 3, padding=1)
        self.second = _zero(nn.Conv2d(width, width, 3, padding=1))
        self.modulation = nn.Linear(embedding, 2 * width)
        self.skip = nn.Identity() if channels == width else nn.Conv2d(channels, width, 1)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.modulation(embedding)[:, :, None, None].chunk(2, dim=1)
        h = self.first(silu(self.first_norm(x)))
        h = self.second(silu(self.second_norm(h) * (1 + scale) + shift))
        return cast(Tensor, self.skip(x) + h)


class Attention(nn.Module):
    """Each place attends to all; adds to its input."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(GROUPS, width)
        self.qkv = nn.Conv2d(width, 3 * width, 1)
        self.proj = _zero(nn.Conv2d(width, width, 1))

    def forward(self, x: Tensor) -> Tensor:
        n, width, *side = x.shape
        qkv = self.qkv(self.norm(x)).view(n, 3, HEADS, width // HEADS, -1).transpose(3, 4)
        attended = scaled_dot_product_attention(*qkv.unbind(1)).transpose(2, 3)
        return cast(Tensor, x + self.proj(attended.reshape(n, width, *side)))


class UNet(nn.Module):
    """Pictures to pictures (n, d), told a time or a level of noise; zero until it has learned.

    Args:
        shape: of the pictures.
        width: channels on the finer scale, a multiple of eight; the coarser has twice as many.
        blocks: on the coarser scale, before the attention.
    """

    def __init__(self, shape: Shape, width: int, blocks: int) -> None:
        super().__init__()
        self.shape = shape
        channels, embedding = shape.colours * PATCH**2, 4 * width
        side = shape.side // PATCH
        self.time_embedding = TimeEmbedding(embedding, embedding)
        self.input_layer = nn.Conv2d(channels, width, 3, padding=1)
        # Small pictures are centred: what is where matters.
        self.positional_embedding = nn.Parameter(torch.zeros(width, side, side))
        self.down = Block(width, width, embedding)
        self.downsample = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.blocks = nn.ModuleList(Block(2 * width, 2 * width, embedding) for _ in range(blocks))
        self.attention = Attention(2 * width)
        self.upsample = nn.Conv2d(2 * width, width, 1)
        self.up = Block(2 * width, width, embedding)
        self.norm = nn.GroupNorm(GROUPS, width)
        self.output_layer = _zero(nn.Conv2d(width, channels, 3, padding=1))

    def forward(self, rows: Tensor, time: Tensor, angle: Tensor) -> Tensor:
        """Return rows (n, d) from rows and a time (n or 1, 1) and its angle."""
        embedding = silu(self.time_embedding(time, angle))
        maps = pixel_unshuffle(self.shape.maps(rows), PATCH)
        fine = self.down(self.input_layer(maps) + self.positional_embedding, embedding)
        coarse = self.downsample(fine)
        for block in self.blocks:
            coarse = block(coarse, embedding)
        coarse = self.upsample(self.attention(coarse))
        both = torch.cat([fine, interpolate(coarse, scale_factor=2.0)], dim=1)
        maps = self.output_layer(silu(self.norm(self.up(both, embedding))))
        return self.shape.rows(pixel_shuffle(maps, PATCH))


def _zero(layer: nn.Conv2d) -> nn.Conv2d:
    """Let a layer return zero until it has learned."""
    for weight in layer.parameters():
        nn.init.zeros_(weight)
    return layer
