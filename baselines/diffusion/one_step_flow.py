"""A network that leaps from noise to data at once, taught by a flow that takes many steps.

Flow matching (`flow_matching`) carries noise along a differential equation; where each of many
noises ends is known then, and a second network learns it by regression: the distillation of Luhman,
Luhman, "Knowledge distillation in iterative generative models for improved sampling speed", 2021,
https://arxiv.org/abs/2101.02388, of a flow in place of a diffusion model, as Liu, Gong, Liu, "Flow
straight and fast", ICLR 2023, https://arxiv.org/abs/2209.03003, end.

Differs from the papers: the loss is the distance, not its square, so that a noise between two modes
is sent to one of them and not between (a pseudo-Huber loss, as in Song, Dhariwal, "Improved
techniques for training consistency models", ICLR 2024, https://arxiv.org/abs/2310.14189).

With one seed .82 of the grid's samples reach the density that .95 of real ones reach, all 25 modes
among them (the flow it learns from: .90), in some 60 CPU seconds on a busy machine.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import (
    EMA,
    Array,
    FourierFeatures,
    Trained,
    WarmupCosine,
    minimise,
    mlp,
    new_seed,
    seeded,
    torch_generator,
)
from .flow_matching import FlowMatching

BATCH = 256  # pairs per step
SOFTNESS = 0.03  # distance, in deviations of the data, below which it counts by its square
EMA_DECAY = 0.995  # memory of the running average of the weights, which samples


@dataclass(kw_only=True, eq=False)
class OneStepFlow(Trained):
    """Draws by one pass of a network.

    Args:
        hidden: width of the network's three hidden layers.
        pairs: noises whose ends are learned; no more than batches have room for.
        steps: gradient steps, with a learning rate that rises for a hundred and falls along half a
            cosine; the flow takes half as many.
        learning_rate: highest learning rate.
    """

    hidden: int = 256
    pairs: int = 20_000
    steps: int = 4000
    learning_rate: float = 2e-3

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.teacher = FlowMatching(steps=max(1, self.steps // 2), budget=self.budget)
        self.teacher.fit(train, rng=rng)
        random, steps = torch_generator(rng), self.scaled(self.steps)
        d, pairs = train.shape[1], min(self.pairs, steps * BATCH)
        noise = torch.randn((pairs, d), generator=random)
        ends = self.teacher.carry(noise)
        with seeded(new_seed(rng)):
            features = FourierFeatures(d)
            widths = (features.width, *3 * [self.hidden], d)
            network = nn.Sequential(features, *mlp(*widths, activation=nn.SiLU))

        def loss(_: int) -> Tensor:
            rows = torch.randint(pairs, (BATCH,), generator=random)
            squares: Tensor = (network(noise[rows]) - ends[rows]).square().sum(dim=1) / d
            return (squares + SOFTNESS**2).sqrt().mean()

        optimiser = torch.optim.Adam(
            network.parameters(), lr=self.learning_rate, betas=(0.9, 0.99), fused=True
        )
        schedule = WarmupCosine(optimiser, steps, warmup=100)
        ema = EMA(network, EMA_DECAY)
        for _ in minimise(loss, optimiser, schedule, steps=steps, name="One step"):
            ema.update()
        self.network = ema.network
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        noise = torch.tensor(rng.normal(size=(n, len(self.teacher.axes.spread))))
        with torch.no_grad():
            return self.teacher.axes.decode(self.network(noise.float()))
