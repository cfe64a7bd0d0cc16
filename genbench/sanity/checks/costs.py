"""How many samples a metric needs, and how its time grows with them and with their dimension."""

from functools import partial
from typing import Any

import numpy as np

from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import Scales, Separates
from genbench.sanity.worlds import MIXTURE, N_MODES, Real, about_mixture

SIZES = (20.0, 40.0, 80.0, 160.0)


def few_samples(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Draw so many samples; above zero, the model's have noise, and half the modes are missing."""
    n = int(abs(level))
    (test, of_test), (train, of_train) = (MIXTURE.sample(n, rng=real) for _ in range(2))
    known = Real(test, of_test, train, of_train, test, of_test)
    modes = model.integers(N_MODES // 2 if level > 0 else N_MODES, size=n)
    width = np.sqrt(2.0) if level > 0 else 1.0
    generated = MIXTURE.centres[modes] + width * model.normal(size=(n, N_MODES))
    return about_mixture(known, generated)


def timed_samples(
    real: np.random.Generator, model: np.random.Generator, level: float, *, in_d: bool
) -> dict[str, Any]:
    """Draw normal points: `level` of them, or of so many dimensions."""
    n, d = (300, int(level)) if in_d else (int(level), 8)
    test, train = (real.normal(size=(n, d)) for _ in range(2))
    return {"test": test, "train": train, "generated": 1.1 * model.normal(size=(n, d))}


CHECKS = (
    Check(
        name="sample_size",
        asks="How many samples are enough to see noise and missing modes?",
        desideratum=Desideratum.COST,
        knob="samples (below zero: real ones)",
        levels=tuple(sign * size for size in SIZES for sign in (-1, 1)),
        repeats=4,
        expects=Separates(("noise", "shift", "collapse", "dropped mode")),
        make=few_samples,
        slow=True,
        source="Xu et al., 2018, https://arxiv.org/abs/1806.07755",
    ),
    Check(
        name="time_in_samples",
        asks="Does its time grow at most with the square of the number of samples?",
        desideratum=Desideratum.COST,
        knob="samples",
        levels=(200.0, 400.0, 800.0, 1600.0),
        expects=Scales(),
        make=partial(timed_samples, in_d=False),
        timed=True,
        slow=True,
    ),
    Check(
        name="time_in_dimension",
        asks="Does its time grow at most with the square of the dimension?",
        desideratum=Desideratum.COST,
        knob="dimension",
        levels=(8.0, 32.0, 128.0),
        expects=Scales(),
        make=partial(timed_samples, in_d=True),
        timed=True,
        slow=True,
    ),
)
