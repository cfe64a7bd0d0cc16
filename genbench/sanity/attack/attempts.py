"""Attempts on metrics: from each start, with training or also test samples; kept on disk.

Starts are what a swindler would try: noise; ten pictures of noise over and over; one average
picture over and over; an extreme one over and over with a few on the other side of what is real;
and copies, of which better are sought. The few are fewer than the neighbours that a ball reaches
to: theirs reach to the extreme one, past all that is real.
"""

import base64
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.spatial.distance import cdist

from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.landing import replace_file
from genbench.ground.randomness import rng_for
from genbench.ground.strict_json import to_json
from genbench.metric import Metric
from genbench.metrics import find
from genbench.sanity.attack.search import search
from genbench.sanity.attack.world import N_SAMPLES, WHITE, World, remembering, world
from genbench.sanity.store import digest
from genbench.sanity.suite import do_all

HEADLINE = (
    "frechet_distance",
    "maximum_mean_discrepancy",
    "wasserstein_distance",
    "classifier_two_sample_test",
    "precision",
    "coverage",
)
BESIDE = (
    "inception_score",
    "recall",
    "density",
    "energy_distance",
    "kernel_distance",
    "authenticity",
    "feature_likelihood_divergence",
)
ATTACKED = (*HEADLINE, *BESIDE)
GIVEN = ("train", "train and test")
STARTS = ("noise", "ten", "outliers", "average", "copies")
TEN, FEW = 10, 4  # pictures that are repeated; those on the other side
TRIED = 40  # extreme pictures
BLUR = 0.1  # grey levels by which pictures that are repeated differ
RATES = (0.3, 1.0, 3.0)  # grey levels of a step; each has its share of the evaluations
PROTOCOL = 2  # raised by hand when attempts may come out otherwise though no metric has changed


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What an attack reached.

    `value` is beside test samples, whatever the attacker was given.
    """

    metric: str
    given: str
    start: str
    seed: int
    way: str  # "gradient" or "search"
    value: float | None
    before: float | None  # of the start
    copies: float  # share of pictures that are training or test samples
    junk: float  # share that are like no real picture
    pictures: Array  # (n, 64) of whole grey levels


Cell = tuple[str, str, str, int]


def cells(metrics: Iterable[str], seeds: Iterable[int]) -> list[Cell]:
    """Return all attempts: metric, what is given, start, seed."""
    return [
        (metric, given, start, seed)
        for seed in seeds
        for metric in metrics
        for given in GIVEN
        for start in STARTS
    ]


def run(
    asked: Iterable[Cell], evaluations: int, folder: Path, *, jobs: int = 1
) -> Iterator[Attempt]:
    """Yield attempts as they end; those that are kept in `folder` are not made again."""
    yield from do_all(_do, ((*cell, evaluations, folder) for cell in asked), jobs=jobs)


def attempt(metric: Metric, given: str, start: str, seed: int, evaluations: int) -> Attempt:
    """Attack a metric once.

    With training samples alone, these stand in for the test samples that the metric compares with.
    """
    from genbench.sanity.attack.slopes import SLOPES, descend

    attacked = replace(world(), embed=remembering(world().embed))
    rng = rng_for(seed, "attack", metric.name, given, start)
    against = "train" if given == "train" else "test"
    target = float(attacked.of_real(metric, against=against).mean())
    real = np.concatenate([attacked.train, attacked.test]) if given != "train" else attacked.train
    begun = _start(attacked, start, against, rng)
    repeats = N_SAMPLES // len(begun)

    def loss(pictures: Array) -> float:
        try:
            value = attacked.value(metric, np.tile(pictures, (repeats, 1)), against=against)
        except Unavailable:
            return math.inf
        return metric.loss(value, real=target)

    way = "search"
    if metric.name in SLOPES and start != "copies":
        way = "gradient"
        sign = 1.0 if metric.aim == "low" else -1.0
        slope = SLOPES[metric.name](attacked, against)
        ends = [
            descend(slope, begun, evaluations // len(RATES), sign=sign, repeats=repeats, rate=rate)
            for rate in RATES
        ]
        found = min(ends, key=loss)
    else:
        found, _ = search(
            loss, begun, evaluations, rng=rng, given=real if start == "copies" else None
        )
    shown = np.rint(np.clip(found, 0, WHITE))  # what a file of pictures would hold
    pictures = np.tile(shown, (repeats, 1))
    return Attempt(
        metric=metric.name,
        given=given,
        start=start,
        seed=seed,
        way=way,
        value=_value(attacked, metric, pictures),
        before=_value(attacked, metric, np.tile(begun, (repeats, 1))),
        copies=attacked.share_of_copies(shown),
        junk=attacked.share_of_junk(shown),
        pictures=shown,
    )


def _start(attacked: World, start: str, against: str, rng: np.random.Generator) -> Array:
    if start == "outliers":
        return _with_outliers(attacked, against, rng)
    noise = attacked.noise(rng)
    real = attacked.train if against == "train" else attacked.test
    if start == "noise":
        return noise
    if start == "ten":
        return noise[:TEN]
    if start == "copies":
        return real[rng.permutation(len(real))[: len(noise)]]
    blurred = real.mean(axis=0) + BLUR * rng.normal(size=noise.shape)
    return np.asarray(np.clip(blurred, 0, WHITE))


def _with_outliers(attacked: World, against: str, rng: np.random.Generator) -> Array:
    """Return one extreme picture over and over, and a few that lie beyond what is real from there.

    Each of these is nearer to most real pictures than to the one that is repeated.
    """
    tried: Array = WHITE * rng.integers(2, size=(TRIED, attacked.train.shape[1])).astype(float)
    points = attacked.embed(tried)
    apart, to_real = cdist(points, points), cdist(points, attacked.features(against))
    held = (to_real[:, None] <= apart[:, :, None]).mean(axis=2)  # by each, were each repeated
    repeated = int(held.max(axis=0).argmax())
    pictures = tried[repeated] + BLUR * rng.normal(size=(N_SAMPLES, tried.shape[1]))
    pictures[:FEW] = tried[np.argsort(-held[:, repeated])[:FEW]]
    return np.asarray(np.clip(pictures, 0, WHITE))


def _value(attacked: World, metric: Metric, pictures: Array) -> float | None:
    try:
        return attacked.value(metric, pictures)
    except Unavailable:
        return None


def _do(metric: str, given: str, start: str, seed: int, evaluations: int, folder: Path) -> Attempt:
    from threadpoolctl import threadpool_limits

    place = f"attack-{metric}-{given.replace(' ', '_')}-{start}-{seed}-{evaluations}.json"
    path = folder / "work" / place
    made_by = [PROTOCOL, digest(find(metric))]
    kept = _read(path, made_by)
    if kept is None:
        with threadpool_limits(1):
            kept = attempt(find(metric), given, start, seed, evaluations)
        bytes_ = kept.pictures.astype(np.uint8).tobytes()
        values = vars(kept) | {"made_by": made_by, "pictures": base64.b64encode(bytes_).decode()}
        replace_file(path, to_json(values).encode())
    return kept


def _read(path: Path, made_by: list[object]) -> Attempt | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.pop("made_by") != made_by:
            return None
        pixels = np.frombuffer(base64.b64decode(found.pop("pictures")), dtype=np.uint8)
        return Attempt(**found, pictures=pixels.reshape(-1, 64).astype(float))
    except (OSError, ValueError, TypeError, KeyError):
        return None  # it will be made again
