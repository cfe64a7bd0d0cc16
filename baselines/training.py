"""What the training of the baselines shares: seeds, units, budgets, steps, averaged weights, a bar.

It imports nothing of the rest: with this file beside it, a family's folder can be copied into a
package of one's own and used alone, as `from mine.flows.realnvp import RealNVP`.
"""

import math
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from itertools import pairwise, product
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler
from torch.optim.swa_utils import get_ema_multi_avg_fn

Array = NDArray[np.float64]
Labels = NDArray[np.int64]
T = TypeVar("T")
Net = TypeVar("Net", bound=nn.Module)


BUDGET = 60.0  # seconds of two cores that a fit keeps to, on vector sets, as the models stand


@dataclass(kw_only=True, eq=False)
class Trained:
    """A model that is trained step by step, for as long as a budget allows.

    The clock decides nothing: what a fit learns depends on its seed and its budget alone.

    Args:
        budget: seconds of two cores that a fit may take. Counts of steps are those of a budget of
            `BUDGET`, within which they keep on vector sets; they grow and shrink with it.
    """

    budget: float = BUDGET

    def scaled(self, steps: int) -> int:
        """Return how many steps the budget allows where `BUDGET` allows `steps`: one at least.

        Raises:
            ValueError: the budget is not a positive number of seconds.
        """
        if not 0 < self.budget < math.inf:
            raise ValueError(f"budget must be a positive number of seconds, not {self.budget!r}.")
        return max(1, round(steps * self.budget / BUDGET))


