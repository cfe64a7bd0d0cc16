"""Flow matching of pictures, by a U-Net.

Lipman et al., "Flow matching for generative modeling", ICLR 2023,
https://arxiv.org/abs/2210.02747, as in `flow_matching`: straight paths from noise to data. The
network corrects the velocity that would be right if each pixel were Gaussian on its own. Samples
follow it by Heun's method, as in Karras, Aittala, Aila, Laine, "Elucidating the design space of
diffusion-based generative models", NeurIPS 2022, https://arxiv.org/abs/2206.00364.

With one seed the Fréchet distance on digits is 7.3, precision .85, recall .89, in 60 CPU seconds of
a busy machine.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from ..pictures import PictureModel, Shape, in_parts
from ..training import EMA, Array, WarmupCosine, minimise, new_seed, seeded, torch_generator
from .unet import Pixels, UNet


class PictureVelocity(nn.Module):
    """Velocity at pictures (n, d) on their way, and times (n or 1, 1)."""

    spread: Tensor

    def __init__(self, spread: Tensor, shape: Shape, width: int, blocks: int) -> None:
        super().__init__()
        self.register_buffer("spread", spread)  # standard deviation of each pixel (d,)
        self.unet = UNet(shape, width, blocks)

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        width = ((1 - time) ** 2 + (time * self.spread) ** 2).sqrt()  # of the path, at each pixel
        slope = (time * self.spread**2 - (1 - time)) / width**2  # right for Gaussian pixels
        correction = self.unet(x / width, time, math.pi * time)
        velocity: Tensor = slope * x + self.spread / width * correction
        return velocity


@dataclass(kw_only=True, eq=False)
class UNetFlowMatching(PictureModel):
    """Solves an ordinary differential equation from noise to pictures.

    Args:
        hidden: channels of the U-Net's finer scale, a multiple of eight.
        blocks: residual blocks on its coarser scale.
        steps: gradient steps, with a learning rate that rises for some and falls along half a
            cosine.
        batch: pictures per step.
        learning_rate: highest learning rate.
        ema_decay: memory of the running average of the weights, from which samples come.
        passes: most times that training sees a picture, on average.
        solver_steps: from noise to pictures, each of two evaluations of the network.
    """

    hidden: int = 32
    blocks: int = 2
    steps: int = 1400
    batch: int = 64
    learning_rate: float = 2e-3
    ema_decay: float = 0.995
    passes: int = 800
    solver_steps: int = 25

    title: ClassVar[str] = "UNetFlowMatching"

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.look_at(train)
        random = torch_generator(rng)
        self.axes = Pixels(train)
        data = self.axes.encode(train)
        with seeded(new_seed(rng)):
            velocity = PictureVelocity(self.axes.spread, self.shape, self.hidden, self.blocks)

        def loss(_: int) -> Tensor:
            rows = torch.randint(len(data), (self.batch,), generator=random)
            end = self.axes.dequantize(data[rows], random)
            start = torch.randn(end.shape, generator=random)
            time = torch.rand((len(end), 1), generator=random)
            error: Tensor = velocity(start + time * (end - start), time) - (end - start)
            return error.square().mean()

        optimiser = torch.optim.Adam(
            velocity.parameters(), lr=self.learning_rate, betas=(0.9, 0.99), fused=True
        )
        steps = min(self.scaled(self.steps), max(1, self.passes * len(data) // self.batch))
        schedule = WarmupCosine(optimiser, steps, warmup=min(100, steps // 10 + 1))
        ema = EMA(velocity, self.ema_decay)
        for _ in minimise(loss, optimiser, schedule, steps=steps, name="Flow matching", clip=1.0):
            ema.update()
        self.velocity = ema.network
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        noise = torch.tensor(rng.normal(size=(n, len(self.axes.spread))), dtype=torch.float32)
        return self.axes.decode(in_parts(self.carry, noise))

    @torch.no_grad()
    def carry(self, noise: Tensor) -> Tensor:
        """Return where the flow takes standard normal noise (n, d), in the data's units."""
        times = 1 - torch.linspace(1, 0, self.solver_steps + 1) ** 2  # small steps near the data
        x = noise
        for now, then in pairwise(times.view(-1, 1, 1)):
            slope = self.velocity(x, now)
            ahead = self.velocity(x + (then - now) * slope, then)
            x = x + (then - now) * (slope + ahead) / 2
        return x
