"""Neural spline flow: couplings whose every curve is a monotone spline of rational quadratics.

Conor Durkan, Artur Bekasov, Iain Murray, George Papamakarios, "Neural spline flows", NeurIPS 2019,
https://arxiv.org/abs/1906.04032.

Between -`reach` and `reach` a curve has `bins` pieces; beyond, it is the identity. Differs from the
paper: coordinates are permuted between couplings, not mixed by a learned matrix; the networks have
two hidden layers and no residual blocks.

With one seed .91 of the grid's samples reach the density that .95 of real ones reach, and test
samples take .12 nats more than in truth (.53 with four couplings, half the width, eight pieces).
"""

import math
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn.functional import pad, softplus

from ..training import scarce
from .flow import (
    Bijection,
    Composition,
    Coupling,
    NormalizingFlow,
    coupling_orders,
)

MIN_WIDTH = 1e-3  # of a bin, as a share of the whole reach
MIN_SLOPE = 1e-3  # at a knot
RAW_SLOPE_ONE = math.log(
    math.expm1(1 - MIN_SLOPE)
)  # its softplus and MIN_SLOPE make a slope of one


class Splines:
    """Monotone curves, one for each entry of a tensor (n, k), from raw numbers (n, k, 3 bins - 1).

    Between two knots, with widths w and heights h apart, mean slope s = h / w and slopes p and q at
    the knots, the curve is, for t from 0 to 1,
    h (s t^2 + p t (1 - t)) / (s + (p + q - 2 s) t (1 - t)) above the lower knot.
    """

    def __init__(self, raw: Tensor, reach: float) -> None:
        self.reach = reach
        bins = (raw.shape[-1] + 1) // 3
        widths, heights, slopes = torch.split(raw, [bins, bins, bins - 1], dim=-1)
        self.x, self.y = self._knots(widths), self._knots(heights)  # (n, k, bins + 1)
        inner = MIN_SLOPE + softplus(slopes + RAW_SLOPE_ONE)
        self.slopes = pad(inner, (1, 1), value=1.0)  # as outside, so the whole curve is smooth

    def _knots(self, raw: Tensor) -> Tensor:
        shares = MIN_WIDTH + (1 - MIN_WIDTH * raw.shape[-1]) * raw.softmax(dim=-1)
        ends = pad(shares.cumsum(dim=-1)[..., :-1], (1, 0))
        return self.reach * (2 * pad(ends, (0, 1), value=1.0) - 1)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Return the curves' values at x (n, k) and the logs of their slopes there."""
        inside = x.abs() < self.reach
        safe = torch.where(inside, x, 0.0)
        x0, w, y0, h, p, q = self._pieces(self.x, safe)
        s, t = h / w, (safe - x0) / w
        below = s + (p + q - 2 * s) * t * (1 - t)
        y = y0 + h * (s * t**2 + p * t * (1 - t)) / below
        slope = s**2 * (q * t**2 + 2 * s * t * (1 - t) + p * (1 - t) ** 2) / below**2
        return torch.where(inside, y, x), torch.where(inside, slope, 1.0).log()

    def inverse(self, y: Tensor) -> Tensor:
        """Return where the curves have the values y (n, k): a quadratic equation for t."""
        inside = y.abs() < self.reach
        safe = torch.where(inside, y, 0.0)
        x0, w, y0, h, p, q = self._pieces(self.y, safe)
        s, rise = h / w, safe - y0
        bend = rise * (p + q - 2 * s)
        a, b, c = h * (s - p) + bend, h * p - bend, -s * rise
        t = 2 * c / (-b - (b**2 - 4 * a * c).clamp(min=0).sqrt())  # stable where a is near zero
        return torch.where(inside, x0 + t * w, y)

    def _pieces(self, knots: Tensor, at: Tensor) -> tuple[Tensor, ...]:
        """Return x, width, y, height and both slopes of the pieces in which the points lie."""
        piece = (at[..., None] >= knots[..., 1:-1]).sum(dim=-1, keepdim=True)

        def take(table: Tensor, shift: int) -> Tensor:
            return table.gather(-1, piece + shift).squeeze(-1)

        x0, y0 = take(self.x, 0), take(self.y, 0)
        w, h = take(self.x, 1) - x0, take(self.y, 1) - y0
        return x0, w, y0, h, take(self.slopes, 0), take(self.slopes, 1)


class SplineCoupling(Coupling):
    """Bends half of the coordinates along curves that the other half decides."""

    def __init__(self, order: Tensor, hidden: int, dropout: float, bins: int, reach: float) -> None:
        super().__init__(order, hidden, dropout, parameters=3 * bins - 1)
        self.reach = reach

    def transform(self, moved: Tensor, parameters: Tensor) -> tuple[Tensor, Tensor]:
        return self._splines(parameters).forward(moved)

    def untransform(self, image: Tensor, parameters: Tensor) -> Tensor:
        return self._splines(parameters).inverse(image)

    def _splines(self, parameters: Tensor) -> Splines:
        return Splines(torch.unflatten(parameters, 1, (self.n_moved, -1)), self.reach)


@dataclass(kw_only=True, eq=False)
class SplineFlow(NormalizingFlow):
    """Spline couplings that turn samples into standard normal noise, and noise into samples.

    Args:
        layers: couplings; each pair bends every coordinate once.
        hidden: width of the two hidden layers of each coupling's network; half of it where samples
            are scarce: fewer than a hundred for each coordinate.
        bins: pieces of each curve; a third of them where samples are scarce.
        reach: where the curves end and the identity begins, in standard deviations.
        dropout: share of hidden units dropped in training where samples are scarce.
        weight_decay: of AdamW.
        margin, steps, batch, learning_rate: as every `NormalizingFlow` has them.
    """

    layers: int = 6
    hidden: int = 128
    bins: int = 24
    reach: float = 4.0
    dropout: float = 0.2
    steps: int = 2000
    weight_decay: float = 0.1

    title: ClassVar[str] = "A spline flow"

    def network(self, n: int, d: int) -> Bijection:
        dropout, hidden, bins = 0.0, self.hidden, self.bins
        if scarce(n, d):
            dropout, hidden, bins = self.dropout, max(1, hidden // 2), max(2, bins // 3)
        return Composition(
            SplineCoupling(order, hidden, dropout, bins, self.reach)
            for order in coupling_orders(self.layers, d)
        )
