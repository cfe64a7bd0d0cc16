"""Denoising diffusion of pictures, by a U-Net.

Ho, Jain, Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020,
https://arxiv.org/abs/2006.11239, as in `ddpm`, whose noise, loss and posterior these are. Samples
take fewer steps than training knows, evenly spread over them, as in Nichol, Dhariwal, "Improved
denoising diffusion probabilistic models", ICML 2021, https://arxiv.org/abs/2102.09672.

Differs from the papers: the U-Net is small, and corrects what would be predicted if each pixel were
Gaussian on its own.

With one seed the Fréchet distance on digits is 9.4, precision .88, recall .85, in 54 CPU seconds of
a busy machine.
"""

from dataclasses import dataclass
from typing import ClassVar, Self, cast

import numpy as np
import torch
from torch import Tensor, nn

from ..pictures import PictureModel, Shape, in_parts
from ..training import Array
from .ddpm import DDPM, Denoiser
from .unet import Pixels, UNet


class PictureDenoiser(Denoiser):
    """Predicts the noise in noisy pictures (n, d)."""

    def __init__(self, spread: Tensor, shape: Shape, width: int, blocks: int) -> None:
        nn.Module.__init__(self)
        self.register_buffer("spread", spread)
        self.unet = UNet(shape, width, blocks)

    def correction(self, x: Tensor, time: Tensor, angle: Tensor, *context: Tensor) -> Tensor:
        return cast(Tensor, self.unet(x, time, angle))


@dataclass(kw_only=True, eq=False)
class UNetDDPM(PictureModel, DDPM):
    """Begins at noise and walks back, adding fresh noise after all but the last step.

    Args:
        hidden: channels of the U-Net's finer scale, a multiple of eight.
        blocks: residual blocks on its coarser scale.
        walk: steps of the walk that samples take, at most `times`.
        predict, times, first, last, steps, batch, learning_rate, ema_decay, passes: as `DDPM` has
            them.
    """

    hidden: int = 32
    blocks: int = 2
    steps: int = 1400
    batch: int = 64
    walk: int = 100

    title: ClassVar[str] = "UNetDDPM"

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.look_at(train)
        added = torch.linspace(self.first, self.last, self.times, dtype=torch.float64)
        kept = torch.cumprod(1 - added, dim=0)
        self.signal, self.noise = kept.sqrt(), (1 - kept).sqrt()  # shares at each step (times,)
        self.axes = Pixels(train)

        def made(spread: Tensor, hidden: int, blocks: int) -> PictureDenoiser:
            return PictureDenoiser(spread, self.shape, hidden, blocks)

        self.denoiser = self._train(made, train, self.axes, rng)
        walk = torch.linspace(0, self.times - 1, min(self.walk, self.times)).round().long()
        self.signal, self.noise = self.signal[walk], self.noise[walk]
        return self

    def _walk(self, n: int, random: torch.Generator, *context: Tensor) -> Array:
        def back(x: Tensor) -> Tensor:
            for step in reversed(range(len(self.signal))):
                x = self._step_back(x, step, random)
            return x

        return self.axes.decode(
            in_parts(back, torch.randn((n, len(self.axes.spread)), generator=random))
        )
