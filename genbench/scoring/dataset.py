"""Scoring: from a data set's name and a model's samples to scores, in trusted processes."""

import math
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from genbench.datasets import Dataset
from genbench.embeddings import Embedding, embedding_for
from genbench.evidence import Comparison, Reference
from genbench.ground.arrays import Array, Labels, as_labels, as_samples
from genbench.ground.errors import BadInput
from genbench.metric import Metric, Score
from genbench.metrics import CATALOG
from genbench.scoring.copies import Copies, copies_of
from genbench.scoring.evaluate import Scores, evaluate, with_remarks
from genbench.scoring.inputs import check_sizes
from genbench.scoring.own_metrics import find_any
from genbench.scoring.remarks import of_ends, of_units

MOST_HEADER = 4096  # bytes of an .npy file that are not numbers


def reference_for(dataset: Dataset, embedding: Embedding) -> Reference:
    """Embed and classify the real parts of a data set."""
    train_probabilities = embedding.classify(dataset.train)
    return Reference(
        test=dataset.test,
        train=dataset.train,
        test_labels=dataset.test_labels,
        train_labels=dataset.train_labels,
        test_points=embedding.embed(dataset.test),
        train_points=embedding.embed(dataset.train),
        test_probabilities=embedding.classify(dataset.test),
        prior=None if train_probabilities is None else train_probabilities.mean(axis=0),
        density=dataset.density,
        picture=dataset.picture,
        data_range=dataset.data_range,
        symbols=dataset.symbols,
        series=dataset.series,
    )


def score_samples(
    dataset: Dataset,
    samples: Array,
    *,
    log_prob: Array | None = None,
    train_log_prob: Array | None = None,
    labels: Labels | None = None,
    seed: int = 0,
    metrics: Iterable[str] = tuple(CATALOG),
) -> Scores:
    """Score samples (n, d) by the metrics; one that fails is a score with the reason.

    `labels` (n,) are the classes that the samples were made for, if they were made for any.

    Raises:
        BadInput: samples that are not like the data set's, or numbers beyond what can be scored.
    """
    samples = as_samples(samples, name="the samples", like=dataset.like)
    comparison = comparison_of(
        dataset,
        samples,
        log_prob=log_prob,
        train_log_prob=train_log_prob,
        labels=labels,
        seed=seed,
    )
    return scores_of(dataset, samples, comparison, metrics, test_copies(dataset, samples))


def scores_of(
    dataset: Dataset,
    samples: Array,
    comparison: Comparison,
    metrics: Iterable[str],
    copied: Copies | None,
) -> Scores:
    """Score a comparison of samples (n, d) with a data set, and say what is odd about them.

    `copied` is what `test_copies` says of the samples.
    """
    # In their own units, before they are moved to the nearest values that data can take.
    remarks = (
        of_ends(dataset.domain.project(samples), dataset.symbols)
        if dataset.symbols is not None
        else of_units("generated", samples, "test", dataset.test, dataset.columns)
    )
    if copied:
        remarks.append(str(copied))
    scores = Scores(_guarded(metric, comparison) for metric in map(find_any, metrics))
    return with_remarks(scores, remarks)


def comparison_of(
    dataset: Dataset,
    samples: Array,
    *,
    log_prob: Array | None = None,
    train_log_prob: Array | None = None,
    labels: Labels | None = None,
    seed: int = 0,
) -> Comparison:
    """Hold samples (n, d), as data can be, against a data set, whose parts are prepared once.

    Raises:
        BadInput: numbers beyond what can be scored.
    """
    check_sizes({"generated": samples})
    for name, found in (("log_prob", log_prob), ("train_log_prob", train_log_prob)):
        if found is not None:
            check_sizes({name: found})
    return replace(
        compared(dataset, samples),
        generated_labels=None
        if labels is None
        else as_labels(labels, name="labels", n=len(samples)),
        test_log_prob=log_prob,
        train_log_prob=train_log_prob,
        seed=seed,
    )


def compared(dataset: Dataset, samples: Array) -> Comparison:
    """Return the comparison of samples (n, ...), moved to what data can be, with the real ones."""
    embedding, reference = _real(dataset)
    projected = dataset.project(samples)
    return Comparison(
        reference=reference,
        generated=projected,
        generated_points=embedding.embed(projected),
        generated_probabilities=embedding.classify(projected),
    )


def test_copies(dataset: Dataset, samples: Array) -> Copies | None:
    """Return how many samples (n, ...) are copies of test samples, if that is beyond chance."""
    return copies_of(dataset.test, dataset.project(samples), dataset.fresh, dataset.train)


class Outputs(NamedTuple):
    """What came of a cell."""

    samples: Array  # (n_generated, ...)
    log_prob: Array | None = None  # (n_test,), in nats
    train_log_prob: Array | None = None  # (n_compared,), of the first training samples
    labels: Labels | None = None  # (n_generated,): the classes that the samples were made for


def read_outputs(folder: Path, dataset: Dataset) -> Outputs:
    """Read what came of a cell from its folder.

    The process that left it is not trusted: it is looked at before it is loaded.

    Raises:
        BadInput: the files do not hold as many samples, like the data set's, as were asked for.
    """
    n = len(dataset.fresh)
    samples = as_samples(
        _read(folder / "samples.npy", (n, *dataset.test.shape[1:])),
        name="the samples",
        like=dataset.like,
    )
    lengths = {"log_prob": len(dataset.test), "train_log_prob": dataset.n_compared, "labels": n}
    found = {
        name: _read(path, (length,)) if (path := folder / f"{name}.npy").exists() else None
        for name, length in lengths.items()
    }
    labels = found["labels"]
    return Outputs(
        samples,
        found["log_prob"],
        found["train_log_prob"],
        None if labels is None else as_labels(labels, name="labels", n=n),
    )


def _read(path: Path, shape: tuple[int, ...]) -> Array:
    """Load an array of doubles; the file's own word on its size is checked against the file."""
    expected = math.prod(shape) * np.dtype(np.float64).itemsize
    if not expected < path.stat().st_size < expected + MOST_HEADER:
        raise BadInput(f"{path.name} is {path.stat().st_size} bytes; expected some {expected}.")
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError) as error:
        raise BadInput(f"{path.name} is not a readable .npy file: {error}.") from error
    if array.shape != shape or array.dtype != np.float64:
        raise BadInput(f"{path.name} holds {array.dtype} {array.shape}; expected float64 {shape}.")
    return np.asarray(array)


def _guarded(metric: Metric, comparison: Comparison) -> Score:
    """Score one metric; a mistake in it must not take the others along."""
    try:
        return evaluate(comparison, [metric])[metric.name]
    except (Exception, SystemExit) as error:  # one of yours may end what it will
        return Score(
            metric=metric.name,
            aim=metric.aim,
            bounds=metric.bounds,
            revision=metric.revision,
            status="error",
            reason=f"{type(error).__name__}: {' '.join(str(error).split())}",
        )


@cache
def _real(dataset: Dataset) -> tuple[Embedding, Reference]:
    embedding = embedding_for(dataset)
    return embedding, reference_for(dataset, embedding)
