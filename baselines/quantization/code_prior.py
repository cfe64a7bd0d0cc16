"""An autoregressive prior over codes, learned from the codes of the training samples."""

from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..training import minimise_held_out, n_held_out


class Prior(nn.Module):
    """A recurrent network that predicts each slot's code from those before it."""

    def __init__(self, slots: int, size: int, hidden: int) -> None:
        super().__init__()
        self.slots = slots
        self.start = nn.Parameter(torch.zeros(1, hidden))
        self.embeddings = nn.ModuleList(nn.Embedding(size, hidden) for _ in range(slots - 1))
        self.cell = nn.GRUCell(hidden, hidden)
        self.output_layers = nn.ModuleList(nn.Linear(hidden, size) for _ in range(slots))

    def forward(self, codes: Tensor) -> Tensor:
        """Return the logits (n, size, slots) of codes (n, slots)."""
        inputs = [self.start.expand(len(codes), -1)]
        inputs += [embed(codes[:, slot]) for slot, embed in enumerate(self.embeddings)]
        state = torch.zeros_like(inputs[0])
        logits = []
        for step_input, output_layer in zip(inputs, self.output_layers, strict=True):
            state = self.cell(step_input, state)
            logits.append(output_layer(state))
        return torch.stack(logits, dim=2)

    def sample(self, n: int, random: torch.Generator) -> Tensor:
        """Draw codes (n, slots), slot by slot."""
        codes = torch.zeros((n, self.slots), dtype=torch.long)
        for slot in range(self.slots):
            probabilities = self(codes)[:, :, slot].softmax(dim=1)
            codes[:, slot] = torch.multinomial(probabilities, 1, generator=random)[:, 0]
        return codes

    def trained(self, codes: Tensor, *, steps: int, batch: int, random: torch.Generator) -> Self:
        """Return the moving average of the trained prior, when held-out codes were likeliest.

        Of the codes (n, slots) the first are held out; training ends when these get less likely.
        """
        first = n_held_out(len(codes))
        held_out, used = codes[:first], codes[first:]

        def loss(_: int) -> Tensor:
            picked = used[torch.randint(len(used), (batch,), generator=random)]
            return cross_entropy(self(picked), picked)

        return minimise_held_out(
            self,
            loss,
            lambda averaged: cross_entropy(averaged(held_out), held_out),
            torch.optim.AdamW(self.parameters(), lr=1e-3, weight_decay=0.1, fused=True),
            steps=steps,
            name="Prior",
            check_every=20,
            decay=0.98,
            patience=200,
        )
