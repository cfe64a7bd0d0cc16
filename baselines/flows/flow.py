"""What the flows share: conditioners, couplings, training, samples, densities.

A flow is a bijection f from samples x to standard normal noise, with a Jacobian whose determinant
is cheap: log p(x) = log N(f(x); 0, I) + log |det df/dx|. Its inverse turns noise into samples.

Some of the samples are held out. The flow that is kept is a moving average (EMA) of the one that
is trained, at the step where held-out samples are likeliest.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Self, TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn

from ..training import (
    Array,
    Trained,
    WarmupCosine,
    finite,
    minimise_held_out,
    n_held_out,
    new_seed,
    scarce,
    seeded,
)
from .preprocessing import Standardize

Layer = TypeVar("Layer", bound=nn.Module)


class Bijection(nn.Module, ABC):
    """A layer that can be inverted, or a whole flow of them."""

    @abstractmethod
    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the image (n, ...) and log |det Jacobian| (n,)."""

    @abstractmethod
    def inverse(self, y: Tensor) -> Tensor:
        """Return what has the image y."""

    def image(self, x: Tensor) -> Tensor:
        """Return the image alone, (n, ...)."""
        return cast(Tensor, self(x)[0])


class Composition(Bijection):
    """Layers one after another."""

    def __init__(self, layers: Iterable[Bijection]) -> None:
        super().__init__()
        self.layers = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        total = torch.zeros(len(x), dtype=x.dtype)
        for layer in self.layers:
            x, log_det = layer(x)
            total = total + log_det
        return x, total

    def inverse(self, y: Tensor) -> Tensor:
        for layer in reversed(self.layers):
            y = cast(Bijection, layer).inverse(y)
        return y


def log_normal(x: Tensor) -> Tensor:
    """Return the log-density of a standard normal number at each entry."""
    return -0.5 * (x**2 + math.log(2 * math.pi))


def normal_log_prob(noise: Tensor) -> Tensor:
    """Return the log-density (n,) of standard normal noise (n, d)."""
    return log_normal(noise).sum(dim=1)


def log_density(flow: Bijection, points: Tensor) -> Tensor:
    """Return the log-density (n,) of points (n, d) that a flow turns into noise."""
    noise, log_det = flow(points)
    return cast(Tensor, log_det + normal_log_prob(noise))


def soft_clamp(raw: Tensor, bound: float) -> Tensor:
    """Keep log-scales within the bound, lest one sample far out blow up the whole flow."""
    return bound * torch.tanh(raw / bound)


def zero_init(layer: Layer) -> Layer:
    """Return the layer with weights of zero."""
    for weight in layer.parameters():
        nn.init.zeros_(weight)
    return layer


class Conditioner(nn.Module):
    """A network of two hidden layers; its output begins as zero, and what it steers as nothing.

    Dropout drops the same units or channels for a whole batch: nearly as good as a draw for each
    sample, and far cheaper.
    """

    def __init__(
        self,
        input_layer: nn.Module,
        hidden_layer: nn.Module,
        output_layer: nn.Linear | nn.Conv2d,
        dropout: float,
    ) -> None:
        super().__init__()
        self.input_layer, self.hidden_layer = input_layer, hidden_layer
        self.output_layer, self.dropout = zero_init(output_layer), dropout

    def forward(self, x: Tensor) -> Tensor:
        hidden = self._drop(torch.relu(self.input_layer(x)))
        hidden = self._drop(torch.relu(self.hidden_layer(hidden)))
        output: Tensor = self.output_layer(hidden)
        return output

    def _drop(self, hidden: Tensor) -> Tensor:
        if not self.training or self.dropout == 0:
            return hidden
        units = hidden.shape[1], *[1] * (hidden.dim() - 2)
        stays = torch.rand(units) >= self.dropout
        return hidden * (stays / (1 - self.dropout))


