"""Normalizing flow of affine couplings: an exact density, and samples in one pass.

Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017,
https://arxiv.org/abs/1605.08803.

One coordinate alone has nothing to condition on: for d = 1 the flow is a plain normal distribution.

Over five seeds .39 to .53 (mean .48) of the grid's samples reach the density that .95 of real ones
reach, in a minute of one core. Tried with one seed, that with .53: of 12 couplings .46 (twice as
wide: .43), and of 24 with 4,000 steps .56, in nearly two. Sines and cosines of what a coupling
reads made training diverge.
"""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from .flow import (
    Bijection,
    Composition,
    Coupling,
    NormalizingFlow,
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


@dataclass(kw_only=True, eq=False)
class RealNVP(NormalizingFlow):
    """Couplings that turn samples into standard normal noise, and noise into samples.

    Args:
        layers: couplings; each pair moves every coordinate once.
        hidden: width of the two hidden layers of each coupling's network.
        dropout: share of hidden units dropped in training where samples are scarce: fewer than a
            hundred for each coordinate.
        bound: largest absolute log-scale of a coupling.
        margin, steps, batch, learning_rate: as every `NormalizingFlow` has them.
    """

    layers: int = 16
    hidden: int = 64
    dropout: float = 0.2
    bound: float = 2.0
    steps: int = 3500
    learning_rate: float = 4e-3

    title: ClassVar[str] = "RealNVP"
    weight_decay = 0.1

    def network(self, n: int, d: int) -> Bijection:
        dropout = dropout_if_scarce(self.dropout, n, d)
        return Composition(
            AffineCoupling(order, self.hidden, dropout, self.bound)
            for order in coupling_orders(self.layers, d)
        )
