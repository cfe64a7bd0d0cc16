"""What the GANs share: units of the data, two networks, and the game that trains them.

All differ from their papers in what steadies the game: both rates fall to zero along half a cosine,
samples come from a running average of the generator, and noise has no more coordinates than samples
have. Those that are an `R1GAN` also make the discriminator pay for steep slopes at real samples, at
first more than in the end. Whole numbers are dequantised: they and what is generated in their place
get the same even noise, else the discriminator need only look for fractions.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.optim import Optimizer

from ..training import (
    EMA,
    Array,
    FourierFeatures,
    Net,
    Trained,
    WarmupCosine,
    finite,
    gradient_step,
    mlp,
    new_seed,
    progress,
    seeded,
)

leaky_relu = partial(nn.LeakyReLU, 0.2)


def logistic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Return the cross-entropy of logits that say whether a sample is real, of both kinds."""
    return softplus(-real).mean() + softplus(fake).mean()


def probability(discriminator: nn.Module, inputs: Tensor) -> Array:
    """Return the probability of being real (n,) that a discriminator gives as a logit (n, 1)."""
    with torch.no_grad():
        logits: Tensor = discriminator(inputs)[:, 0]
    return logits.double().sigmoid().numpy()


def adam(
    weights: Iterable[Tensor], rate: float, *, betas: tuple[float, float] = (0.5, 0.99)
) -> Optimizer:
    """Return Adam with little momentum: the other's move makes yesterday's gradient misleading."""
    return torch.optim.Adam(weights, lr=rate, betas=betas, fused=True)


class Discriminator(nn.Module):
    """Returns a number (n, 1) for each pack of samples, and whatever it is told beside them.

    Args:
        d: coordinates of a sample; where they are few, it reads Fourier features of them.
        pack: samples in a pack, one after another in its input.
        told: numbers that follow them.
        hidden: widths of the hidden layers.
        frequencies: directions of the Fourier features.
    """

    def __init__(
        self, d: int, pack: int, told: int, hidden: Sequence[int], frequencies: int
    ) -> None:
        super().__init__()
        self.d, self.pack = d, pack
        self.features = FourierFeatures(d, frequencies)
        width = pack * self.features.width + told
        self.layers = mlp(width, *hidden, 1, activation=leaky_relu)

    def forward(self, inputs: Tensor) -> Tensor:
        samples, told = inputs.tensor_split([self.pack * self.d], dim=1)
        features = self.features(samples.reshape(-1, self.d)).reshape(len(inputs), -1)
        output: Tensor = self.layers(torch.cat([features, told], dim=1))
        return output


class Units:
    """Units in which the data (n, d) have mean zero and deviation one."""

    def __init__(self, train: Array) -> None:
        self.whole = bool(np.array_equal(train, np.rint(train)))
        width = float(self.whole)  # of the noise that dequantises
        deviation = np.sqrt(train.var(axis=0) + width / 12)
        if self.whole:  # they share a unit, and dull coordinates should stay small
            deviation[:] = np.sqrt((deviation**2).mean())
        self.centre, self.scale = train.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
        self.cell = torch.tensor(width / self.scale).float()
        # Whole numbers end at the least and the greatest: often there are many of these.
        self.edges = self.standardize(np.tile([[train.min()], [train.max()]], train.shape[1]))

    def standardize(self, samples: Array) -> Tensor:
        return torch.tensor((samples - self.centre) / self.scale, dtype=torch.float32)

    def dequantize(self, points: Tensor) -> Tensor:
        """Give points (n, d) that stand for whole numbers fresh places in their cells."""
        return points + (torch.rand(points.shape) - 0.5) * self.cell

    def bound(self, output: Tensor) -> Tensor:
        """Return the points (n, d) that a generator's output means: whole numbers keep in range."""
        lowest, highest = self.edges
        return lowest + (highest - lowest) * output.sigmoid() if self.whole else output

    def samples(self, output: Tensor) -> Array:
        """Return the samples (n, d) that a generator's output means.

        Raises:
            FloatingPointError: they are not finite.
        """
        points = self.bound(output).double().numpy()
        samples = finite(points * self.scale + self.centre, "The generator")
        return np.rint(samples) if self.whole else samples


