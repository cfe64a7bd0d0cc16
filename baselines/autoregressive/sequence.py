"""What networks share that predict every place of a sequence with the same weights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import Array
from .base import AutoregressiveModel
from .levels import SYMBOLS, Levels
from .network import AutoregressiveNetwork


class InputDropout(nn.Module):
    """Replaces, in training, a share of the levels by others, as common as these are.

    Xie et al., "Data noising as smoothing in neural network language models", ICLR 2017,
    https://arxiv.org/abs/1703.02573: what follows is then also learned from shorter contexts.
    """

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def forward(self, levels: Tensor) -> Tensor:
        if not (self.training and self.share):
            return levels
        others = levels.flatten()[torch.randint(levels.numel(), levels.shape)]
        return torch.where(torch.rand(levels.shape) < self.share, others, levels)


class PlacedNetwork(AutoregressiveNetwork):
    """A network of one set of weights for all places, which are told apart by where they are.

    Where places are alike nothing tells them apart: they have no embedding, and the same marginals.
    The levels are symbols then, none of which is a neighbour of another: their basis is themselves.

    Args:
        levels: how many there are.
        width: numbers that describe one.
        alike: whether places are.
        input_dropout: share of the levels that are replaced in training where they are read.
    """

    def __init__(self, levels: int, width: int, *, alike: bool, input_dropout: float) -> None:
        super().__init__(levels)
        self.alike = alike
        if alike:
            self.basis = torch.eye(levels)
        self.level_embedding = nn.Linear(levels, width)
        self.input_dropout = InputDropout(input_dropout)

    def place(self, marginals: Tensor, width: int) -> None:
        """Tell places apart by their marginals (d, levels) and by embeddings (d, width)."""
        where = 0.3 * torch.randn(len(marginals), width) * (not self.alike)
        self.positional_embedding = nn.Parameter(where, requires_grad=not self.alike)
        self.marginals = nn.Parameter(marginals, requires_grad=not self.alike)

    def describe(self, levels: Tensor) -> Tensor:
        """Embeddings (n, length, width) of levels (n, length)."""
        embeddings: Tensor = self.level_embedding(self.basis[self.input_dropout(levels)])
        return embeddings


class SequenceNetwork(PlacedNetwork):
    """A network whose every position reads the coordinate before it, and where it is."""

    output_layer: nn.Linear

    def __init__(self, marginals: Tensor, width: int, *, alike: bool, input_dropout: float) -> None:
        count = marginals.shape[1]
        super().__init__(count, width, alike=alike, input_dropout=input_dropout)
        self.place(marginals, width)

    def embed(self, levels: Tensor, start: int = 0) -> Tensor:
        """Embeddings (n, 1 + length, width) of the positions from `start` on.

        Each reads the level before its own, out of `levels` (n, length); `start` itself reads none.
        """
        previous = nn.functional.pad(self.describe(levels), (0, 0, 1, 0))
        return previous + self.positional_embedding[start : start + previous.shape[1]]

    def logits(self, hidden: Tensor, start: int = 0) -> Tensor:
        """Logits (n, length, levels) from hidden units (n, length, width) from `start` on."""
        marginals = self.marginals[start : start + hidden.shape[1]]
        logits: Tensor = marginals + self.output_layer(hidden) @ self.basis.T
        return logits


@dataclass(kw_only=True, eq=False)
class SequenceModel(AutoregressiveModel):
    """Predicts every place with the same weights.

    Args:
        alike: whether a place means nothing, as in windows of a text: no place has parameters of
            its own, and numbers are names of symbols, of which neighbours are not alike.
        input_dropout: share of the coordinates that are replaced by others, in training, where they
            are read.
    """

    alike: bool = False
    input_dropout: float = 0.0

    network_type: ClassVar[Callable[..., AutoregressiveNetwork]]
    architecture: ClassVar[tuple[str, ...]] = ("width", "dropout")  # settings that it is made by

    def network(self, marginals: Tensor) -> AutoregressiveNetwork:
        settings = {name: getattr(self, name) for name in self.architecture}
        alike, input_dropout = self.alike, self.input_dropout
        return self.network_type(marginals, **settings, alike=alike, input_dropout=input_dropout)

    def refuses(self, train: Array) -> str | None:
        """Return why it cannot learn from these samples, or None."""
        if self.alike and not Levels(train, self.bins).symbols:
            return f"Where places are alike, a {self.name} needs {SYMBOLS}."
        return None

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if reason := self.refuses(train):
            raise ValueError(reason)
        return super().fit(train, rng=rng)

    def _marginals(self, samples: Array) -> Tensor:
        marginals = super()._marginals(samples)
        return marginals.exp().mean(0).log().expand_as(marginals) if self.alike else marginals
