"""A game in which a GAN loses all but one or two modes of the data, and what helps.

Eight narrow Gaussians on a ring, as in Metz et al., "Unrolled generative adversarial networks",
ICLR 2017, https://arxiv.org/abs/1611.02163, and a generator that learns ten times as fast as its
discriminator. `python -m genbench.baselines.gans.mode_collapse table.md` writes the table.

Differs from the paper: the rates fall to zero over 2,000 steps, noise has two coordinates, not 256,
and weights start as PyTorch has them, not orthogonal. No average of the generator is kept, nor are
slopes penalised unless a row of the table says so.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..training import progress, write_table
from .adversarial import Adversarial, Array
from .gan import GAN
from .packed_gan import PackedGAN
from .r3gan import R3GAN
from .unrolled_gan import UnrolledGAN

ANGLES = 2 * np.pi * np.arange(8) / 8
CENTRES = 2 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
WIDTH = 0.02  # of a mode
N_TRAIN, N_SAMPLES = 10_000, 2500


GAME: dict[str, Any] = {
    "hidden": 128,
    "layers": 2,
    "steps": 2000,
    "batch": 128,
    "learning_rate": 1e-3,
}
GAME |= {"discriminator_rate": 1e-4, "slope_penalty": 0, "ema_decay": 0}
REMEDIES: dict[str, Callable[[], Adversarial]] = {
    "none: the non-saturating loss": lambda: GAN(**GAME),
    "the minimax loss": lambda: GAN(loss="minimax", **GAME),
    "packs of two": lambda: PackedGAN(pack=2, **GAME),
    "packs of four": lambda: PackedGAN(pack=4, **GAME),
    "noise on what the discriminator sees": lambda: GAN(noise=0.3, **GAME),
    "a penalty on slopes (R1)": lambda: GAN(**GAME | {"slope_penalty": 0.1}),
    "five steps unrolled, of rate .02": lambda: UnrolledGAN(unroll=5, unroll_rate=0.02, **GAME),
    "five steps unrolled, of rate .1": lambda: UnrolledGAN(unroll=5, unroll_rate=0.1, **GAME),
    "pairs, and penalties on both slopes (R3GAN)": lambda: R3GAN(
        **GAME | {"slope_penalty": 0.1, "last_slope_penalty": 0.001, "penalty_every": 1}
    ),
    "a discriminator as fast as the generator": lambda: GAN(**GAME | {"discriminator_rate": 1e-3}),
}

HEADER = """\
| remedy | modes approached | modes hit | samples that hit |
|---|---|---|---|
"""


def counts(samples: Array) -> tuple[int, int, float]:
    """Return how many modes are approached, how many are hit, and the share of samples that hit.

    A sample hits a mode if it is within ten widths, about an eighth of the way to the next. A mode
    is hit if one in a hundred samples hits it, and approached if it is the nearest to as many.
    """
    distances = np.linalg.norm(samples[:, None] - CENTRES, axis=-1)
    nearest, hit = distances.argmin(axis=1), distances.min(axis=1) < 10 * WIDTH
    near, hits = (np.bincount(modes, minlength=8) for modes in (nearest, nearest[hit]))
    least = len(samples) / 100
    return int((near >= least).sum()), int((hits >= least).sum()), float(hit.mean())


def play(model: Adversarial, seed: int) -> tuple[int, int, float]:
    """Return the counts of a model fitted to the ring."""
    rng = np.random.default_rng(seed)
    modes = CENTRES[rng.integers(8, size=N_TRAIN)]
    train = modes + WIDTH * rng.normal(size=modes.shape)
    return counts(model.fit(train, rng=rng).sample(N_SAMPLES, rng=rng))


def table(
    remedies: Mapping[str, Callable[[], Adversarial]] = REMEDIES, seeds: Sequence[int] = (0, 1, 2)
) -> str:
    """Return a Markdown table: a row for each remedy, in which there is a number for each seed."""
    text = HEADER
    for name, make in remedies.items():
        games = progress(seeds, f"{name[:30]}, {len(seeds)} games")
        approached, hit, shares = zip(*(play(make(), seed) for seed in games), strict=True)
        numbers = (f"{value:.2f}".removeprefix("0") for value in shares)
        columns = (name, *(" ".join(map(str, column)) for column in (approached, hit, numbers)))
        text += f"| {' | '.join(columns)} |\n"
    return text


if __name__ == "__main__":
    write_table(table)