@dataclass(kw_only=True, eq=False)
class Adversarial(Trained, ABC):
    """A generator and a discriminator; a model says what each of the two lowers.

    Args:
        latent: coordinates of the normal noise that the generator maps to samples, at most as many
            as a sample has: with more, modes never become narrow.
        hidden: width of the hidden layers of both networks.
        steps: gradient steps of the generator.
        batch: what the discriminator judges in a step, of real and of generated samples each.
        rate: first learning rate of the generator, and of the discriminator if that has none.
        ema_decay: memory of the running average of the generator; 0 for none.
        frequencies: directions of the sines and cosines that the discriminator reads beside the
            coordinates of a sample, where these are at most three. They show it how narrow modes
            are, and blur what is coarse.
    """

    latent: int = 64
    hidden: int = 128
    steps: int = 6000
    batch: int = 256
    learning_rate: float = 1e-3
    ema_decay: float = 0.998
    frequencies: int = 0

    # Some models make settings of these.
    layers = 3  # hidden layers of each network
    pack = 1  # samples that the discriminator judges at once
    critic_steps = 1  # steps of the discriminator for each of the generator

    name = "GAN"  # for the progress bar
    betas = (0.5, 0.99)  # of Adam: its memory of gradients and of their squares

    @property
    def discriminator_rate(self) -> float:
        """First learning rate of the discriminator, of which some models make a setting."""
        return self.learning_rate

    @abstractmethod
    def discriminator_loss(self, real: Tensor, fake: Tensor, step: int) -> Tensor:
        """Return what the discriminator lowers, of what it is shown."""

    @abstractmethod
    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        """Return what the generator lowers; the discriminator has seen `real`, but not `fake`."""

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        seed = new_seed(rng)
        data = self.prepare(train, rng)
        d, told = train.shape[1], self.told()
        hidden = self.layers * [self.hidden]
        with seeded(new_seed(rng)):
            generator = mlp(self.latent_width(d) + told, *hidden, d, activation=leaky_relu)
            self.discriminator = Discriminator(d, self.pack, told, hidden, self.frequencies)
        ema = EMA(generator, self.ema_decay)
        with seeded(seed):
            self.play(data, generator, ema)
        self.generator = ema.network
        return self

    def play(self, data: Tensor, generator: nn.Module, ema: EMA[Net]) -> None:
        """Train both networks on the rows that `prepare` returned, and average the generator's."""
        optimisers = self.optimisers(generator)
        steps = self.scaled(self.steps)
        schedules = [WarmupCosine(optimiser, steps) for optimiser in optimisers]
        for step in progress(range(steps), self.name):
            for _ in range(self.critic_steps):
                real = self.real_batch(data, step)
                with torch.no_grad():
                    fake = self.fake_batch(generator, real, step)
                gradient_step(optimisers[0], self.discriminator_loss(real, fake, step))
            fake = self.fake_batch(generator, real, step)
            gradient_step(optimisers[1], self.generator_loss(real, fake))
            for schedule in schedules:
                schedule.step()
            ema.update()

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self.units.samples(self.generator(self.latents(n, rng)))

    def prepare(self, train: Array, rng: np.random.Generator) -> Tensor:
        """Return the rows of which batches of real samples are made."""
        self.units = Units(train)
        return self.units.standardize(train)

    def latent_width(self, d: int) -> int:
        """Return how many coordinates the noise has for samples of d coordinates."""
        return min(self.latent, d)

    def told(self) -> int:
        """Return how many numbers both networks are told beside their other input."""
        return 0

    def optimisers(self, generator: nn.Module) -> list[Optimizer]:
        """Return the discriminator's and the generator's."""
        return [
            adam(self.discriminator.parameters(), self.discriminator_rate, betas=self.betas),
            adam(generator.parameters(), self.learning_rate, betas=self.betas),
        ]

    def real_batch(self, data: Tensor, step: int) -> Tensor:
        rows = torch.randint(len(data), (self.batch * self.pack,))
        return self.discriminator_input(data[rows], step)

    def fake_batch(self, generator: nn.Module, real: Tensor, step: int) -> Tensor:
        """Return what is generated to be compared with a real batch."""
        z = torch.randn(self.batch * self.pack, self.latent_width(len(self.units.scale)))
        return self.discriminator_input(self.units.bound(generator(z)), step)

    def discriminator_input(self, points: Tensor, step: int) -> Tensor:
        """Return what the discriminator is shown of real or generated points in this step."""
        return self.units.dequantize(points)

    def discriminator_output(self, inputs: Tensor) -> Tensor:
        """Return the discriminator's number for each input (n, 1): the greater, the more real."""
        output: Tensor = self.discriminator(inputs)
        return output

    def latents(self, n: int, rng: np.random.Generator) -> Tensor:
        width = self.latent_width(len(self.units.scale))
        return torch.tensor(rng.normal(size=(n, width)), dtype=torch.float32)


@dataclass(kw_only=True, eq=False)
class SlopePenalizedGAN(Adversarial):
    """The discriminator pays for steep slopes; a model says where.

    At first it pays much, so that samples spread over all modes, and less and less, so that these
    may become narrow.

    Args:
        slope_penalty: first weight of a squared slope, per coordinate.
        last_slope_penalty: what it falls to, in equal ratios.
    """

    slope_penalty: float = 0.1
    last_slope_penalty: float = 0.001

    penalty_every = 4  # steps, each of which pays for so many: cheaper, and as good in long games

    def slope_weight(self, step: int) -> float:
        """Return what a squared slope costs in this step: nothing in most."""
        if step % self.penalty_every:
            return 0.0
        share = step / self.scaled(self.steps)
        per_coordinate = self.slope_penalty ** (1 - share) * self.last_slope_penalty**share
        # Distances grow with the root of d, so slopes shrink and their squares by d.
        return self.penalty_every * per_coordinate * len(self.units.scale) / 2


@dataclass(kw_only=True, eq=False)
class R1GAN(SlopePenalizedGAN):
    """The discriminator gives logits and pays for steep slopes at real samples.

    R1 is from Mescheder et al., "Which training methods for GANs do actually converge?", ICML 2018,
    https://arxiv.org/abs/1801.04406. The generator's loss does not saturate.
    """

    def discriminator_loss(self, real: Tensor, fake: Tensor, step: int) -> Tensor:
        loss = self.unpenalized_loss(real, fake)
        if weight := self.slope_weight(step):
            loss = loss + weight * self.slope(real).square().sum(1).mean()
        return loss

    def unpenalized_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        return logistic_loss(self.discriminator_output(real), self.discriminator_output(fake))

    def generator_loss(self, real: Tensor, fake: Tensor) -> Tensor:
        return softplus(-self.discriminator_output(fake)).mean()

    def slope(self, real: Tensor) -> Tensor:
        """Return the gradient of the discriminator's output at each input, of the same shape."""
        real = real.detach().requires_grad_()
        outputs = self.discriminator_output(real).sum()
        (slope,) = torch.autograd.grad(outputs, real, create_graph=True)
        return slope