def n_held_out(n: int) -> int:
    """Return how many of n samples a fit holds out: a tenth, from 1 to 500, which tell enough."""
    return min(500, max(1, n // 10))


def new_seed(rng: np.random.Generator) -> int:
    """Return a seed for torch, drawn from `rng`."""
    return int(rng.integers(2**31))


def torch_generator(rng: np.random.Generator) -> torch.Generator:
    """Return a stream of torch's random numbers, seeded from `rng`."""
    return torch.Generator().manual_seed(new_seed(rng))


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Draw from torch's global stream as from a fresh one, and leave it as it was.

    Layers draw their first weights from that stream and take no other.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


def progress(steps: Iterable[T], name: str) -> Iterator[T]:
    """Yield the steps under a progress bar, which only a terminal is shown."""
    console = Console(stderr=True, quiet=not sys.stderr.isatty())
    yield from track(steps, description=name, transient=True, console=console)


def spread(train: Array) -> Array:
    """Return the unit of each coordinate (d,): its standard deviation, or a stand-in for zero."""
    deviations: Array = train.std(axis=0)
    if np.array_equal(train, np.rint(train)):
        deviations = np.maximum(deviations, 1.0)  # one step: what hardly varies hardly matters
    size: Array = np.maximum(1.0, np.abs(train).max(axis=0))
    return np.where(deviations <= 1e-9 * size, 1e-4 * size, deviations)


class Classes:
    """Classes of training samples: those that are given, or clusters where none are.

    Args:
        points: the training samples (n, d), in units of their own.
        labels: the class of each (n,), or None.
        clusters: that are made where there are no labels; fewer of fewer different samples.
        rng: for the clusters.

    After this, `of` (n,) says which of the classes each sample is of, counted from 0.

    Raises:
        ValueError: there are not as many labels as samples.
    """

    def __init__(
        self, points: Array, labels: Labels | None, clusters: int, rng: np.random.Generator
    ) -> None:
        from sklearn.cluster import KMeans

        if labels is None:
            k = min(clusters, len(np.unique(points, axis=0)))
            labels = KMeans(k, n_init=4, random_state=new_seed(rng)).fit(points).labels_
        elif len(labels) != len(points):
            raise ValueError(f"There are {len(labels)} labels for {len(points)} samples.")
        self.names, self.of = np.unique(labels, return_inverse=True)
        self.shares = np.bincount(self.of) / len(self.of)
        self.means = np.stack([points[self.of == c].mean(axis=0) for c in range(len(self.names))])

    def __len__(self) -> int:
        return len(self.names)

    def asked(self, n: int, labels: Labels | None, rng: np.random.Generator) -> Labels:
        """Return which classes to draw (n,): those of the labels, or as common as in training.

        Raises:
            ValueError: there are not n labels, or one is of no training sample.
        """
        if labels is None:
            return rng.choice(len(self), size=n, p=self.shares)
        if len(labels) != n:
            raise ValueError(f"There are {len(labels)} labels for {n} samples.")
        if len(unknown := np.setdiff1d(labels, self.names)):
            raise ValueError(f"No training sample is of class {unknown[0]}.")
        return np.searchsorted(self.names, labels)

    def nearest(self, points: Array) -> Labels:
        """Return the classes (n,) whose means are nearest to points (n, d)."""
        squares = (self.means**2).sum(axis=1) - 2 * points @ self.means.T
        return np.asarray(squares.argmin(axis=1))

    def flags(self, classes: Labels) -> Tensor:
        """Return a flag for each class (n, classes): one for that of each sample, else zero."""
        return torch.eye(len(self))[classes]


def fit_mixture(
    points: Array, size: int, least_variance: float, rng: np.random.Generator, *, restarts: int
) -> Any:
    """Fit Gaussians with full covariances, to each of which `least_variance` is added."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture

    mixture = GaussianMixture(
        size, reg_covar=least_variance, n_init=restarts, random_state=new_seed(rng)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few distinct samples, or slow ends
        return mixture.fit(points)


def best_mixture(
    points: Array,
    sizes: Sequence[int],
    least_variances: Sequence[float],
    rng: np.random.Generator,
    *,
    restarts: int,
    most: int,
) -> tuple[Any, int, float]:
    """Return the mixture, its size and least variance under which held-out points are likeliest.

    Where there are more points (n, d) than `most`, so many are drawn to choose by; the mixture that
    is returned is fitted to all.
    """
    order = rng.permutation(len(points))[:most]
    total: dict[tuple[int, float], float] = defaultdict(float)
    for fold in np.split(np.arange(3 * n_held_out(len(order))), 3):
        held_out, rest = points[order[fold]], points[np.delete(order, fold)]
        allowed = (size for size in sizes if size == 1 or 2 * size <= len(rest))
        for size, least in product(allowed, least_variances):
            mixture = fit_mixture(rest, size, least, rng, restarts=1)
            total[size, least] += float(mixture.score(held_out))
    size, least = max(total, key=total.__getitem__)
    return fit_mixture(points, size, least, rng, restarts=restarts), size, least


def energy_distance(a: Array, b: Array) -> float:
    """Return the energy distance of the laws of two sets of points (n, d), from all pairs.

    Szekely, Rizzo, "Energy statistics", Journal of Statistical Planning and Inference, 2013,
    https://doi.org/10.1016/j.jspi.2013.03.018.
    """
    from scipy.spatial.distance import cdist

    across, within_a, within_b = (float(cdist(x, y).mean()) for x, y in ((a, b), (a, a), (b, b)))
    return 2 * across - within_a - within_b


def write_table(table: Callable[[], str]) -> None:
    """Write a table to the file that the command line names, and to the screen."""
    if len(sys.argv) != 2:
        sys.exit("Give the file to which the table should be written.")
    result = table()
    Path(sys.argv[1]).write_text(result, encoding="utf-8")
    sys.stdout.write(result)


def finite(samples: Array, of_what: str) -> Array:
    """Return the samples.

    Raises:
        FloatingPointError: they are not finite.
    """
    if not np.isfinite(samples).all():
        raise FloatingPointError(f"{of_what} drew samples that are not finite.")
    return samples


def mlp(*widths: int, activation: Callable[[], nn.Module] = nn.ReLU) -> nn.Sequential:
    """Return linear layers from each width to the next, with an activation between any two."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), activation()]
    return nn.Sequential(*layers[:-1])


def scarce(n: int, d: int) -> bool:
    """Say whether there are fewer than a hundred samples for each coordinate."""
    return n < 100 * d


class FourierFeatures(nn.Module):
    """Points (n, d), and after them the sines and cosines of their way along random directions.

    A network that reads these tells apart what lies closer together than it would otherwise learn
    to within its time. In more than three coordinates the directions would be too few, and there
    are none: the features are the points. Tancik et al., "Fourier features let networks learn high
    frequency functions in low dimensional domains", NeurIPS 2020,
    https://arxiv.org/abs/2006.10739.

    Args:
        d: coordinates of the points.
        n: directions.
        scale: standard deviation of their coordinates, in radians per unit of the points.
    """

    directions: Tensor

    def __init__(self, d: int, n: int = 64, scale: float = 4.0) -> None:
        super().__init__()
        self.register_buffer("directions", scale * torch.randn(n if d <= 3 else 0, d))
        self.width = d + 2 * len(self.directions)

    def forward(self, x: Tensor) -> Tensor:
        angles = x @ self.directions.T
        return torch.cat([x, angles.sin(), angles.cos()], dim=1)

    def along(self, x: Tensor, directions: Tensor) -> Tensor:
        """Return derivatives (k, n, width) of the features along directions (k, n or 1, d)."""
        directions = directions.expand(-1, len(x), -1)
        angles, turns = x @ self.directions.T, directions @ self.directions.T
        return torch.cat([directions, angles.cos() * turns, -angles.sin() * turns], dim=2)


class WarmupCosine(LRScheduler):
    """A rate that rises for the first `warmup` steps, and falls to zero along half a cosine."""

    def __init__(self, optimiser: Optimizer, steps: int, *, warmup: int = 0) -> None:
        self.steps, self.warmup = steps, warmup
        super().__init__(optimiser)

    def get_lr(self) -> list[float | Tensor]:
        step = self.last_epoch
        rise = min(1.0, (step + 1) / self.warmup) if self.warmup else 1.0
        fall = (1 + math.cos(math.pi * step / max(1, self.steps))) / 2
        return [rate * rise * fall for rate in self.base_lrs]


def gradient_step(optimiser: Optimizer, loss: Tensor, *, clip: float | None = None) -> None:
    """Move the optimiser's weights once, by a gradient no longer than `clip`.

    Raises:
        FloatingPointError: the loss or its gradient is not finite; no weight has moved then.
    """
    if not math.isfinite(loss.item()):
        raise FloatingPointError("Training diverged: the loss is not finite.")
    optimiser.zero_grad()
    torch.autograd.backward(loss)
    if clip is not None:
        weights = [weight for group in optimiser.param_groups for weight in group["params"]]
        if not math.isfinite(nn.utils.clip_grad_norm_(weights, clip)):
            raise FloatingPointError("Training diverged: the gradient is not finite.")
    optimiser.step()


def minimise(
    loss: Callable[[int], Tensor],
    optimiser: Optimizer,
    schedule: LRScheduler | None = None,
    *,
    steps: int,
    name: str,
    clip: float | None = None,
) -> Iterator[int]:
    """Yield each step, from 0, once it is done; whoever has seen enough breaks off.

    `loss` draws the batch of a step and returns its loss, a scalar; `schedule`, if any, moves the
    optimiser's rate after every step; `name` is for the progress bar; no gradient is longer than
    `clip`.

    Raises:
        FloatingPointError: the loss or its gradient is not finite.
    """
    for step in progress(range(steps), name):
        gradient_step(optimiser, loss(step), clip=clip)
        if schedule is not None:
            schedule.step()
        yield step


class EMA(Generic[Net]):
    """An exponential moving average of a network's weights, in a network of its own.

    Its memory grows with the updates, up to `decay`: the first weights are soon forgotten. `start`
    is what the weights before the first update weigh, in updates; 0 forgets them at once.
    """

    def __init__(self, network: Net, decay: float, *, start: int = 0) -> None:
        self.network = deepcopy(network).requires_grad_(requires_grad=False)
        self.kept, self.new = list(self.network.parameters()), list(network.parameters())
        self.decay, self.start, self.updates = decay, start, 0

    def update(self) -> None:
        """Move towards the weights that the network has now."""
        decay = min(self.decay, (self.updates + self.start) / (self.updates + 10))
        get_ema_multi_avg_fn(decay)(self.kept, self.new, self.updates)
        self.updates += 1


class Best:
    """The state of a network when its held-out loss was lowest."""

    def __init__(self, network: nn.Module) -> None:
        self.network, self.loss, self.step = network, math.inf, 0
        self.state: dict[str, Any] = deepcopy(network.state_dict())

    def offer(self, loss: float, step: int) -> None:
        """Keep the network's present state if its loss is the lowest so far."""
        if loss < self.loss:
            self.loss, self.step = loss, step
            self.state = deepcopy(self.network.state_dict())

    def restore(self) -> None:
        """Give the network the state that was kept."""
        self.network.load_state_dict(self.state)


def minimise_held_out(
    network: Net,
    loss: Callable[[int], Tensor],
    held_out_loss: Callable[[Net], Tensor],
    optimiser: Optimizer,
    schedule: LRScheduler | None = None,
    *,
    steps: int,
    name: str,
    check_every: int,
    clip: float | None = None,
    decay: float = 0.99,
    patience: float = math.inf,
    warmup: int = 0,
) -> Net:
    """Return the moving average of a network's weights when its held-out loss was lowest.

    Trains as `minimise` does, whose arguments it takes. The average, of a memory of `decay` at
    most, is judged by `held_out_loss` after every `check_every` steps and after the last. Training
    ends when that loss has not been lower for `patience` steps, of which the first `warmup` do not
    count.
    """
    ema = EMA(network, decay, start=1)
    best = Best(ema.network.eval())
    for step in minimise(loss, optimiser, schedule, steps=steps, name=name, clip=clip):
        ema.update()
        done = step + 1
        if done % check_every == 0 or done == steps:
            with torch.no_grad():
                best.offer(float(held_out_loss(ema.network)), done)
            if done - max(best.step, warmup) >= patience:
                break
    best.restore()
    return ema.network
