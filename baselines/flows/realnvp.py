"""Normalizing flow of affine couplings: an exact density, and samples in one pass.

Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017,
https://arxiv.org/abs/1605.08803.

One coordinate alone has nothing to condition on: for d = 1 the flow is a plain normal distribution.

Over three seeds it takes .61 to .70 nats a test sample of the ring of eight Gaussians (entropy .31)
and 2.04 bits a pixel of the digits.
"""

from typing import ClassVar, Self

import numpy as np
from torch import Tensor

from ..training import new_seed, seeded
from .flow import (
    Array,
    Bijection,
    Composition,
    Coupling,
    NormalizingFlow,
    Standardize,
    coupling_orders,
    dropout_if_scarce,
    soft_clamp,
)


class AffineCoupling(Coupling):
    """Scales and shifts half of the coordinates by amounts that the other half decides."""

    def __init__(self, order: Tensor, hidden: int, dropout: float, bound: float) -> None:
        super().__init__(order, hidden, dropout, parameters=2)
        self.bound = bound

    def transform(self, moved: Tensor, parameters: Tensor) -> tuple[Tensor, Tensor]:
        log_scale, shift = self._affine(parameters)
        return moved * log_scale.exp() + shift, log_scale

    def untransform(self, image: Tensor, parameters: Tensor) -> Tensor:
        log_scale, shift = self._affine(parameters)
        return (image - shift) * (-log_scale).exp()

    def _affine(self, parameters: Tensor) -> tuple[Tensor, Tensor]:
        raw, shift = parameters.chunk(2, dim=1)
        return soft_clamp(raw, self.bound), shift


class NoiseForWholeNumbers(Standardize):
    """Adds noise to whole numbers only: what is constant is narrow, but the same in each batch."""

    def _noisy_copies(self, train: Array, rng: np.random.Generator) -> Array:
        # Noise is drawn for other numbers too, and comes to nothing.
        many = np.repeat(train, 10, axis=0)
        return many + rng.uniform(-0.5, 0.5, many.shape) * self.whole_numbers

    def dequantize(self, samples: Array, rng: np.random.Generator) -> Array:
        return super().dequantize(samples, rng) if self.whole_numbers else samples


class RealNVP(NormalizingFlow):
    """Couplings that turn samples into standard normal noise, and noise into samples.

    Args:
        layers: couplings; each pair moves every coordinate once.
        hidden: width of the two hidden layers of each coupling's network.
        dropout: share of hidden units dropped in training where samples are scarce: fewer than a
            hundred for each coordinate.
        bound: largest absolute log-scale of a coupling.
        margin, steps, batch, rate: as every `NormalizingFlow` has them.
    """

    title: ClassVar[str] = "RealNVP"
    preprocessing: ClassVar = NoiseForWholeNumbers
    may_stay_untrained: ClassVar[bool] = True
    decay = 0.1

    def __init__(
        self,
        layers: int = 24,
        hidden: int = 64,
        dropout: float = 0.2,
        bound: float = 2.0,
        margin: float = 0.01,
        steps: int = 1200,
        batch: int = 256,
        rate: float = 8e-3,
    ) -> None:
        super().__init__(margin=margin, steps=steps, batch=batch, rate=rate)
        self.layers, self.hidden, self.dropout, self.bound = layers, hidden, dropout, bound

    def network(self, n: int, d: int) -> Bijection:
        dropout = dropout_if_scarce(self.dropout, n, d)
        return Composition(
            AffineCoupling(order, self.hidden, dropout, self.bound)
            for order in coupling_orders(self.layers, d)
        )

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        seed = new_seed(rng)  # for first weights and for dropout alike
        used, held_out = self._split(train, rng)
        with seeded(seed):
            flow = self.network(*train.shape)
        with seeded(seed):
            self.flow = self._train(flow, used, held_out, rng)
        return self
