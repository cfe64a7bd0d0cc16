"""What the GANs of pictures share: convolutional networks, and the game with them.

Radford, Metz, Chintala, "Unsupervised representation learning with deep convolutional generative
adversarial networks", ICLR 2016, https://arxiv.org/abs/1511.06434: strided convolutions in both
networks, batch normalisation, rectifiers, leaky ones where pictures are judged. Here only the
generator is normalised by batches: slopes at a picture, which cost, must not depend on others. Its
running average has statistics of its own, taken once the game is over.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import update_bn

from ..pictures import PictureModel, Shape, in_parts
from ..training import EMA, Array, new_seed, seeded
from .adversarial import Adversarial, Discriminator, leaky_relu

STATISTICS = 20  # batches from which those of the running average are taken


class Generator(nn.Sequential):
    """Maps normal noise (n, latent) to what pictures (n, d) are made of."""

    def __init__(self, shape: Shape, latent: int, width: int) -> None:
        side = shape.side // 4
        super().__init__(
            nn.Linear(latent, 4 * width * side**2, bias=False),
            nn.Unflatten(1, (4 * width, side, side)),
            nn.BatchNorm2d(4 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(4 * width, 2 * width, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(2 * width),
            nn.ReLU(),
            nn.ConvTranspose2d(2 * width, shape.colours, 4, stride=2, padding=1),
        )
        self.shape = shape
        self.constant = nn.Parameter(torch.zeros(shape.side**2 * shape.colours))

    def forward(self, latents: Tensor) -> Tensor:
        maps = latents
        for layer in self:
            maps = layer(maps)
        return self.shape.rows(maps) + self.constant


class Critic(Discriminator):
    """Returns a number (n, 1) for each picture (n, d)."""

    def __init__(self, shape: Shape, width: int) -> None:
        nn.Module.__init__(self)
        self.shape = shape
        self.layers = nn.Sequential(
            nn.Conv2d(shape.colours, 2 * width, 4, stride=2, padding=1),
            leaky_relu(),
            nn.Conv2d(2 * width, 4 * width, 4, stride=2, padding=1),
            leaky_relu(),
            nn.Flatten(),
            nn.Linear(width * shape.side**2 // 4, 1),
        )

    def forward(self, inputs: Tensor) -> Tensor:
        judged: Tensor = self.layers(self.shape.maps(inputs))
        return judged


@dataclass(kw_only=True, eq=False)
class ConvolutionalGAN(PictureModel, Adversarial):
    """The game of `Adversarial` with networks that are convolutional.

    Args:
        width: half of the channels where the side is halved; at a quarter there are twice as many.
    """

    width: int = 16

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.look_at(train)
        data = self.prepare(train, rng)
        with seeded(new_seed(rng)):
            generator = Generator(self.shape, self.latent_width(train.shape[1]), self.width)
            self.discriminator = Critic(self.shape, self.width)
            ema = EMA(generator, self.ema_decay)
            self.play(data, generator, ema)
            noise = torch.randn(STATISTICS, self.batch, self.latent_width(train.shape[1]))
            update_bn(noise, ema.network)
        self.generator = ema.network.eval()
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self.units.samples(in_parts(self.generator, self.latents(n, rng)))
