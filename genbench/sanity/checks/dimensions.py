"""Two samples of one distribution in few dimensions and in many."""

from typing import Any

import numpy as np

from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import AsDeclared, Equals
from genbench.sanity.worlds import N

N_CIRCLE = 1000


def equal_in(real: np.random.Generator, model: np.random.Generator, level: float) -> dict[str, Any]:
    """Draw test, training and generated samples from N(0, I) in `level` dimensions."""
    test, train = (real.normal(size=(N, int(level))) for _ in range(2))
    return {"test": test, "train": train, "generated": model.normal(size=(N, int(level)))}


def on_circle(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Draw all samples from a circle, where one dimension has no ends."""
    angles = [2 * np.pi * rng.uniform(size=N_CIRCLE) for rng in (real, real, model)]
    test, train, generated = (np.stack([np.cos(a), np.sin(a)], axis=1) for a in angles)
    return {"test": test, "train": train, "generated": generated}


CHECKS = (
    Check(
        name="real_against_real_dimensions",
        asks="Do two samples of one distribution get what is declared, in any dimension?",
        desideratum=Desideratum.BOUNDS,
        knob="dimension",
        levels=(1.0, 2.0, 8.0, 64.0),
        expects=AsDeclared(),
        make=equal_in,
        family="real_against_real",
        slow=True,
    ),
    Check(
        name="authentic_by_chance",
        asks="Is a third of a perfect model's samples authentic in one dimension?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=10,
        only=("authenticity",),
        # A sample at a share v < 1/2 of a gap L, which is one it fell into and so twice as long as
        # others in the mean, is authentic if the next gap is shorter than v L: the mean of
        # 1 - (1 + v)^-2 over v is a third.
        expects=Equals({"authenticity": lambda _: 1 / 3}),
        make=on_circle,
        slow=True,
        source="Alaa et al., ICML 2022, https://arxiv.org/abs/2102.08921",
    ),
)
