"""Are the promises of plans kept? Six metrics on three laws, from which all is drawn anew."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from genbench.datasets.densities import Density
from genbench.ground.arrays import Array
from genbench.ground.landing import replace_file
from genbench.ground.randomness import rng_for
from genbench.ground.strict_json import to_json
from genbench.metrics import find
from genbench.sanity.calibration.laws import LAWS
from genbench.sanity.power.planning import plan
from genbench.sanity.power.simulation import Kept, simulate
from genbench.sanity.store import digest
from genbench.sanity.suite import do_all
from genbench.scoring.resolution import POWER

N_REAL = 1000
MOST_SAMPLES = 3000  # of a model: what can be simulated hundreds of times

# What is to be seen, in the metric's own units, by law.
DIFFERENCES = {
    "frechet_distance": {"gaussian": 0.3, "digits": 30.0, "class_flow": 20.0},
    "maximum_mean_discrepancy": {"gaussian": 0.01, "digits": 0.01, "class_flow": 0.01},
    "energy_distance": {"gaussian": 0.04, "digits": 0.6, "class_flow": 0.4},
    "precision": {"gaussian": 0.1, "digits": 0.1, "class_flow": 0.1},
    "coverage": {"gaussian": 0.12, "digits": 0.15, "class_flow": 0.15},
    "density": {"gaussian": 0.2, "digits": 0.3, "class_flow": 0.3},
}


def _class_flow() -> Density:
    from genbench.datasets import load

    density = load("class_flow").density
    assert density is not None  # noqa: S101  # its law is known
    return density


REFERENCES: dict[str, Callable[[], Density]] = {
    "gaussian": lambda: LAWS["gaussian"]().truth,
    "digits": lambda: LAWS["digits"]().truth,
    "class_flow": _class_flow,
}
CELLS = tuple((metric, law) for metric, by_law in DIFFERENCES.items() for law in by_law)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """A plan for a metric on a law, and whether it was kept: None where it takes too many."""

    metric: str
    law: str
    difference: float
    n: int | None
    kept: Kept | None


def run(
    cells: Iterable[tuple[str, str]], simulations: int, folder: Path, *, jobs: int = 1
) -> Iterable[Promise]:
    """Yield promises as they are tried; what is kept in `folder` is not tried again."""
    asked = ((metric, law, simulations, folder) for metric, law in cells)
    yield from do_all(_do, asked, jobs=jobs)


def _do(metric: str, law: str, simulations: int, folder: Path) -> Promise:
    from threadpoolctl import threadpool_limits

    path = folder / "work" / f"power-{metric}-{law}-{simulations}.json"
    difference = DIFFERENCES[metric][law]
    made_by = [digest(find(metric)), difference, N_REAL]
    known = _read(path)
    if known is None or known[0] != made_by:
        with threadpool_limits(1):
            n, seen = _try(metric, law, difference, simulations)
        replace_file(path, to_json({"made_by": made_by, "n": n, "seen": seen}).encode())
        known = made_by, n, seen
    _, n, seen = known
    kept = None if seen is None else Kept(simulations=simulations, seen=seen, promised=POWER)
    return Promise(metric=metric, law=law, difference=difference, n=n, kept=kept)


def _try(
    metric: str, law: str, difference: float, simulations: int
) -> tuple[int | None, int | None]:
    density = REFERENCES[law]()
    real, _ = density.sample(N_REAL, rng=rng_for(0, "promises", law))
    planned = plan(find(metric), real, difference=difference)
    n = planned.needed[1]
    if n is None or n > MOST_SAMPLES:
        return n, None

    def draw(n_test: int, n_others: int, rng: np.random.Generator) -> tuple[Array, Array]:
        return density.sample(n_test, rng=rng)[0], density.sample(n_others, rng=rng)[0]

    return n, simulate(find(metric), planned, draw, simulations=simulations).seen


def _read(path: Path) -> tuple[list[object], int | None, int | None] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return list(found["made_by"]), found["n"], found["seen"]
    except (OSError, ValueError, TypeError, KeyError):
        return None  # it will be tried again
