"""Conditional flow matching: a velocity field that carries noise to data on straight paths.

Flow Matching for Generative Modeling, Lipman et al., ICLR 2023, https://arxiv.org/abs/2210.02747.
Time runs from 0 (noise) to 1 (data). The network corrects the velocity that is right for Gaussian
data. It has two hidden layers because then the divergence, and with it the exact log-density, costs
no more than the velocity; with Fourier features, one pass more for each of the few coordinates.

With one seed the share of samples at the density that .95 of real ones reach is .90 on the grid of
25 Gaussians (.34 without Fourier features), .95 on the ring, checkerboard and pinwheel, .91 on
spirals, at .19, .06, .18, .12 and .19 nats a test sample above the truth, in 13 CPU seconds; over
three seeds the Fréchet distance on digits is 5.8 to 7.6, inception score 6.5, recall .92, at 2.5
bits a pixel, in 9 CPU seconds. Four times as many steps know the digits by heart (3.5 bits a pixel
of test samples).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from ..training import (
    EMA,
    FourierFeatures,
    Trained,
    WarmupCosine,
    minimise,
    new_seed,
    seeded,
    torch_generator,
)
from .denoising import Array, PrincipalAxes, TimeEmbedding, zero


class Velocity(nn.Module):
    """Velocity at points (n, d) and times (n, 1): linear, plus a network of unit scale."""

    spread: Tensor

    def __init__(self, spread: Tensor, hidden: int) -> None:
        super().__init__()
        d = len(spread)
        self.register_buffer("spread", spread)  # standard deviation along each axis (d,)
        self.features = FourierFeatures(d)
        self.input_layer = nn.Linear(self.features.width, hidden)
        self.hidden_layer = nn.Linear(hidden, hidden)
        self.output_layer = nn.Linear(hidden, d)
        self.time_embedding = TimeEmbedding(64, 4 * hidden)
        zero(self.output_layer)

    def at(self, time: Tensor) -> tuple[Tensor, Tensor, Tensor, tuple[Tensor, ...]]:
        """What depends on time only: width of the path, linear slope, network scale, modulation."""
        width = ((1 - time) ** 2 + (time * self.spread) ** 2).sqrt()
        slope = (time * self.spread**2 - (1 - time)) / width**2
        modulation = self.time_embedding(time, time * math.pi).chunk(4, 1)
        return width, slope, self.spread / width, modulation

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        width, slope, scale, (a, b, c, e) = self.at(time)
        u = silu(self.input_layer(self.features(x / width)) * (1 + a) + b)
        w = silu(self.hidden_layer(u) * (1 + c) + e)
        velocity: Tensor = slope * x + scale * self.output_layer(w)
        return velocity

    def with_divergence(self, x: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
        """Velocity (n, d) and its divergence (n,) at one time (1, 1): a trace, term by term."""
        width, slope, scale, (a, b, c, e) = self.at(time)
        features = self.features(x / width)
        u, du = _silu_and_derivative(self.input_layer(features) * (1 + a) + b)
        w, dw = _silu_and_derivative(self.hidden_layer(u) * (1 + c) + e)
        outer, inner = dw * (1 + c), du * (1 + a)
        # From the second hidden layer out, and back in to the first: by the points themselves,
        d = x.shape[1]
        directly, by_features = self.input_layer.weight.split([d, self.features.width - d], dim=1)
        loop = directly @ (self.output_layer.weight * (scale / width).T)
        trace = ((outer @ (self.hidden_layer.weight * loop.T)) * inner).sum(1)
        # and by way of their sines and cosines, one coordinate after another, where these are few.
        by_sine, by_cosine = by_features.chunk(2, dim=1)
        sine, cosine = features[:, d:].chunk(2, dim=1)
        for i in range(d if by_features.numel() else 0):
            direction = self.features.directions[:, i]
            from_first = ((outer * self.output_layer.weight[i]) @ self.hidden_layer.weight) * inner
            slopes = (from_first @ by_sine) * cosine - (from_first @ by_cosine) * sine
            trace = trace + slopes @ direction * (scale / width)[0, i]
        return slope * x + scale * self.output_layer(w), slope.sum() + trace


def _silu_and_derivative(x: Tensor) -> tuple[Tensor, Tensor]:
    s = x.sigmoid()
    return x * s, s * (1 + x * (1 - s))


@dataclass(kw_only=True, eq=False)
class FlowMatching(Trained):
    """Solves an ordinary differential equation from noise to data, by 4th-order Runge-Kutta."""

    hidden: int = 256  # width of the network's two hidden layers
    steps: int = 2000  # of the gradient
    batch: int = 256
    learning_rate: float = 4e-3  # after 100 steps; it falls along half a cosine
    ema_decay: float = 0.995  # memory of the running average of the weights, which sample
    solver_steps: int = 40

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        random = torch_generator(rng)
        self.axes = PrincipalAxes(train, least_variance=1e-6)
        data = self.axes.encode(train)
        with seeded(new_seed(rng)):
            velocity = Velocity(self.axes.spread, self.hidden)

        def loss(_: int) -> Tensor:
            end = data[torch.randint(len(data), (self.batch,), generator=random)]
            if self.axes.whole:  # a density needs no spikes
                end = self.axes.dequantize(end, random)
            start = torch.randn(end.shape, generator=random)
            shift = torch.rand(1, generator=random)  # even spacing: less noise than free times
            time = ((torch.arange(self.batch) + shift) / self.batch)[:, None]
            error: Tensor = velocity(start + time * (end - start), time) - (end - start)
            return error.square().mean()

        optimiser = torch.optim.Adam(
            velocity.parameters(), lr=self.learning_rate, betas=(0.9, 0.99), fused=True
        )
        steps = self.scaled(self.steps)
        schedule = WarmupCosine(optimiser, steps, warmup=100)
        ema = EMA(velocity, self.ema_decay)
        for _ in minimise(loss, optimiser, schedule, steps=steps, name="Flow matching"):
            ema.update()
        self.velocity = ema.network
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        noise = torch.tensor(rng.normal(size=(n, len(self.axes.spread))), dtype=torch.float32)
        return self.axes.decode(self.carry(noise))

    @torch.no_grad()
    def carry(self, noise: Tensor) -> Tensor:
        """Return where the flow takes standard normal noise (n, d), in the data's own axes."""

        def field(x: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
            return self.velocity(x, time), torch.zeros(len(x))

        return _integrate(field, noise, self._times())[0]

    @torch.no_grad()
    def carry_back(self, points: Tensor) -> tuple[Tensor, Tensor]:
        """Return the noise (n, d) that is carried to points, and the log of how volume changes."""
        return _integrate(self.velocity.with_divergence, points, self._times().flip(0))

    def log_prob(self, samples: Array) -> Array:
        """Exact up to the solver's error: log-density in nats, the divergence integrated."""
        noise, volume = self.carry_back(self.axes.encode(samples))
        normal = -(noise.double().square() + math.log(2 * math.pi)).sum(1) / 2
        return np.asarray((normal + volume.double()).numpy() - np.log(self.axes.scale).sum())

    def _times(self) -> Tensor:
        return 1 - torch.linspace(1, 0, self.solver_steps + 1) ** 2  # small steps near the data


def _integrate(
    field: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], x: Tensor, times: Tensor
) -> tuple[Tensor, Tensor]:
    """Follow a velocity (n, d) from each time to the next; add up the number (n,) beside it, too.

    `field` returns both at points (n, d) and a time (1, 1).
    """
    total = torch.zeros(len(x))
    for now, then in pairwise(times.unbind()):
        step = then - now
        midpoint = (now + step / 2).view(1, 1)
        v1, d1 = field(x, now.view(1, 1))
        v2, d2 = field(x + step / 2 * v1, midpoint)
        v3, d3 = field(x + step / 2 * v2, midpoint)
        v4, d4 = field(x + step * v3, then.view(1, 1))
        x = x + step / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
        total = total + step / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
    return x, total
