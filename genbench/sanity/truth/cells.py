"""Running: every model of every board scored at several sizes and seeds, each kept as it ends."""

import json
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from genbench.evidence import Comparison
from genbench.ground.landing import replace_file
from genbench.ground.randomness import rng_for
from genbench.ground.strict_json import to_json
from genbench.metrics import CATALOG
from genbench.sanity.store import digest
from genbench.sanity.suite import do_all
from genbench.sanity.truth.boards import Board, board, with_train
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of, of_samples
from genbench.scoring.sequences import closed

SIZES = (500, 2000, 10_000)
# Metrics that take minutes of so many samples are looked at with fewer.
QUICK = (
    "frechet_distance",
    "maximum_mean_discrepancy",
    "kernel_distance",
    "energy_distance",
    "sliced_wasserstein_1",
    "sliced_wasserstein_2",
    "precision",
    "recall",
    "density",
    "coverage",
    "authenticity",
    "memorization_distance",
    "neighbour_two_sample_accuracy",
    "statistically_different_bins",
    "precision_recall_f8",
    "precision_recall_f1_8",
    "vendi_score",
)
SLOWER = (
    "wasserstein_distance",
    "wasserstein_2_distance",
    "classifier_two_sample_test",
    "feature_likelihood_divergence",
    "data_copying",
    "mauve",
    "bayesian_surprise",
)
OF_ROWS = ("ngram_divergence", "judged_bits", "novel_ngrams", "verbatim_share", "distinct_ngrams")
MOST_OF_SLOWER = 2000
PROTOCOL = 1  # raised by hand when values may change though no metric has


@dataclass(frozen=True, kw_only=True)
class Place:
    """What is scored: a model of a board, so many samples of it and of the law, and a seed."""

    board: str
    model: str
    n: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class Found:
    """Values by metric; one that has none is not in."""

    place: Place
    values: Mapping[str, float]


def places(boards: Iterable[str], sizes: Iterable[int], seeds: Iterable[int]) -> list[Place]:
    """Return all places; all seeds of the smallest size come first."""
    names = list(boards)
    return [
        Place(board=name, model=model.name, n=n, seed=seed)
        for n in sizes
        for seed in seeds
        for name in names
        if n <= (board(name).most or n)
        for model in board(name).models
    ]


def metrics_for(asked: Board, n: int) -> list[str]:
    """Return the names of the metrics that are scored on a board with so many samples."""
    slower = SLOWER if n <= MOST_OF_SLOWER else ()
    return [*QUICK, *slower, *(OF_ROWS if asked.symbols is not None else ())]


def run(asked: Iterable[Place], folder: Path, *, jobs: int = 1) -> Iterator[Found]:
    """Yield what is found as it is; what is kept in `folder` is not made again."""
    yield from do_all(_do, ((place, folder) for place in asked), jobs=jobs)


def _do(place: Place, folder: Path) -> Found:
    from threadpoolctl import threadpool_limits

    name = "-".join(map(str, (place.board, place.model, place.n, place.seed))).replace(" ", "_")
    path = folder / "work" / f"truth-{name}.json"
    made_by, values = _read(path)
    known = board(place.board)
    asked, source = metrics_for(known, place.n), known.by_name[place.model].source
    current = {metric: f"{PROTOCOL}-{digest(CATALOG[metric])}{source}" for metric in asked}
    missing = [metric for metric in asked if made_by.get(metric) != current[metric]]
    if missing:
        with threadpool_limits(1), warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            values = {**values, **_score(place, missing)}
        made_by = {**made_by, **{metric: current[metric] for metric in missing}}
        replace_file(path, to_json({"made_by": made_by, "values": values}).encode())
    kept = {metric: value for metric in asked if (value := values.get(metric)) is not None}
    return Found(place=place, values=kept)


def _score(place: Place, metrics: Iterable[str]) -> dict[str, float | None]:
    """Return values by metric, of test and training samples as many as generated ones."""
    model = board(place.board).by_name[place.model]
    beside = _real(place.board, place.n, place.seed)
    train = beside.reference.train
    assert train is not None  # noqa: S101  # it was given
    made = rng_for(place.seed, "truth", place.board, "model", place.model, str(place.n))
    generated, _ = with_train(model, train).sample(place.n, rng=made)
    if beside.reference.symbols is not None:
        generated = closed(generated, beside.reference.symbols, name=place.model)
    comparison = of_samples(beside, generated)
    plain = [
        replace(CATALOG[name], standard_error=None, ideal=None, chance=None, p_value=None)
        for name in metrics
    ]
    return {name: score.value for name, score in evaluate(comparison, plain).items()}


@lru_cache(maxsize=1)
def _real(board_name: str, n: int, seed: int) -> Comparison:
    """Return real samples, which all models of a board are compared with one after another."""
    known = board(board_name)
    rng = rng_for(seed, "truth", board_name, "law", str(n))
    test, train = (known.law.sample(n, rng=rng)[0] for _ in range(2))
    return comparison_of(
        test=test, train=train, generated=test[:2], symbols=known.symbols, seed=seed
    )


def _read(path: Path) -> tuple[dict[str, str], dict[str, float | None]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return dict(found["made_by"]), dict(found["values"])
    except (OSError, ValueError, TypeError, KeyError):
        return {}, {}  # it will be made again
