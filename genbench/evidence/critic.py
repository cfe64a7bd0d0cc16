"""A critic that cannot be steeper than one, trained to keep generated from test points apart."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.threads import one_thread

FEWEST = 20
WIDTH = 64
STEPS = 100
BATCH = 512
WIDE = 2 * WIDTH  # dimensions above which the first layer's Cayley map is taken in factors
MOST_SPANNED = 1000  # points to learn from whose span is taken: that of more takes longer to find
ROUNDING = 1e-10  # of the largest eigenvalue: smaller ones are none


@dataclass(frozen=True)
class Critic(Evidence):
    """What a trained critic finds on points it has not seen.

    Every layer is orthogonal (so its steepest slope is one) and the activation sorts pairs, which
    keeps gradients whole: Anil et al., "Sorting out Lipschitz function approximation", ICML 2019,
    https://arxiv.org/abs/1811.05381. Danihelka et al., "Comparison of maximum likelihood and
    GAN-based training of Real NVPs", https://arxiv.org/abs/1705.05263, train such an independent
    critic on validation data, to see overfitting.
    """

    inputs: ClassVar = ("test", "generated")

    difference: float  # mean critic of held-out test points minus that of generated ones
    steepness: float  # product of the layers' largest singular values: no slope exceeds it
    standard_error: float

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Train and judge on the points."""
        real, generated = comparison.reference, comparison.generated_set
        return cls.measure(real.test_set, generated, rng=comparison.rng("critic"))

    @classmethod
    def measure(cls, test: Array, generated: Array, *, rng: np.random.Generator) -> Self:
        """Train on one half of each set, evaluate on the other.

        Raises:
            Unavailable: fewer than `FEWEST` points in either set.
        """
        import torch

        if min(len(test), len(generated)) < FEWEST:
            n = min(len(test), len(generated))
            raise Unavailable(f"needs {FEWEST} points of each set; there are {n}")
        centre = test.mean(axis=0)
        # One factor for all directions: it stretches distances evenly, and is undone at the end.
        scale = float(np.sqrt(((test - centre) ** 2).mean())) or 1.0
        halves: list[Array] = []
        for points in (test, generated):
            shuffled = points[rng.permutation(len(points))]
            halves += np.split((shuffled - centre) / scale, [len(points) // 2])
        test_learn, test_judge, generated_learn, generated_judge = (
            torch.tensor(half, dtype=torch.float32) for half in _onto_what_is_learned_from(halves)
        )
        with one_thread():
            network = _train(test_learn, generated_learn, rng=rng)
        with torch.no_grad():
            on_test = network(test_judge).double().numpy() * scale
            on_generated = network(generated_judge).double().numpy() * scale
        error = np.sqrt(on_test.var() / len(on_test) + on_generated.var() / len(on_generated))
        return cls(
            float(on_test.mean() - on_generated.mean()), _lipschitz_bound(network), float(error)
        )


def _onto_what_is_learned_from(halves: list[Array]) -> list[Array]:
    """Project on the span of the learning points, where those are fewer than dimensions.

    Only along it do they say anything of the critic. A projection brings no points farther apart:
    what is no steeper than one after it is no steeper than one before it.
    """
    n, d = len(halves[0]) + len(halves[2]), halves[0].shape[1]
    if d <= max(n, WIDE) or n > MOST_SPANNED:
        return halves
    learned = np.concatenate([halves[0], halves[2]])
    squares, vectors = np.linalg.eigh(learned @ learned.T)
    kept = squares > squares.max() * ROUNDING
    axes = learned.T @ (vectors[:, kept] / np.sqrt(squares[kept]))
    return [points @ axes for points in halves] if kept.any() else halves


def _train(test: Any, generated: Any, *, rng: np.random.Generator) -> Any:
    import torch
    from torch import nn
    from torch.nn.utils.parametrizations import orthogonal

    d = test.shape[1]

    class GroupSort(nn.Module):
        def forward(self, x: Any) -> Any:
            first, second = x.chunk(2, dim=1)
            return torch.cat([torch.maximum(first, second), torch.minimum(first, second)], dim=1)

    # Initial weights come from torch's global stream: borrowed here, and put back after.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**31)))
        network = nn.Sequential(
            _orthonormal_rows(d)
            if d > WIDE
            else orthogonal(nn.Linear(d, WIDTH), orthogonal_map="cayley"),
            GroupSort(),
            orthogonal(nn.Linear(WIDTH, WIDTH), orthogonal_map="cayley"),
            GroupSort(),
            orthogonal(nn.Linear(WIDTH, WIDTH), orthogonal_map="cayley"),
            GroupSort(),
            orthogonal(nn.Linear(WIDTH, 1), orthogonal_map="cayley"),
        )
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, STEPS)
    for _ in range(STEPS):
        real, fake = (
            points[rng.choice(len(points), size=BATCH, replace=False)]
            if len(points) > BATCH
            else points
            for points in (test, generated)
        )
        optimiser.zero_grad()
        (network(fake).mean() - network(real).mean()).backward()
        optimiser.step()
        schedule.step()
    return network


def _orthonormal_rows(d: int) -> Any:
    """Return a layer from d to WIDTH values whose weight has orthonormal rows, at d WIDTH^2 a step.

    Torch's Cayley map solves a system of d x d, which is cubic in d. Of the same kind is
    W' = (I - A/2)^-1 (I + A/2) S with fixed orthonormal columns S and A = Y S' - S Y', which has
    rank 2 WIDTH: with A = U V', by Woodbury, W' = S + U (I - V'U/2)^-1 V'S. Of U = (Y, S) and
    V = (S, -Y) that takes S'Y and Y'Y alone: W' = Y C + S (I + D) with small C and D.
    """
    import torch
    from torch import nn

    class OrthonormalRows(nn.Module):
        start: torch.Tensor

        def __init__(self) -> None:
            super().__init__()
            linear = nn.Linear(d, WIDTH)  # for the first bias, drawn as in the other layers
            start = nn.init.orthogonal_(torch.empty(d, WIDTH, dtype=torch.float64))
            self.bias = linear.bias
            self.register_buffer("start", start)
            self.register_buffer("start_in_single", start.float())
            self.turn = nn.Parameter(torch.zeros(d, WIDTH))

        def parts(self) -> Any:
            """Return C and I + D; in doubles, for their system is ill-conditioned far from S."""
            turn, one = self.turn.double(), torch.eye(WIDTH, dtype=torch.float64)
            across, square = self.start.T @ turn, turn.T @ turn
            product = torch.cat(
                [torch.cat([across, one], dim=1), torch.cat([-square, -across.T], dim=1)]
            )
            system = torch.eye(2 * WIDTH, dtype=torch.float64) - product / 2
            of_turn, of_start = torch.linalg.solve(system, torch.cat([one, -across.T])).split(WIDTH)
            return of_turn, one + of_start

        @property
        def weight(self) -> Any:
            of_turn, of_start = self.parts()
            return (self.turn.double() @ of_turn + self.start @ of_start).T

        def forward(self, x: Any) -> Any:
            of_turn, of_start = (part.float() for part in self.parts())
            return (x @ self.turn) @ of_turn + (x @ self.start_in_single) @ of_start + self.bias

    return OrthonormalRows()


def _lipschitz_bound(network: Any) -> float:
    import torch

    with torch.no_grad():
        slopes = [
            torch.linalg.matrix_norm(layer.weight.double(), ord=2)
            for layer in network
            if hasattr(layer, "weight")
        ]
        return float(torch.stack(slopes).prod())
