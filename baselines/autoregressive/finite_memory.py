"""A small network that predicts each coordinate from the last few before it.

Bengio, Ducharme, Vincent, Jauvin, "A neural probabilistic language model", Journal of Machine
Learning Research, 2003, https://www.jmlr.org/papers/v3/bengio03a.html: a Markov chain of high order
whose table of probabilities is a network. Differs from the paper: coordinates have places of their
own, so a positional embedding tells the network where it is.

Over three seeds it reaches 1.84 bits per dimension on digits, where the Fréchet distance is 5.7 to
7.5, in 16 CPU seconds, and .26 on the ring, in 2. Of text, one seed of `FiniteMemoryText` reaches
1.91 bits a symbol on `english`, in 94 CPU seconds: .30 more than n-grams of order 7 take, and .33
more than those of order 12. Replaced inputs make it worse (2.11): it sees few, and reads them all.
"""

from dataclasses import dataclass

from torch import Tensor, nn

from .network import Cache
from .sequence import PlacedNetwork, SequenceModel


class FiniteMemoryNetwork(PlacedNetwork):
    """A perceptron that reads the `memory` coordinates before each; zeros before the first."""

    def __init__(
        self,
        marginals: Tensor,
        memory: int,
        width: int,
        hidden: int,
        dropout: float,
        *,
        alike: bool,
        input_dropout: float,
    ) -> None:
        count = marginals.shape[1]
        super().__init__(count, width, alike=alike, input_dropout=input_dropout)
        self.memory = memory
        self.input_layer = nn.Linear(memory * width, hidden)
        self.place(marginals, hidden)
        self.hidden_layer = nn.Linear(hidden, hidden)
        self.output_layer = nn.Linear(hidden, count)
        self.dropout = nn.Dropout(dropout)
        nn.init.zeros_(self.output_layer.weight)
        nn.init.zeros_(self.output_layer.bias)

    def forward(self, levels: Tensor) -> Tensor:
        values = nn.functional.pad(self.describe(levels), (0, 0, self.memory, 0))
        windows = values[:, :-1].unfold(1, self.memory, 1).flatten(2)  # (n, d, width * memory)
        return self.logits(windows, self.positional_embedding, self.marginals)

    def next_logits(self, levels: Tensor, cache: Cache) -> Tensor:
        i = levels.shape[1]
        values = self.describe(levels[:, -self.memory :])
        values = nn.functional.pad(values, (0, 0, max(0, self.memory - i), 0))
        window = values.transpose(1, 2).flatten(1)
        return self.logits(window, self.positional_embedding[i], self.marginals[i])

    def logits(self, windows: Tensor, positions: Tensor, marginals: Tensor) -> Tensor:
        h = self.input_layer(windows) + positions
        h = h + self.hidden_layer(self.dropout(nn.functional.silu(h)))
        h = self.output_layer(self.dropout(nn.functional.silu(h)))
        logits: Tensor = marginals + h @ self.basis.T
        return logits


@dataclass(kw_only=True, eq=False)
class FiniteMemory(SequenceModel):
    """Predicts each coordinate from the last few before it.

    Args:
        memory: coordinates that are remembered.
        width: numbers that describe each of them.
        hidden: width of the network's two hidden layers.
    """

    memory: int = 16
    width: int = 16
    hidden: int = 128

    name = "finite memory"
    network_type = FiniteMemoryNetwork
    architecture = ("memory", "width", "hidden", "dropout")


@dataclass(kw_only=True, eq=False)
class FiniteMemoryText(FiniteMemory):
    """The same for windows of a text, in which a place means nothing: larger."""

    alike: bool = True
    memory: int = 8
    width: int = 32
    hidden: int = 384
    dropout: float = 0.1
    epochs: int = 14
    batch: int = 16
