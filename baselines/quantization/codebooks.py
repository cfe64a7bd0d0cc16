"""Residual vector quantization, with codebooks that are learned as running means."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot


class Codebooks:
    """One codebook for each slot, holding the running mean of the vectors that chose each entry.

    A slot quantizes the residual that the slots before it left over. With `rate=1` an update
    replaces the means outright: a step of Lloyd's algorithm.
    """

    def __init__(self, start: Tensor, slots: int, size: int, random: torch.Generator) -> None:
        self.entries = torch.zeros(slots, size, start.shape[1])
        self.counts = torch.ones(slots, size)
        residual = start
        for slot in range(slots):  # begins at samples of what each slot has to code
            rows = torch.randint(len(residual), (size,), generator=random)
            self.entries[slot] = residual[rows]
            residual = residual - self.entries[slot][nearest(residual, self.entries[slot])]
        self.totals = self.entries.clone()

    def quantize(self, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return codes (n, slots), their sum (n, width) and each slot's input (slots, n, width)."""
        codes, residuals, residual = [], [], vectors
        for entries in self.entries:
            codes.append(nearest(residual, entries))
            residuals.append(residual)
            residual = residual - entries[codes[-1]]
        return torch.stack(codes, dim=1), vectors - residual, torch.stack(residuals)

    def decode(self, codes: Tensor) -> Tensor:
        """Return the sum of the entries (n, width) that the codes (n, slots) name."""
        return sum(
            (entries[codes[:, slot]] for slot, entries in enumerate(self.entries)),
            start=torch.zeros(()),
        )

    def update(self, codes: Tensor, residuals: Tensor, rate: float) -> None:
        """Move every entry towards the mean of the vectors that chose it."""
        chosen = one_hot(codes.T, self.counts.shape[1]).to(residuals.dtype)  # (slots, n, size)
        self.counts.lerp_(chosen.sum(dim=1), rate)
        self.totals.lerp_(chosen.transpose(1, 2) @ residuals, rate)
        used = self.counts[:, :, None] > 0
        means = self.totals / self.counts[:, :, None].clamp(min=1e-8)
        self.entries = torch.where(used, means, self.entries)

    def revive(self, residuals: Tensor, least: float, random: torch.Generator) -> None:
        """Put entries that are chosen less than `least` times a batch at vectors just quantized."""
        slots, entries = torch.nonzero(self.counts < least, as_tuple=True)
        rows = torch.randint(residuals.shape[1], (len(slots),), generator=random)
        share = residuals.shape[1] / self.counts.shape[1]
        self.entries[slots, entries] = residuals[slots, rows]
        self.totals[slots, entries] = residuals[slots, rows] * share
        self.counts[slots, entries] = share


def nearest(vectors: Tensor, entries: Tensor) -> Tensor:
    """Return the index of the nearest entry (n,)."""
    return ((entries**2).sum(dim=1) - 2 * vectors @ entries.T).argmin(dim=1)
