"""Fakes and overlaps of a known share: what measures of a share should then say."""

from functools import partial

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.checks.known_values import N_OVERLAP, coverage_by_chance
from genbench.sanity.checks.scales import RAISA
from genbench.sanity.expectations import Equals, Proportional
from genbench.sanity.worlds import on_points

FAR = 1000.0
N_CUBE = 1000
FIFTHS = (0.0, 0.2, 0.4, 0.6, 0.8)
SALVY = "Salvy et al., ICLR 2026, https://arxiv.org/abs/2507.01761"
PRECISIONS = ("precision", "density", "probabilistic_precision")
# Of shares of volume, those that measure these.
VOLUMES = ("precision", "recall", "probabilistic_precision", "probabilistic_recall")


def far_fakes(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw normal points, and others of which this share lies far away."""
    test, generated = real.normal(size=(N_OVERLAP, 3)), model.normal(size=(N_OVERLAP, 3))
    generated[: round(level * N_OVERLAP)] += FAR
    return test, generated


def cubes(
    real: np.random.Generator, model: np.random.Generator, level: float, *, d: int
) -> tuple[Array, Array]:
    """Draw evenly from two unit cubes that share so much of their volume."""
    start = 1 - level ** (1 / d)
    return real.uniform(size=(N_CUBE, d)), start + model.uniform(size=(N_CUBE, d))


def share_of_good(level: float) -> float:
    """What is no fake."""
    return 1 - level


def share_of_volume(level: float) -> float:
    """The level itself."""
    return level


CHECKS = (
    Check(
        name="far_fakes",
        asks="Does precision fall as the share of samples that are no far fakes?",
        desideratum=Desideratum.BOUNDS,
        knob="share of fakes",
        levels=FIFTHS,
        repeats=4,
        only=PRECISIONS,
        expects=Proportional(dict.fromkeys(PRECISIONS, share_of_good)),
        make=on_points(far_fakes),
        source=SALVY,
    ),
    Check(
        name="covered_beside_far_fakes",
        asks="Is coverage that of the samples that are no far fakes, as the lemma says?",
        desideratum=Desideratum.BOUNDS,
        knob="share of fakes",
        levels=FIFTHS,
        repeats=4,
        only=("coverage", "density"),
        expects=Equals(
            {
                "coverage": lambda fakes: coverage_by_chance(1 - fakes),
                "density": share_of_good,
            }
        ),
        make=on_points(far_fakes),
        family="far_fakes",
        source="Naeem et al., ICML 2020, https://arxiv.org/abs/2002.09797",
    ),
    *(
        Check(
            name=f"overlap_of_cubes_{d}d",
            asks=f"Is the share of their volume known that cubes have in common, in {d}d?",
            desideratum=Desideratum.BOUNDS,
            knob="share in common",
            levels=(1.0, 0.8, 0.5, 0.2),
            only=VOLUMES,
            expects=Proportional(dict.fromkeys(VOLUMES, share_of_volume)),
            make=on_points(partial(cubes, d=d)),
            family="overlap_of_cubes",
            slow=True,
            source=RAISA,
        )
        for d in (1, 8, 64)
    ),
)
