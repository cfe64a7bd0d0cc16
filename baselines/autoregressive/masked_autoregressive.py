"""Masked autoregressive network: every coordinate's distribution given those before it, at once.

MADE: Masked Autoencoder for Distribution Estimation, Germain et al., ICML 2015,
https://arxiv.org/abs/1502.03509.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .base import AutoregressiveModel
from .network import AutoregressiveNetwork, Cache


class MaskedLinear(nn.Linear):
    """A linear layer some of whose weights are always zero."""

    mask: Tensor

    def __init__(self, mask: Tensor) -> None:
        super().__init__(mask.shape[1], mask.shape[0])
        self.register_buffer("mask", mask)

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.linear(x, self.weight * self.mask, self.bias)


class MaskedNetwork(AutoregressiveNetwork):
    """Three layers with masks: a hidden unit sees coordinates up to its degree."""

    def __init__(self, marginals: Tensor, hidden: int, dropout: float) -> None:
        d, count = marginals.shape
        super().__init__(count)
        degree = torch.arange(hidden) % max(d - 1, 1)
        coordinate = torch.arange(d).repeat_interleave(count)
        self.input_layer = MaskedLinear((degree[:, None] >= coordinate).float())
        self.hidden_layer = MaskedLinear((degree[:, None] >= degree).float())
        self.output_layer = MaskedLinear((coordinate[:, None] > degree).float())
        self.dropout = nn.Dropout(dropout)
        self.marginals = nn.Parameter(marginals)
        nn.init.zeros_(self.output_layer.weight)

    def forward(self, levels: Tensor) -> Tensor:
        n, d = levels.shape
        h = self.input_layer(self.basis[levels].view(n, -1))
        h = h + self.hidden_layer(self.dropout(nn.functional.silu(h)))
        h = self.output_layer(self.dropout(nn.functional.silu(h))).view(n, d, -1)
        logits: Tensor = self.marginals + h @ self.basis.T
        return logits

    def next_logits(self, levels: Tensor, cache: Cache) -> Tensor:
        i, d = levels.shape[1], len(self.marginals)
        logits: Tensor = self(nn.functional.pad(levels, (0, d - i)))[:, i]
        return logits


@dataclass(kw_only=True, eq=False)
class MaskedAutoregressive(AutoregressiveModel):
    """Predicts all coordinates of a sample in one pass of a masked network.

    Args:
        hidden: width of the network's two hidden layers.
    """

    bins: int = 96  # it draws thin lines, as of spirals, worse with more
    hidden: int = 512
    epochs: int = 100
    patience: int = 10
    learning_rate: float = 2e-3

    name = "masked network"
    clip = None

    def network(self, marginals: Tensor) -> MaskedNetwork:
        return MaskedNetwork(marginals, self.hidden, self.dropout)
