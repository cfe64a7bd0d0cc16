"""What quantizing coordinates together gains over quantizing each on its own.

At N codewords for pairs of numbers, or the root of N levels for each, three things are gained where
N is large: cells that fill the plane better than squares do, codewords where the law of the pair
has its mass, and what the two numbers tell of one another. Lookabaugh, Gray, "High-resolution
quantization theory and the vector quantizer advantage", IEEE Transactions on Information Theory,
1989, https://doi.org/10.1109/18.42217; Gersho, "Asymptotically optimal block quantization", the
same, 1979, https://doi.org/10.1109/TIT.1979.1056067. With a density f of k numbers, the mean
squared error of one is G N^(-2/k) (integral of f^(k/(k+2)))^((k+2)/k), where G is the error of the
best cell: 1/12 of an interval, 5/(36 sqrt 3) of a hexagon.

`python -m genbench.baselines.quantization.distortion table.md` writes a table: the errors of
`lloyd_max` and `vector_quantization` beside these.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial import KDTree

from ..training import write_table
from .lloyd_max import Array, LloydMax
from .vector_quantization import VectorQuantization

INTERVAL, HEXAGON = 1 / 12, 5 / (36 * math.sqrt(3))
LEVELS = 16  # of each number, and as many codewords for pairs as pairs of these
N_TRAIN, N_TEST = 40_000, 40_000


@dataclass(frozen=True, kw_only=True)
class Law:
    """Pairs of numbers, and what theory has of them.

    Args:
        draw: returns n pairs (n, 2).
        alone: the integral for one of the numbers, k = 1.
        together: the integral for the pair, k = 2.
    """

    draw: Callable[[int, np.random.Generator], Array]
    alone: float
    together: float


def normal(correlation: float) -> Law:
    """Return the law of standard normal numbers with this correlation."""
    mix = np.linalg.cholesky([[1.0, correlation], [correlation, 1.0]])
    return Law(
        draw=lambda n, rng: rng.standard_normal((n, 2)) @ mix.T,
        alone=6 * math.sqrt(3) * math.pi,
        together=8 * math.pi * math.sqrt(1 - correlation**2),
    )


LAWS: dict[str, Law] = {
    "even in a square": Law(draw=lambda n, rng: rng.random((n, 2)), alone=1.0, together=1.0),
    "normal": normal(0.0),
    "normal, correlated by .9": normal(0.9),
}
HEADER = """\
| pairs | each alone | in theory | together | in theory | gain | in theory |
|---|---|---|---|---|---|---|
"""


def distortion(codebook: Array, samples: Array) -> float:
    """Return the mean squared error of a coordinate when samples (n, d) become codewords (m, d)."""
    distances, _ = KDTree(codebook).query(samples)
    return float((distances**2).mean() / samples.shape[1])


def distortions(law: Law, *, levels: int, rng: np.random.Generator) -> tuple[float, float]:
    """Return the errors, on fresh samples, of levels for each number and of codewords for pairs."""
    train, test = law.draw(N_TRAIN, rng), law.draw(N_TEST, rng)
    alone = LloydMax(levels=levels).fit(train, rng=rng)
    together = VectorQuantization(
        samples_per_codeword=N_TRAIN // levels**2, max_codewords=levels**2
    ).fit(train, rng=rng)
    error = (alone.decode(alone.encode(test)) - test) ** 2
    return float(error.mean()), distortion(together.codebook, test)


def table(laws: Mapping[str, Law] = LAWS, *, levels: int = LEVELS) -> str:
    """Return a Markdown table of errors and gains, each times the square of the levels."""
    text = HEADER
    for name, law in laws.items():
        found = distortions(law, levels=levels, rng=np.random.default_rng(0))
        expected = INTERVAL * law.alone, HEXAGON * law.together
        alone, together = (error * levels**2 for error in found)
        numbers = (alone, expected[0], together, expected[1])
        gains = (alone / together, expected[0] / expected[1])
        columns = [f"{value:.3f}" for value in numbers] + [f"{value:.2f}" for value in gains]
        text += f"| {' | '.join((name, *columns))} |\n"
    return text


if __name__ == "__main__":
    write_table(table)
