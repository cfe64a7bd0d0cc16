"""Continuous flow: an ordinary differential equation from samples to noise, by maximum likelihood.

Ricky T. Q. Chen, Yulia Rubanova, Jesse Bettencourt, David Duvenaud, "Neural ordinary differential
equations", NeurIPS 2018, https://arxiv.org/abs/1806.07366. The trace of the Jacobian, whose
integral is the change of log-density, is exact up to `exact` coordinates; above, training takes the
estimate v.Jv with random signs v, as do Will Grathwohl, Ricky T. Q. Chen, Jesse Bettencourt, Ilya
Sutskever, David Duvenaud, "FFJORD: free-form continuous dynamics for scalable reversible generative
models", ICLR 2019, https://arxiv.org/abs/1810.01367. `log_prob` always takes the exact trace.

Differs from the papers: the solver is 4th-order Runge-Kutta, and gradients pass through its steps.
In training these are few and at random times, and fast motion is penalised (Chris Finlay,
Jörn-Henrik Jacobsen, Levon Nurbekyan, Adam Oberman, "How to train your neural ODE", ICML 2020,
https://arxiv.org/abs/2002.02798): otherwise a field learns to exploit the solver's errors, and its
density has not mass one. Afterwards there are as many steps as held-out samples call for, and
`log_prob` is exact up to the solver's error. Samples are whitened first.

Over three seeds .84, .84 and .89 of the grid's samples reach the density that .95 of real ones
reach (.52 without Fourier features), and test samples take .22 nats more than in truth. Tried with
two of them: a third of the penalty (.82, .85), six solver steps for eight and 650 training steps
(.84, .86), both (.84, .87). Over three seeds it takes 2.16 bits a pixel of the digits.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, cast

import numpy as np
import torch
from torch import Tensor, nn

from ..training import FourierFeatures
from .flow import Bijection, NormalizingFlow, log_density, normal_log_prob, zero_init
from .preprocessing import Whiten


class Velocity(nn.Module):
    """A network with two hidden layers; knows its Jacobian along given directions."""

    def __init__(self, d: int, hidden: int) -> None:
        super().__init__()
        self.features = FourierFeatures(d)
        self.input_layer = nn.Linear(self.features.width, hidden)
        self.hidden_layer = nn.Linear(hidden, hidden)
        self.output_layer = zero_init(nn.Linear(hidden, d))  # nothing moves at first
        self.time_embedding = nn.Linear(6, 4 * hidden)  # scales and shifts hidden units
        # Steep enough to tell modes apart.
        nn.init.normal_(self.input_layer.weight, std=self.features.width**-0.5)

    def forward(self, x: Tensor, time: float, directions: Tensor) -> tuple[Tensor, Tensor]:
        """Return velocities (n, d) at one time and the sum (n,) of v.Jv over directions v.

        Directions are (k, n, d). Unit vectors along all axes make the sum the trace of J; one
        vector of random signs makes it an estimate of it without bias.
        """
        angles = math.pi * time * torch.arange(1, 4, dtype=x.dtype)
        embedding = self.time_embedding(torch.cat([angles.sin(), angles.cos()]))
        scale_1, shift_1, scale_2, shift_2 = embedding.chunk(4)
        hidden_1, slope_1 = _tanh(self.input_layer(self.features(x)) * (1 + scale_1) + shift_1)
        hidden_2, slope_2 = _tanh(self.hidden_layer(hidden_1) * (1 + scale_2) + shift_2)
        moved = self.features.along(x, directions) @ self.input_layer.weight.T
        moved = moved * (slope_1 * (1 + scale_1))
        moved = (moved @ self.hidden_layer.weight.T) * (slope_2 * (1 + scale_2))
        velocity = self.output_layer(hidden_2)
        return velocity, (moved @ self.output_layer.weight.T * directions).sum(dim=(0, 2))


def _tanh(x: Tensor) -> tuple[Tensor, Tensor]:
    y = x.tanh()
    return y, 1 - y**2


def integrate(
    velocity: Velocity, x: Tensor, directions: Tensor, times: list[float]
) -> tuple[Tensor, Tensor, Tensor]:
    """Follow the velocity from each time to the next by 4th-order Runge-Kutta.

    Return the end (n, d), the integral of the trace (n,) and the mean squared velocity.
    """
    log_det, energy = torch.zeros(len(x), dtype=x.dtype), torch.zeros((), dtype=x.dtype)
    for now, then in pairwise(times):
        step = then - now
        v1, d1 = velocity(x, now, directions)
        v2, d2 = velocity(x + step / 2 * v1, now + step / 2, directions)
        v3, d3 = velocity(x + step / 2 * v2, now + step / 2, directions)
        v4, d4 = velocity(x + step * v3, then, directions)
        x = x + step / 6 * (v1 + 2 * v2 + 2 * v3 + v4)
        log_det = log_det + step / 6 * (d1 + 2 * d2 + 2 * d3 + d4)
        energy = energy + abs(step) * v1.square().mean()
    return x, log_det, energy


def even_times(steps: int) -> list[float]:
    """Return times from 0 to 1 at equal distances."""
    return [i / steps for i in range(steps + 1)]


def every_axis(x: Tensor) -> Tensor:
    """Return directions (d, n, d) whose sum of v.Jv is the trace."""
    return torch.eye(x.shape[1], dtype=x.dtype)[:, None].expand(-1, len(x), -1)


class NeuralODE(Bijection):
    """Moves points to standard normal noise in unit time, by a number of solver steps."""

    def __init__(self, velocity: Velocity, solver_steps: int) -> None:
        super().__init__()
        self.velocity, self.solver_steps = velocity, solver_steps

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        times = even_times(self.solver_steps)
        parts = torch.split(x, 500)  # each point has d directions
        ends = [integrate(self.velocity, part, every_axis(part), times)[:2] for part in parts]
        noise, log_det = zip(*ends, strict=True)
        return torch.cat(noise), torch.cat(log_det)

    def image(self, x: Tensor) -> Tensor:  # which needs no trace
        return integrate(self.velocity, x, x[:0, None], even_times(self.solver_steps))[0]

    def inverse(self, y: Tensor) -> Tensor:
        return integrate(self.velocity, y, y[:0, None], even_times(self.solver_steps)[::-1])[0]


@dataclass(kw_only=True, eq=False)
class ContinuousFlow(NormalizingFlow):
    """Moves samples to standard normal noise in unit time, and noise to samples backwards.

    Args:
        hidden: width of the two hidden layers of the velocity's network.
        exact: most coordinates for which training takes the exact trace, not an estimate.
        penalty: weight of the mean squared velocity in the loss.
        weight_decay: of AdamW.
        train_solver_steps: steps of Runge-Kutta in training.
        tolerance: largest error of a held-out log-density, in nats; the steps of Runge-Kutta for
            samples and densities are doubled until another doubling changes none by more.
        margin, steps, batch, learning_rate: as every `NormalizingFlow` has them.
    """

    hidden: int = 64
    exact: int = 4
    penalty: float = 0.1
    steps: int = 500
    weight_decay: float = 0.01
    train_solver_steps: int = 8
    tolerance: float = 1e-3

    title: ClassVar[str] = "A continuous flow"
    preprocessing: ClassVar = Whiten
    held_out_copies: ClassVar[int] = 2
    check_every: ClassVar[int] = 50

    def network(self, n: int, d: int) -> Bijection:
        return NeuralODE(Velocity(d, self.hidden), solver_steps=2 * self.train_solver_steps)

    def _loss(self, flow: Bijection, points: Tensor, rng: np.random.Generator) -> Tensor:
        directions = every_axis(points)
        if len(directions) > self.exact:
            directions = 2.0 * torch.randint(2, (1, *points.shape)) - 1
        # Uneven times, afresh for each batch: a velocity could learn to please a fixed few.
        times = even_times(self.train_solver_steps)
        jitter = rng.uniform(-0.4, 0.4, size=len(times) - 2) / self.train_solver_steps
        times[1:-1] = [time + late for time, late in zip(times[1:-1], jitter, strict=True)]
        velocity = cast(NeuralODE, flow).velocity
        noise, log_det, energy = integrate(velocity, points, directions, times)
        log_prob = log_det + normal_log_prob(noise)
        return self.penalty * energy * points.shape[1] - log_prob.mean()

    @torch.no_grad()
    def _finish(self, flow: Bijection, held_out: Tensor) -> Bijection:
        ode = cast(NeuralODE, flow)
        ode.solver_steps = self.train_solver_steps
        log_prob = log_density(ode, held_out)
        while ode.solver_steps <= 1000:
            ode.solver_steps, before = 2 * ode.solver_steps, log_prob
            log_prob = log_density(ode, held_out)
            if float((log_prob - before).abs().max()) < self.tolerance:
                return ode
        raise FloatingPointError("The flow is too stiff: a thousand solver steps are not enough.")