class Coupling(Bijection):
    """Moves half of the coordinates by a rule that the other half decides.

    One coordinate alone has nothing to condition on: its rule is the same for all samples.

    Args:
        order: a permutation of the coordinates; the first half decides, the second is moved.
        hidden: width of the conditioner's two hidden layers.
        dropout: share of hidden units dropped in training.
        parameters: of the rule, for each coordinate that is moved.
    """

    def __init__(self, order: Tensor, hidden: int, dropout: float, parameters: int) -> None:
        super().__init__()
        self.order, self.inverse_order = order, torch.argsort(order)
        self.n_kept, self.n_moved = len(order) // 2, len(order) - len(order) // 2
        self.conditioner = Conditioner(
            nn.Linear(max(1, self.n_kept), hidden),
            nn.Linear(hidden, hidden),
            nn.Linear(hidden, self.n_moved * parameters),
            dropout,
        )

    @abstractmethod
    def transform(self, moved: Tensor, parameters: Tensor) -> tuple[Tensor, Tensor]:
        """Return the image of what is moved (n, k) and the logs of the slopes there."""

    @abstractmethod
    def untransform(self, image: Tensor, parameters: Tensor) -> Tensor:
        """Return what the rule moves to this image (n, k)."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        kept, moved, parameters = self._split(x)
        image, log_slopes = self.transform(moved, parameters)
        return self._join(kept, image), log_slopes.sum(dim=1)

    def inverse(self, y: Tensor) -> Tensor:
        kept, image, parameters = self._split(y)
        return self._join(kept, self.untransform(image, parameters))

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        ordered = x.index_select(1, self.order)
        kept, moved = torch.split(ordered, [self.n_kept, self.n_moved], dim=1)
        given = kept if self.n_kept else kept.new_zeros((len(kept), 1))
        return kept, moved, self.conditioner(given)

    def _join(self, kept: Tensor, moved: Tensor) -> Tensor:
        return torch.cat([kept, moved], dim=1).index_select(1, self.inverse_order)


def coupling_orders(layers: int, d: int) -> Iterator[Tensor]:
    """Yield an order for each coupling, such that each pair moves every coordinate once."""
    order = torch.arange(d)
    for layer in range(layers):
        order = order.flip(0) if layer % 2 else torch.randperm(d)
        yield order


def dropout_if_scarce(dropout: float, n: int, d: int) -> float:
    """Return the dropout where samples are scarce, and none elsewhere."""
    return dropout if scarce(n, d) else 0.0


@dataclass(kw_only=True, eq=False)
class NormalizingFlow(Trained, ABC):
    """Turns samples into standard normal noise, and noise into samples.

    Args:
        margin: share of the range of whole numbers left free at either end before the logit.
        steps: gradient steps, with a learning rate that rises for a hundred steps to `rate`, then
            falls along half a cosine.
        batch: samples per step.
        learning_rate: highest learning rate.

    A model says how its network is made; more, if it differs in more.
    """

    margin: float = 0.01
    steps: int = 2000
    batch: int = 256
    learning_rate: float = 8e-3

    title: ClassVar[str]  # begins a sentence
    preprocessing: ClassVar[type[Standardize]] = Standardize
    held_out_copies: ClassVar[int] = 5  # of whole numbers, each with noise of its own
    check_every: ClassVar[int] = 20  # steps, on what is held out
    weight_decay = 0.0

    @abstractmethod
    def network(self, n: int, d: int) -> Bijection:
        """Return an untrained flow for n training samples of d coordinates."""

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n, d = train.shape
        if n < 8:
            raise ValueError(f"{self.title} needs at least 8 samples, not {n}.")
        self.frame = self.preprocessing(train, self.margin, rng)
        held_out, used = np.split(train[rng.permutation(n)], [n_held_out(n)])
        with seeded(new_seed(rng)):
            flow = self.network(n, d)
        self.flow = self._train(flow, used, held_out, rng)
        return self

    def _train(
        self, flow: Bijection, used: Array, held_out: Array, rng: np.random.Generator
    ) -> Bijection:
        """Return the moving average of the flow that gives held-out samples the most density."""
        seed = new_seed(rng)  # of the stream that dropout, for one, draws from
        copies = self.held_out_copies if self.frame.whole_numbers else 1
        check = self._points(np.repeat(held_out, copies, axis=0), rng)
        optimiser = torch.optim.AdamW(
            flow.parameters(), lr=self.learning_rate, weight_decay=self.weight_decay, fused=True
        )

        def loss(_: int) -> Tensor:
            batch = used[rng.integers(len(used), size=self.batch)]
            return self._loss(flow, self._points(batch, rng), rng)

        def held_out_loss(averaged: Bijection) -> Tensor:
            return -log_density(averaged, check).mean()

        steps = self.scaled(self.steps)
        with seeded(seed):
            kept = minimise_held_out(
                flow,
                loss,
                held_out_loss,
                optimiser,
                WarmupCosine(optimiser, steps, warmup=100),
                steps=steps,
                name=self.title.removeprefix("A "),
                check_every=self.check_every,
                clip=5.0,
            )
        # In double precision: inverting many layers, or steep and flat ones, magnifies errors.
        return self._finish(kept.double(), check.double())

    def _loss(self, flow: Bijection, points: Tensor, rng: np.random.Generator) -> Tensor:
        """Return what training makes small on a batch of points (n, d)."""
        return -log_density(flow, points).mean()

    def _finish(self, flow: Bijection, held_out: Tensor) -> Bijection:
        """Return a trained flow, ready for use; held-out points (n, d) may decide how."""
        return flow

    def _points(self, samples: Array, rng: np.random.Generator) -> Tensor:
        return torch.as_tensor(self.frame.forward(self.frame.dequantize(samples, rng))[0]).float()

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self.decode(self.sample_latents(n, rng=rng))

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        return rng.standard_normal((n, len(self.frame.mean)))

    @torch.no_grad()
    def encode(self, samples: Array) -> Array:
        """Return the noise (n, d) that the flow makes of samples, once they are in range."""
        points = torch.as_tensor(self.frame.forward(self.frame.clip(samples))[0])
        return np.asarray(self.flow.image(points).numpy())

    @torch.no_grad()
    def decode(self, latents: Array) -> Array:
        """Return the samples (n, d) that the flow makes of noise."""
        points = self.flow.inverse(torch.as_tensor(latents)).numpy()
        return finite(self.frame.inverse(points), "The flow")

    @torch.no_grad()
    def log_prob(self, samples: Array) -> Array:
        """Return the log-density of each sample (n,), in nats per unit of volume of sample space.

        On whole numbers it is the density of the dequantised ones, and minus infinity beyond the
        training range by more than the margin.
        """
        inside = self.frame.in_range(samples)
        log_prob = np.full(len(samples), -np.inf)
        points, log_det = self.frame.forward(samples[inside])
        log_prob[inside] = log_density(self.flow, torch.as_tensor(points)).numpy() + log_det
        return log_prob
