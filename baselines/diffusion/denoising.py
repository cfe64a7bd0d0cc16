"""What the diffusion models share: the data's principal axes, and a network that is told the time.

In the principal axes the right answer for Gaussian data is written down, so the network learns only
what a Gaussian with the data's covariance would not predict: most of what there is to know at high
noise. Whole numbers get even noise one unit wide, drawn afresh for each batch, and share one unit
of scale; other data are standardised.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import silu
from torch.optim.lr_scheduler import CosineAnnealingLR

from ..training import (
    EMA,
    Array,
    FourierFeatures,
    Trained,
    finite,
    minimise,
    mlp,
    new_seed,
    seeded,
    torch_generator,
)


class PrincipalAxes:
    """Coordinates in which data (n, d) are centred and uncorrelated, with some spread on each."""

    def __init__(self, train: Array, *, least_variance: float = 1e-8) -> None:
        self.whole = bool(np.array_equal(train, np.rint(train)))
        unit = float(self.whole)  # the width of the noise that dequantises
        deviation = np.sqrt(train.var(axis=0) + unit / 12)
        if self.whole:  # they share a unit, and dull coordinates should stay small
            deviation[:] = np.sqrt((deviation**2).mean())
        self.centre, self.scale = train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        points = self.standardize(train)
        covariance = points.T @ points / len(points) + np.diag(unit / 12 / self.scale**2)
        variance, self.rotation = np.linalg.eigh(covariance)
        deviations = np.sqrt(np.maximum(variance, least_variance))
        self.spread = torch.tensor(deviations, dtype=torch.float32)  # standard deviations (d,)
        self.cell = torch.tensor(self.rotation * unit / self.scale[:, None], dtype=torch.float32)

    def standardize(self, samples: Array) -> Array:
        points: Array = (samples - self.centre) / self.scale
        return points

    def encode(self, samples: Array) -> Tensor:
        """Return the points (n, d) along the axes."""
        return torch.tensor(self.standardize(samples) @ self.rotation, dtype=torch.float32)

    def decode(self, points: Tensor) -> Array:
        """Return the samples (n, d) at points along the axes.

        Raises:
            FloatingPointError: they are not finite.
        """
        rotated = points.double().numpy() @ self.rotation.T
        return finite(rotated * self.scale + self.centre, "The diffusion model")

    def dequantize(self, points: Tensor, random: torch.Generator) -> Tensor:
        """Give points (n, d) that stand for whole numbers fresh places in their cells."""
        return points + (torch.rand(points.shape, generator=random) - 0.5) @ self.cell


class TimeEmbedding(nn.Module):
    """Embeds a time or a level of noise (n, 1), and its angle (n, 1) by sines and cosines."""

    def __init__(self, hidden: int, out: int) -> None:
        super().__init__()
        self.mlp = mlp(17, hidden, out, activation=nn.SiLU)

    def forward(self, time: Tensor, angle: Tensor) -> Tensor:
        angles = angle * torch.arange(1, 9)
        embedding: Tensor = self.mlp(torch.cat([time, angles.sin(), angles.cos()], dim=1))
        return embedding


class ResidualBlock(nn.Module):
    """Adds to its input; the time decides the scale and shift of its hidden units."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.modulation = nn.Linear(hidden, 2 * hidden)
        self.input_layer, self.output_layer = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden)
        zero(self.output_layer)

    def forward(self, x: Tensor, embedding: Tensor) -> Tensor:
        scale, shift = self.modulation(embedding).chunk(2, dim=1)
        residual: Tensor = self.output_layer(silu(self.input_layer(silu(x)) * (1 + scale) + shift))
        return x + residual


class ResidualNetwork(nn.Module):
    """A residual perceptron that is told the time; until it has learned it returns zero."""

    spread: Tensor

    def __init__(self, spread: Tensor, hidden: int, blocks: int) -> None:
        super().__init__()
        self.register_buffer("spread", spread)  # of the data, along each axis (d,)
        self.time_embedding = TimeEmbedding(hidden, hidden)
        self.features = FourierFeatures(len(spread))
        self.input_layer = nn.Linear(self.features.width, hidden)
        self.blocks = nn.ModuleList(ResidualBlock(hidden) for _ in range(blocks))
        self.output_layer = nn.Linear(hidden, len(spread))
        zero(self.output_layer)

    def embedding(self, time: Tensor, angle: Tensor, *context: Tensor) -> Tensor:
        """Return what the blocks are told, of the time and of whatever else a network knows."""
        embedding: Tensor = self.time_embedding(time, angle)
        return embedding

    def correction(self, x: Tensor, time: Tensor, angle: Tensor, *context: Tensor) -> Tensor:
        """Return what a Gaussian misses at points (n, d) of unit scale, in units of its error."""
        embedding = self.embedding(time, angle, *context)
        hidden = self.input_layer(self.features(x))
        for block in self.blocks:
            hidden = block(hidden, embedding)
        correction: Tensor = self.output_layer(hidden)
        return correction


Network = TypeVar("Network", bound=ResidualNetwork)


@dataclass(kw_only=True, eq=False)
class Denoising(Trained, ABC):
    """A model whose residual network learns from noisy data.

    Args:
        hidden: width of the network.
        blocks: residual blocks in it.
        steps: gradient steps, with a learning rate that falls from `rate` along half a cosine.
        batch: samples per step.
        learning_rate: highest learning rate.
        ema_decay: memory of the running average of the weights, from which samples come.
        passes: most times that training sees a sample, on average: of few samples, a network that
            goes on knows each by heart.
    """

    hidden: int = 192
    blocks: int = 3
    steps: int = 3000
    batch: int = 256
    learning_rate: float = 2e-3
    ema_decay: float = 0.995
    passes: int = 800

    @abstractmethod
    def _loss(
        self, network: nn.Module, clean: Tensor, random: torch.Generator, *context: Tensor
    ) -> Tensor:
        """Return the network's loss on points (batch, d), once noise is added to them."""

    def _steps(self, n: int) -> int:
        """Return how many gradient steps to take with n training samples."""
        return min(self.scaled(self.steps), max(1, self.passes * n // self.batch))

    def _train(
        self,
        kind: Callable[[Tensor, int, int], Network],
        train: Array,
        axes: PrincipalAxes,
        rng: np.random.Generator,
        *context: Tensor,
    ) -> Network:
        """Return a trained network of this kind, with the running average of its weights.

        It is told what is known of each sample beside its coordinates, rows of `context` (n, ...).
        """
        random = torch_generator(rng)
        data = axes.encode(train)
        with seeded(new_seed(rng)):
            network = kind(axes.spread, self.hidden, self.blocks)

        def loss(_: int) -> Tensor:
            rows = torch.randint(len(data), (self.batch,), generator=random)
            known = [each[rows] for each in context]
            return self._loss(network, axes.dequantize(data[rows], random), random, *known)

        optimiser = torch.optim.Adam(network.parameters(), lr=self.learning_rate, fused=True)
        steps = self._steps(len(train))
        schedule = CosineAnnealingLR(optimiser, steps)
        ema = EMA(network, self.ema_decay)
        for _ in minimise(loss, optimiser, schedule, steps=steps, name="Denoising", clip=1.0):
            ema.update()
        return ema.network


def zero(layer: nn.Linear) -> None:
    """Let a layer return zero until it has learned."""
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
