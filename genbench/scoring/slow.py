"""What will be slow, said before it begins: rough times of the measures that take longest."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

LONG = 15.0  # seconds of all that is asked for, below which nothing need be said
TOLD = 4  # measures


class Work(NamedTuple):
    """Seconds of one core: rough, split up by hand from calls of 2,000 x 2,048 and 10,000 x 64."""

    pairs: float = 0.0  # for each 1e8 pairs of a test and a generated sample
    products: float = 0.0  # for each 1e10 products of their numbers
    numbers: float = 0.0  # for each 1e7 numbers of both sets
    most: float = math.inf  # samples of a set that are looked at


WORK = {
    "classifier_two_sample_test": Work(numbers=2.0),
    "critic_distance": Work(numbers=5.0),
    "energy_distance": Work(pairs=1.0, products=1.0),
    "frechet_distance": Work(numbers=4.0),
    "frechet_distance_infinity": Work(numbers=4.0),
    "geometry_score": Work(pairs=20.0, products=1.0, most=2500),
    "kernel_log_likelihood": Work(pairs=2.0, products=1.0),
    "level_coverage": Work(pairs=2.0, products=4.0),
    "mauve": Work(numbers=4.0),
    "maximum_mean_discrepancy": Work(pairs=1.5, products=1.5),
    "precision": Work(pairs=0.7, products=0.6),
    "precision_recall_f8": Work(numbers=6.0),
    "probabilistic_precision": Work(pairs=1.0, products=1.0),
    "probability_mass_chi_square": Work(numbers=2.0),
    "sinkhorn_divergence": Work(pairs=10.0, products=1.0, most=3000),
    "topological_precision": Work(pairs=2.5, products=0.5),
    "wasserstein_2_distance": Work(pairs=3.0, products=0.3),
    "wasserstein_distance": Work(pairs=4.0, products=1.5),
}


def said_of_slow(names: Iterable[str], given: Mapping[str, Any]) -> str | None:
    """Return a sentence on what will take longest, if it is long; `given` are inputs of `score`."""
    test, generated = given.get("test"), given.get("generated")
    if test is None or generated is None:
        return None
    times = 1 if given.get("fresh") is None else 2
    seconds = {
        name: times * seconds_of(WORK[name], np.shape(test), np.shape(generated))
        for name in names
        if name in WORK
    }
    total = sum(seconds.values())
    if total < LONG:
        return None
    longest = sorted(seconds, key=seconds.__getitem__, reverse=True)[:TOLD]
    told = ", ".join(f"{name} ({seconds[name]:.0f} s)" for name in longest)
    return f"This takes about {total:.0f} s of one core; longest {told}."


def seconds_of(work: Work, test: tuple[int, ...], generated: tuple[int, ...]) -> float:
    """Return the seconds for samples of such shapes."""
    n, m = (min(shape[0], work.most) for shape in (test, generated))
    d = math.prod(test[1:])
    return (
        work.pairs * n * m / 1e8
        + work.products * n * m * d / 1e10
        + work.numbers * (n + m) * d / 1e7
    )
