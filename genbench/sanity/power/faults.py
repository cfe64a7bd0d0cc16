"""A model that is off by an amount: real samples with a fault that a metric claims to catch."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np

from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, flat
from genbench.ground.errors import BadInput
from genbench.metric import Metric

# Of the spread of each coordinate: beyond, nothing of the samples is left.
MOST_NOISE = 100.0
MOST_DROPPED = 0.9


class Fault(Protocol):
    """Plants as much of itself as is asked for."""

    most: ClassVar[float]  # of it
    bends: ClassVar[float]  # amounts grow as this power of what is searched
    keeps: ClassVar[float]  # the least share of samples that is left

    def __call__(self, samples: Array, amount: float, *, rng: np.random.Generator) -> Array:
        """Return samples (n, ...) with the fault; fewer than there were, if it takes some out."""
        ...

    def words(self, amount: float) -> str:
        """Say what real samples with so much of it are."""
        ...


@dataclass(frozen=True, eq=False)
class Noise:
    """Gaussian noise, as many spreads of each coordinate as it says."""

    spread: Array  # (...) of each coordinate of real samples
    most: ClassVar = MOST_NOISE
    bends: ClassVar = 4.0
    keeps: ClassVar = 1.0

    def __call__(self, samples: Array, amount: float, *, rng: np.random.Generator) -> Array:
        return np.asarray(samples + amount * self.spread * rng.normal(size=samples.shape))

    def words(self, amount: float) -> str:
        return f"with Gaussian noise of {amount:.3g} spreads of each coordinate"


@dataclass(frozen=True, eq=False)
class OtherSymbols:
    """A share of the symbols of rows, replaced by ones drawn from all that real rows hold."""

    symbols: Symbols
    held: Array  # (n_symbols_said,) what real rows hold, as often as they do
    most: ClassVar = 1.0
    bends: ClassVar = 1.0
    keeps: ClassVar = 1.0

    def __call__(self, samples: Array, amount: float, *, rng: np.random.Generator) -> Array:
        hit = rng.random(samples.shape) < amount
        drawn = rng.choice(self.held, size=samples.shape)
        ended = samples == self.symbols.end
        return np.asarray(self.symbols.close(np.where(hit & ~ended, drawn, samples)))

    def words(self, amount: float) -> str:
        return f"with {100 * amount:.3g} % of the symbols replaced by others"


@dataclass(frozen=True, eq=False)
class Dropped:
    """A part is never drawn: a share, at one end of the direction in which samples vary most."""

    axis: Array  # (d,)
    along: Array  # (n,) where real samples lie on it, in order
    most: ClassVar = MOST_DROPPED
    bends: ClassVar = 1.0
    keeps: ClassVar = 1 - MOST_DROPPED

    def __call__(self, samples: Array, amount: float, *, rng: np.random.Generator) -> Array:
        limit = np.quantile(self.along, 1 - amount) if amount else np.inf
        return samples[flat(samples) @ self.axis <= limit]

    def words(self, amount: float) -> str:
        return f"without the {100 * amount:.3g} % at one end of the axis of most variance"


def fault_of(metric: Metric, real: Array, symbols: Symbols | None) -> Fault:
    """Return the fault that a metric is to see in samples like these (n, ...).

    Raises:
        BadInput: it claims to catch none that can be planted in such samples alone.
    """
    if "noise" in metric.catches and symbols is not None:
        said = real[real != symbols.end] if symbols.end is not None else real.ravel()
        return OtherSymbols(symbols, np.asarray(said))
    if "noise" in metric.catches:
        return Noise(real.std(axis=0))
    if "dropped mode" in metric.catches and symbols is None:
        points = flat(real)
        _, _, axes = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)
        axis = axes[0] * np.sign(axes[0][np.abs(axes[0]).argmax()])
        return Dropped(axis, np.sort(points @ axis))
    caught = ", ".join(metric.catches) or "nothing"
    raise BadInput(
        f"{metric.name} claims to catch {caught}: noise, or a part that is dropped, is what can be "
        "planted in real samples to plan with."
    )
