"""Dilated causal convolutions over a sample's coordinates, taken as a sequence.

van den Oord et al., "WaveNet: a generative model for raw audio", 2016,
https://arxiv.org/abs/1609.03499. Each layer looks twice as far back as the one before it, so a few
layers see the whole sample. Differs from the paper: as many layers as the sample is long, once and
not in repeated stacks, and coordinates have places of their own, so a positional embedding tells
the layers where they are.

Over three seeds it reaches 1.77 bits per dimension on digits, where the Fréchet distance is 4.4 to
5.2, in 40 CPU seconds, and .26 on the ring, in 2. Of text, one seed of `CausalConvolutionText`
reaches 1.84 bits a symbol on `english`, in 127 CPU seconds: .23 more than n-grams of order 7 take,
and .26 more than those of order 12.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from .sequence import SequenceModel, SequenceNetwork


class GatedLayer(nn.Module):
    """A causal convolution of two places `dilation` apart, gated; adds to what it reads."""

    def __init__(self, width: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.dilation = dilation
        self.convolution = nn.Linear(2 * width, 2 * width)
        self.residual_and_skip = nn.Linear(width, 2 * width)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return what the next layer reads, and what skips to the output (n, length, width)."""
        earlier = nn.functional.pad(x, (0, 0, self.dilation, 0))[:, : x.shape[1]]
        content, gate = self.convolution(torch.cat([earlier, x], dim=2)).chunk(2, dim=2)
        h = self.dropout(content.tanh() * gate.sigmoid())
        residual, skip = self.residual_and_skip(h).chunk(2, dim=2)
        return x + residual, skip


class CausalNetwork(SequenceNetwork):
    """Gated layers, each dilated twice as far as the one before it, from one place on.

    It also reads the first few coordinates of a sample only: what comes later changes nothing.
    """

    def __init__(
        self,
        marginals: Tensor,
        width: int,
        dropout: float,
        *,
        alike: bool,
        input_dropout: float,
    ) -> None:
        d, count = marginals.shape
        super().__init__(marginals, width, alike=alike, input_dropout=input_dropout)
        dilations = [2**i for i in range(max(1, math.ceil(math.log2(d))))]
        self.layers = nn.ModuleList(GatedLayer(width, dilation, dropout) for dilation in dilations)
        self.hidden_layer, self.output_layer = nn.Linear(width, width), nn.Linear(width, count)
        nn.init.zeros_(self.output_layer.weight)
        nn.init.zeros_(self.output_layer.bias)

    def forward(self, levels: Tensor) -> Tensor:
        x = self.embed(levels[:, :-1])
        skips = torch.zeros(())
        for layer in self.layers:
            x, skip = layer(x)
            skips = skips + skip
        return self.logits(nn.functional.silu(self.hidden_layer(nn.functional.silu(skips))))


@dataclass(kw_only=True, eq=False)
class CausalConvolution(SequenceModel):
    """Predicts each coordinate through dilated causal convolutions.

    Args:
        width: channels of every layer.
    """

    width: int = 64
    dropout: float = 0.1

    name = "causal network"
    network_type = CausalNetwork


@dataclass(kw_only=True, eq=False)
class CausalConvolutionText(CausalConvolution):
    """The same for windows of a text, in which a place means nothing: larger."""

    alike: bool = True
    width: int = 96
    epochs: int = 12
    batch: int = 16
    learning_rate: float = 8e-3
