"""Denoising diffusion of pictures, by a U-Net.

Ho, Jain, Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020,
https://arxiv.org/abs/2006.11239, as in `ddpm`, whose noise, loss and posterior these are. Samples
take fewer steps than training knows, evenly spread over them, as in Nichol, Dhariwal, "Improved
denoising diffusion probabilistic models", ICML 2021, https://arxiv.org/abs/2102.09672.

Differs from the papers: the U-Net is small and corrects what a Gaussian with the data's covariance
would predict, in the data's principal axes; it sees and returns pictures.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from ..pictures import PictureModel, Shape, in_parts
from .ddpm import DDPM, Denoiser
from .denoising import Array, PrincipalAxes
from .unet import UNet


class PictureDenoiser(Denoiser):
    """Predicts the noise in noisy pictures, whose points (n, d) are along principal axes."""

    rotation: Tensor

    def __init__(self, axes: PrincipalAxes, shape: Shape, width: int) -> None:
        nn.Module.__init__(self)
        self.register_buffer("spread", axes.spread)
        self.register_buffer("rotation", torch.tensor(axes.rotation, dtype=torch.float32))
        self.unet = UNet(shape, width)

    def correction(self, x: Tensor, time: Tensor, angle: Tensor, *context: Tensor) -> Tensor:
        corrected: Tensor = self.unet(x @ self.rotation.T, time, angle)
        return corrected @ self.rotation


@dataclass(kw_only=True, eq=False)
class UNetDDPM(PictureModel, DDPM):
    """Begins at noise and walks back, adding fresh noise after all but the last step.

    Args:
        hidden: channels of the U-Net's finer scale, a multiple of eight.
        walk: steps of the walk that samples take, at most `times`.
        predict, times, first, last, steps, batch, learning_rate, ema_decay, passes: as `DDPM` has
            them.
    """

    hidden: int = 32
    steps: int = 700
    batch: int = 64
    walk: int = 100

    title: ClassVar[str] = "UNetDDPM"

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.look_at(train)
        super().fit(train, rng=rng)
        kept = torch.linspace(0, self.times - 1, min(self.walk, self.times)).round().long()
        self.signal, self.noise = self.signal[kept], self.noise[kept]
        return self

    def _denoiser(self, train: Array, rng: np.random.Generator) -> Denoiser:
        def made(_: Tensor, hidden: int, __: int) -> PictureDenoiser:
            return PictureDenoiser(self.axes, self.shape, hidden)

        return self._train(made, train, self.axes, rng)

    def _walk(self, n: int, random: torch.Generator, *context: Tensor) -> Array:
        def back(x: Tensor) -> Tensor:
            for step in reversed(range(len(self.signal))):
                x = self._step_back(x, step, random)
            return x

        return self.axes.decode(
            in_parts(back, torch.randn((n, len(self.axes.spread)), generator=random))
        )
