"""Scoring: from a data set's name and a model's samples to scores, in trusted processes."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np

from genbench.arrays import Array, as_samples
from genbench.datasets import Dataset
from genbench.embeddings import Embedding, embedding_for
from genbench.evaluate import Scores, evaluate
from genbench.evidence import Comparison, Reference
from genbench.metric import Metric, Score
from genbench.metrics import CATALOG, find


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
    )


def score_samples(
    dataset: Dataset,
    samples: Array,
    *,
    log_prob: Array | None = None,
    seed: int = 0,
    metrics: Iterable[str] = tuple(CATALOG),
) -> Scores:
    """Score samples (n, d) by the metrics; one that fails is a score with the reason.

    Raises:
        BadInput: samples that are not like the data set's.
    """
    samples = as_samples(samples, name="the samples", like=dataset.test)
    embedding, reference = _real(dataset)
    projected = dataset.project(samples)
    comparison = Comparison(
        reference=reference,
        generated=projected,
        generated_points=embedding.embed(projected),
        generated_probabilities=embedding.classify(projected),
        test_log_prob=log_prob,
        seed=seed,
    )
    return Scores(_guarded(metric, comparison) for metric in map(find, metrics))


def read_outputs(folder: Path) -> tuple[Array, Array | None]:
    """Read the samples, and the log-densities if any, that a cell's process left in its folder."""
    path = folder / "log_prob.npy"
    log_prob = np.load(path, allow_pickle=False) if path.exists() else None
    return np.load(folder / "samples.npy", allow_pickle=False), log_prob


def _guarded(metric: Metric, comparison: Comparison) -> Score:
    """Score one metric; a mistake in it must not take the others along."""
    try:
        return evaluate(comparison, [metric])[metric.name]
    except Exception as error:
        return Score(
            metric=metric.name,
            aim=metric.aim,
            bounds=metric.bounds,
            status="error",
            reason=f"{type(error).__name__}: {' '.join(str(error).split())}",
        )


@cache
def _real(dataset: Dataset) -> tuple[Embedding, Reference]:
    embedding = embedding_for(dataset)
    return embedding, reference_for(dataset, embedding)
