"""A few samples far from all others, and coordinates that hold nothing but such."""

from functools import partial

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.faults import NAEEM, WIDTHS
from genbench.sanity.checks.scales import RAISA
from genbench.sanity.checks.shares import SALVY
from genbench.sanity.expectations import Stays, Worsens
from genbench.sanity.worlds import N, on_points

D = 8
MOVED, OUTLIER = 1.5, 3.0  # in every coordinate: the outlier lies behind the other set
FAR, SHIFTED = 10.0, 0.3
PARETO = 1.01  # its mean is finite, and hardly so


def one_outlier(
    real: np.random.Generator, model: np.random.Generator, level: float, *, of_test: bool
) -> tuple[Array, Array]:
    """Draw two sets apart; at level 1, one point of one of them lies beyond the other.

    All else is the same at both levels.
    """
    near, far = real.normal(size=(N, D)), MOVED + real.normal(size=(N, D))
    if level:
        near[0] = OUTLIER
    return (near, far) if of_test else (far, near)


def matched_outliers(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Move this share of either set to one far place. All else is the same at all levels."""
    test, generated = real.normal(size=(N, D)), SHIFTED + real.normal(size=(N, D))
    for points in (test, generated):
        points[: round(level * N)] += FAR
    return test, generated


def beside_heavy_tail(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw normal points and others moved this far, each with a Pareto coordinate beside."""
    test, generated = (
        np.hstack([rng.normal(size=(N, D)), 1 + rng.pareto(PARETO, size=(N, 1))])
        for rng in (real, model)
    )
    generated[:, :D] += level / np.sqrt(D)
    return test, generated


_check = partial(Check, desideratum=Desideratum.INVARIANCE, slow=True)

CHECKS = (
    _check(
        name="outlier_in_test",
        asks="Is it all one that a single test sample lies beyond the generated ones?",
        knob="outliers",
        levels=(0.0, 1.0),
        expects=Stays(),
        make=on_points(partial(one_outlier, of_test=True)),
        family="outlier",
        source=NAEEM,
    ),
    _check(
        name="outlier_in_generated",
        asks="Is it all one that a single generated sample lies beyond the test samples?",
        knob="outliers",
        levels=(0.0, 1.0),
        expects=Stays(),
        make=on_points(partial(one_outlier, of_test=False)),
        family="outlier",
        source=NAEEM,
    ),
    _check(
        name="matched_outliers",
        asks="Is it all one that a small share of both sets is far from the rest?",
        knob="share",
        levels=(0.0, 0.01, 0.02, 0.03),
        expects=Stays(),
        make=on_points(matched_outliers),
        source=SALVY,
    ),
    _check(
        name="shift_beside_heavy_tail",
        asks="Does a shift count beside a coordinate of heavy tails that is alike in both sets?",
        knob="distance moved",
        levels=tuple(2 * width for width in WIDTHS),
        expects=Worsens(("shift",)),
        make=on_points(beside_heavy_tail),
        source=RAISA,
    ),
)
