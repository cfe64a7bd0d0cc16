"""Robust GAN: a Gaussian fitted to data of which a share may come from anywhere.

Gao, Liu, Yao, Zhu, "Robust estimation and generative adversarial nets", ICLR 2019,
https://arxiv.org/abs/1810.02030. The generator is an affine map of normal noise and plays the
minimax game against a discriminator with one hidden layer of sigmoids. These are bounded, so a few
samples count for few however far off they are, and the generator follows the many, with an error
that does not grow with the dimension as the coordinate-wise median's does.

Differs from the paper: the width of each coordinate is learned too, from the median absolute
deviation on; the rest of the covariance is left out (it is the subject of Gao, Yao, Zhu,
"Generative adversarial nets for robust scatter estimation: a proper scoring rule perspective", JMLR
2020); Adam with rates that fall to zero takes the place of gradient descent; the estimate is the
mean over the second half of the steps; and the discriminator's weights are free, as weights kept
small leave the sigmoids all but linear, and blind to what is not mean or spread.

In ten dimensions, with 5,000 samples of which a fifth lies five deviations off in every coordinate,
the mean is wrong by 3.19, the coordinate-wise median by 1.01, this by .058 and the mean of the
good samples by .063, in 1 CPU second.
"""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ..training import Trained, WarmupCosine, gradient_step, new_seed, progress, seeded
from .adversarial import Array, adam, logistic_loss, probability


@dataclass(kw_only=True, eq=False)
class RobustGAN(Trained):
    """After fitting, `centre` and `width` (d,) are the estimated mean and standard deviations.

    Args:
        hidden: sigmoids of the discriminator.
        steps: gradient steps of the generator.
        discriminator_steps: steps of the discriminator for each of these.
        batch: samples per step.
        rate: first learning rate of the generator.
        discriminator_rate: first learning rate of the discriminator.
    """

    hidden: int = 20
    steps: int = 400
    discriminator_steps: int = 5
    batch: int = 500
    learning_rate: float = 0.02
    discriminator_rate: float = 0.02

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        seed, d = new_seed(rng), train.shape[1]
        self.median, self.deviation = _median_and_deviation(train)
        whole = float(np.array_equal(train, np.rint(train)))
        data = torch.tensor((train - self.median) / self.deviation, dtype=torch.float32)
        cell = torch.tensor(whole / self.deviation, dtype=torch.float32)
        centre, log_width = torch.zeros(d, requires_grad=True), torch.zeros(d, requires_grad=True)
        with seeded(new_seed(rng)):
            self.discriminator = nn.Sequential(
                nn.Linear(d, self.hidden), nn.Sigmoid(), nn.Linear(self.hidden, 1)
            )
        optimisers = [
            adam(self.discriminator.parameters(), self.discriminator_rate),
            adam([centre, log_width], self.learning_rate),
        ]
        steps = self.scaled(self.steps)
        schedules = [WarmupCosine(optimiser, steps) for optimiser in optimisers]
        sums, used = torch.zeros(2, d, dtype=torch.float64), 0

        def generated() -> Tensor:
            return centre + log_width.exp() * torch.randn(self.batch, d)

        with seeded(seed):
            for step in progress(range(steps), "Robust GAN"):
                for _ in range(self.discriminator_steps):
                    real = data[torch.randint(len(data), (self.batch,))]
                    real = real + (torch.rand(real.shape) - 0.5) * cell
                    fake = generated().detach()
                    loss = logistic_loss(self.discriminator(real), self.discriminator(fake))
                    gradient_step(optimisers[0], loss)
                gradient_step(optimisers[1], -softplus(self.discriminator(generated())).mean())
                for schedule in schedules:
                    schedule.step()
                if step >= steps // 2:
                    sums, used = sums + torch.stack([centre, log_width]).detach(), used + 1
        shift, log_growth = (sums / used).numpy()
        self.centre = self.median + self.deviation * shift
        self.width = self.deviation * np.exp(log_growth)
        if not np.isfinite([self.centre, self.width]).all():
            raise FloatingPointError("The robust GAN diverged: its estimates are not finite.")
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        samples: Array = self.centre + self.width * rng.normal(size=(n, len(self.centre)))
        return samples

    def log_prob(self, samples: Array) -> Array:
        """Exact: log-density of the Gaussian (n,), in nats."""
        z = (samples - self.centre) / self.width
        terms = -(z**2 + math.log(2 * math.pi)) / 2 - np.log(self.width)
        return np.asarray(terms.sum(axis=1))

    def discriminate(self, samples: Array) -> Array:
        """Return the probability that each sample is real (n,), as the discriminator sees it."""
        points = torch.tensor((samples - self.median) / self.deviation, dtype=torch.float32)
        return probability(self.discriminator, points)


def _median_and_deviation(train: Array) -> tuple[Array, Array]:
    """Return the median (d,) and the deviation that the median distance from it suggests (d,)."""
    median = np.median(train, axis=0)
    deviation = 1.4826 * np.median(np.abs(train - median), axis=0)  # of a normal: its deviation
    whole = np.array_equal(train, np.rint(train))
    # Most values may be one and the same; and if all are, something must stand for zero.
    deviation = np.where(deviation > 0, deviation, train.std(axis=0))
    least = math.sqrt(1 / 12) if whole else 1e-4 * np.maximum(1.0, np.abs(train).max(axis=0))
    seen = deviation > 1e-9 * np.abs(median)
    return median, np.where(seen, np.maximum(deviation, whole * least), least)
