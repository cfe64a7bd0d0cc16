"""Image retrieval performance: how near to each test sample does the model come?

Wang, Zhang and van de Weijer, "Ensembles of generative adversarial networks", 2016,
https://arxiv.org/abs/1612.00991.

Differs from the paper: it compares two models by a test of their distances and gives no number for
one; the test is `compare_retrieval` here, and the numbers are the mean distance and its ratio to
that of the training samples, which has no unit.
"""

from typing import Any, NamedTuple

import numpy as np

from genbench.distances import nearest
from genbench.evidence.comparison import given
from genbench.evidence.parts import OverParts
from genbench.evidence.retrieval import Retrieval
from genbench.ground.arrays import as_samples, flat
from genbench.ground.errors import BadInput, Unavailable
from genbench.metric import Metric


class RetrievalComparison(NamedTuple):
    """Which of two models comes nearer to test samples, and whether chance may have done it."""

    difference: float  # median over test samples of the one's distance less the other's
    p_value: float  # two-sided, of the Wilcoxon signed-rank test


def retrieval_distance(retrieval: Retrieval) -> float:
    """Mean distance from a test sample to the nearest generated one.

    In units of the points; it falls with the number of generated samples.
    """
    return float(retrieval.distances.mean())


def retrieval_ratio(retrieval: Retrieval) -> float:
    """Mean distance from a test sample to the nearest generated over that to the nearest train one.

    Below 1 a model lies nearer to the test samples than real samples do.

    Raises:
        Unavailable: no training samples, or every test sample is one of them.
    """
    by_train = given(retrieval.distances_to_train, "training samples").mean()
    if by_train == 0:
        raise Unavailable("every test sample is among the training samples")
    return float(retrieval.distances.mean() / by_train)


def compare_retrieval(*, test: Any, one: Any, other: Any) -> RetrievalComparison:
    """Compare two models' distances to the same test samples.

    Args:
        test: test samples (n, ...).
        one: samples of one model.
        other: as many samples of another, for more come nearer whoever makes them.

    Raises:
        BadInput: arrays that are not samples of one kind, or models with unequal numbers of them.
    """
    from scipy.stats import wilcoxon  # slow to import, and lists of metrics must come fast

    test = as_samples(test, name="test")
    one, other = (
        as_samples(samples, name=name, like=test)
        for name, samples in (("one", one), ("other", other))
    )
    if len(one) != len(other):
        raise BadInput(f"one has {len(one)} samples but other has {len(other)}.")
    by_one, by_other = (nearest(flat(test), flat(model))[0][:, 0] for model in (one, other))
    differences = by_one - by_other
    if not differences.any():
        return RetrievalComparison(0.0, 1.0)
    return RetrievalComparison(float(np.median(differences)), float(wilcoxon(differences).pvalue))


def ideal_ratio(retrieval: Retrieval) -> float | None:
    """One for as many generated as training samples; else the dimension of the data decides."""
    return 1.0 if retrieval.n_generated == retrieval.n_train else None


METRICS = (
    Metric(
        compute=retrieval_distance,
        needs=Retrieval,
        aim="low",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        standard_error=OverParts(power=0),
        revision=2,
    ),
    Metric(
        compute=retrieval_ratio,
        needs=Retrieval,
        also=("train",),
        aim="match",
        bounds=(0, np.inf),
        catches=("noise", "shift", "collapse", "dropped mode"),
        ideal=ideal_ratio,
        chance=ideal_ratio,
        standard_error=OverParts(),
        revision=2,
    ),
)
