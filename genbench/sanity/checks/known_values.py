"""Values that are known exactly, or to the leading order that is said."""

from functools import partial

import numpy as np

from genbench.ground.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import Equals
from genbench.sanity.worlds import on_points

N_FRECHET = 500
DIMENSIONS = (2.0, 4.0, 8.0)
N_OVERLAP, K = 200, 5
N_BIRTHDAY = 400


def normal_pair(
    real: np.random.Generator, model: np.random.Generator, level: float, *, n: int
) -> tuple[Array, Array]:
    """Draw two samples of one standard normal distribution in `level` dimensions."""
    return real.normal(size=(n, int(level))), model.normal(size=(n, int(level)))


def unequal_pair(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw two samples of one distribution, of different size: `level` times as many generated."""
    return real.normal(size=(N_OVERLAP, 3)), model.normal(size=(int(level * N_OVERLAP), 3))


def coverage_by_chance(level: float) -> float:
    """1 - prod_(i=1..k) (n - i) / (n + m - i): Naeem et al., lemma 2."""
    n, m = N_OVERLAP, level * N_OVERLAP
    i = np.arange(1, K + 1)
    return float(1 - np.prod((n - i) / (n + m - i)))


def moved_copy(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw points, and take the same points moved by a known distance."""
    test = real.normal(size=(150, 3))
    return test, test + level / np.sqrt(3)


def atoms(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw generated points from `level` different ones, each as likely."""
    test = real.normal(size=(N_BIRTHDAY, 3))
    places = 1000 * model.normal(size=(int(level), 3))  # no two are near each other by chance
    return test, places[model.integers(int(level), size=N_BIRTHDAY)]


def far_modes(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> tuple[Array, Array]:
    """Draw a tight test set, and equally many points at each of `level` far places."""
    places = 1000 * np.eye(12)[: int(level)]
    return real.normal(size=(240, 12)), np.repeat(places, 240 // int(level), axis=0)


CHECKS = (
    Check(
        name="frechet_null",
        asks="Is the Frechet distance of two samples of N(0, I) d (d + 5) / (2 n), for large n?",
        desideratum=Desideratum.BOUNDS,
        knob="dimension d",
        levels=DIMENSIONS,
        repeats=20,
        only=("frechet_distance",),
        expects=Equals({"frechet_distance": lambda d: d * (d + 5) / (2 * N_FRECHET)}),
        make=on_points(partial(normal_pair, n=N_FRECHET)),
        source="Chong and Forsyth, CVPR 2020, https://arxiv.org/abs/1911.07023",
    ),
    Check(
        name="overlap_null",
        asks="Are density and coverage of equal distributions as the lemma says, at any sizes?",
        desideratum=Desideratum.BOUNDS,
        knob="generated samples per test sample",
        levels=(0.5, 1.0, 2.0),
        repeats=10,
        only=("density", "coverage"),
        expects=Equals({"density": lambda _: 1.0, "coverage": coverage_by_chance}),
        make=on_points(unequal_pair),
        source="Naeem et al., ICML 2020, https://arxiv.org/abs/2002.09797",
    ),
    Check(
        name="neighbour_null",
        asks="Is one-nearest-neighbour accuracy (n - 1) / (2 n - 1) for equal distributions?",
        desideratum=Desideratum.BOUNDS,
        knob="dimension d",
        levels=DIMENSIONS,
        repeats=10,
        only=("neighbour_two_sample_accuracy",),
        expects=Equals({"neighbour_two_sample_accuracy": lambda _: 49 / 99}),
        make=on_points(partial(normal_pair, n=50)),
        source="Lopez-Paz and Oquab, ICLR 2017, https://arxiv.org/abs/1610.06545",
    ),
    Check(
        name="unbiased",
        asks="Is the mean zero for equal distributions, even of few samples?",
        desideratum=Desideratum.BOUNDS,
        knob="dimension d",
        levels=DIMENSIONS,
        repeats=20,
        only=("kernel_distance", "maximum_mean_discrepancy", "energy_distance"),
        expects=Equals(
            dict.fromkeys(
                ("kernel_distance", "maximum_mean_discrepancy", "energy_distance"), lambda _: 0.0
            )
        ),
        make=on_points(partial(normal_pair, n=30)),
        source="Bińkowski et al., ICLR 2018, https://arxiv.org/abs/1801.01401",
    ),
    Check(
        name="moved_copy",
        asks="Is the distance known by which all samples were moved?",
        desideratum=Desideratum.BOUNDS,
        knob="distance moved",
        levels=(0.5, 1.0, 3.0),
        only=("frechet_distance", "wasserstein_distance", "wasserstein_2_distance"),
        expects=Equals(
            {
                "frechet_distance": lambda moved: moved**2,
                "wasserstein_distance": lambda moved: moved,
                "wasserstein_2_distance": lambda moved: moved,
            }
        ),
        make=on_points(moved_copy),
    ),
    Check(
        name="birthday_support",
        asks="Is the number of different samples found by its birthdays?",
        desideratum=Desideratum.DIVERSITY,
        knob="different samples",
        levels=(100.0, 400.0, 1600.0),
        repeats=5,
        only=("birthday_support",),
        # Its reciprocal, the share of equal pairs, is what has no bias.
        expects=Equals({"birthday_support": lambda atoms: atoms}, transform=np.reciprocal),
        make=on_points(atoms),
        source="Arora and Zhang, ICLR 2018, https://arxiv.org/abs/1706.08224",
    ),
    Check(
        name="mode_count",
        asks="Are far modes counted?",
        desideratum=Desideratum.DIVERSITY,
        knob="modes",
        levels=(1.0, 2.0, 5.0, 10.0),
        only=("vendi_score", "renyi_kernel_modes"),
        expects=Equals(
            {"vendi_score": lambda modes: modes, "renyi_kernel_modes": lambda modes: modes}
        ),
        make=on_points(far_modes),
        source="Friedman and Dieng, TMLR 2023, https://arxiv.org/abs/2210.02410",
    ),
)
