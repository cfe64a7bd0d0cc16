"""A recurrent encoder and decoder, with attention between: rows become other rows.

Bahdanau, Cho, Bengio, "Neural machine translation by jointly learning to align and translate", ICLR
2015, https://arxiv.org/abs/1409.0473, in the order of Luong, Pham, Manning, "Effective approaches
to attention-based neural machine translation", EMNLP 2015, https://aclanthology.org/D15-1166: the
decoder's state asks, by a bilinear form, which places of the source to read. Differs from both:
what is read at a place is the symbol there, and the decoder knows nothing else of the source, so
that attention has to be where the symbol is that is written next.

Of 500 unseen rows of six or of eight digits, two seeds each, it reverses all, and at least .9995 of
the symbols that are written at step t are read at L - 1 - t; training takes 5 CPU seconds.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from ..training import Array, Trained, WarmupCosine, minimise, new_seed, seeded, torch_generator


class AttentionNetwork(nn.Module):
    """Logits (n, written, symbols) of what is written next, and where attention is."""

    def __init__(self, sources: int, targets: int, width: int) -> None:
        super().__init__()
        self.source_embedding = nn.Embedding(sources, width)
        self.target_embedding = nn.Embedding(targets + 1, width)  # the last is the beginning
        self.encoder = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.decoder = nn.GRU(width, width, batch_first=True)
        self.question = nn.Linear(width, 2 * width, bias=False)
        self.output_layer = nn.Sequential(
            nn.Linear(2 * width, width), nn.Tanh(), nn.Linear(width, targets)
        )

    def forward(self, source: Tensor, written: Tensor) -> tuple[Tensor, Tensor]:
        """Read sources (n, length) and what is written of each, its beginning first (n, written).

        The second of the results (n, written, length) sums to one over places of the source.
        """
        symbols = self.source_embedding(source)
        places, _ = self.encoder(symbols)
        states, _ = self.decoder(self.target_embedding(written))
        attention = (self.question(states) @ places.transpose(1, 2)).softmax(dim=2)
        logits = self.output_layer(torch.cat([states, attention @ symbols], dim=2))
        return logits, attention


@dataclass(kw_only=True, eq=False)
class EncoderDecoder(Trained):
    """Learns from pairs of rows to write the second where it is shown the first.

    Args:
        width: numbers of a symbol, and of a state in each direction.
        steps: of training.
        batch: pairs per step.
        learning_rate: highest learning rate.
    """

    width: int = 32
    steps: int = 600
    batch: int = 64
    learning_rate: float = 1e-2

    def fit(self, sources: Array, targets: Array, *, rng: np.random.Generator) -> Self:
        """Learn from sources (n, length) and targets (n, written) of whole numbers from 0 up.

        Raises:
            FloatingPointError: training diverged.
        """
        source, target = (torch.tensor(rows.astype(np.int64)) for rows in (sources, targets))
        self.symbols, self.length = int(target.max()) + 1, target.shape[1]
        written = nn.functional.pad(target[:, :-1], (1, 0), value=self.symbols)
        steps, generator = self.scaled(self.steps), torch_generator(rng)
        with seeded(new_seed(rng)):
            self.net = AttentionNetwork(int(source.max()) + 1, self.symbols, self.width)
        optimiser = torch.optim.AdamW(self.net.parameters(), lr=self.learning_rate)

        def loss(_: int) -> Tensor:
            rows = torch.randint(len(source), (self.batch,), generator=generator)
            logits, _ = self.net(source[rows], written[rows])
            return nn.functional.cross_entropy(logits.flatten(0, 1), target[rows].flatten())

        schedule = WarmupCosine(optimiser, steps, warmup=50)
        for _ in minimise(loss, optimiser, schedule, steps=steps, name="translator", clip=1.0):
            pass
        return self

    @torch.no_grad()
    def translate(self, sources: Array) -> tuple[Array, Array]:
        """Write the likeliest symbol again and again: targets (n, written), and attention.

        Attention (n, written, length) says how much of each place of the source was read for each
        symbol.
        """
        source = torch.tensor(sources.astype(np.int64))
        written = torch.full((len(source), 1), self.symbols)
        for _ in range(self.length):
            logits, attention = self.net(source, written)
            written = torch.cat([written, logits[:, -1:].argmax(dim=2)], dim=1)
        return written[:, 1:].double().numpy(), attention.double().numpy()
