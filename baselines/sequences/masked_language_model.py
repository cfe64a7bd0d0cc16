"""A Transformer that fills gaps: it predicts hidden symbols from what stands on both sides.

Taylor, "Cloze procedure: a new tool for measuring readability", Journalism Quarterly, 1953,
https://doi.org/10.1177/107769905303000401, for the task; Devlin et al., "BERT: pre-training of deep
bidirectional Transformers for language understanding", NAACL 2019,
https://aclanthology.org/N19-1423, for the objective. Differs from the paper: a hidden symbol is
always shown as hidden, and a place means nothing but how far it is from others. It is no law of
whole rows, so it neither draws them nor has a density.

Of test rows of `markov` with one symbol hidden, one seed finds .712 of these symbols, which take it
1.158 bits; the exact posterior finds .732, in 1.053 bits. From one side they take 2.1. Training
takes 73 CPU seconds.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ..autoregressive.transformer import Block
from ..training import Array, Trained, WarmupCosine, minimise, new_seed, seeded, torch_generator


class Encoder(nn.Module):
    """Logits (n, length, symbols) from symbols (n, length), all of which see all the others."""

    def __init__(self, symbols: int, length: int, width: int, layers: int, heads: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(symbols + 1, width)  # the last is a hidden one
        self.blocks = nn.ModuleList(
            Block(length, width, heads, 0.0, alike=True, causal=False) for _ in range(layers)
        )
        self.norm, self.output_layer = nn.LayerNorm(width), nn.Linear(width, symbols)

    def forward(self, rows: Tensor) -> Tensor:
        x = self.embedding(rows)
        for block in self.blocks:
            x = block(x, {})
        logits: Tensor = self.output_layer(self.norm(x))
        return logits


@dataclass(kw_only=True, eq=False)
class MaskedLanguageModel(Trained):
    """Predicts hidden symbols from all that are not.

    Args:
        width: numbers that describe a place, between blocks.
        layers: blocks.
        heads: attention heads of a block.
        hidden: share of the symbols that are hidden in training, one of a row at least.
        steps: of training.
        batch: rows per step.
        learning_rate: highest learning rate.
    """

    width: int = 48
    layers: int = 2
    heads: int = 4
    hidden: float = 0.15
    steps: int = 2000
    batch: int = 32
    learning_rate: float = 4e-3

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from rows (n, length) of whole numbers from 0 up.

        Raises:
            FloatingPointError: training diverged.
        """
        rows, generator = torch.tensor(train.astype(np.int64)), torch_generator(rng)
        self.symbols, length = int(rows.max()) + 1, rows.shape[1]
        steps = self.scaled(self.steps)
        with seeded(new_seed(rng)):
            self.net = Encoder(self.symbols, length, self.width, self.layers, self.heads)
        optimiser = torch.optim.AdamW(self.net.parameters(), lr=self.learning_rate)

        def loss(_: int) -> Tensor:
            shown = rows[torch.randint(len(rows), (self.batch,), generator=generator)]
            lots = torch.rand(shown.shape, generator=generator)
            hidden = lots <= lots.amin(dim=1, keepdim=True).clamp(min=self.hidden)
            logits = self.net(shown.masked_fill(hidden, self.symbols))
            return nn.functional.cross_entropy(logits[hidden], shown[hidden])

        schedule = WarmupCosine(optimiser, steps, warmup=50)
        for _ in minimise(loss, optimiser, schedule, steps=steps, name="masked model", clip=1.0):
            pass
        return self

    @torch.no_grad()
    def log_prob_of_hidden(self, rows: Array, hidden: NDArray[np.bool_]) -> Array:
        """Log-probability of each symbol at each place (n, length, symbols), in nats.

        Only at hidden places is it a prediction: `hidden` (n, length) says which are not read.
        """
        shown = np.where(hidden, self.symbols, rows).astype(np.int64)
        logits = self.net.eval()(torch.tensor(shown))
        return np.asarray(logits.double().log_softmax(-1).numpy())
