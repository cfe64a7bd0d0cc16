"""Retrieval: by hand, on a circle, and the signed-rank test by enumeration."""

from itertools import product

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import rankdata

from genbench.evidence import Comparison, Reference
from genbench.evidence.retrieval import Retrieval
from genbench.ground.errors import BadInput, Unavailable
from genbench.metrics.retrieval import (
    compare_retrieval,
    ideal_ratio,
    retrieval_distance,
    retrieval_ratio,
)


def retrieval(test, generated, train=None):
    reference = Reference(test=test, train=train)
    return Retrieval.of(Comparison(reference=reference, generated=generated))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated, train = (rng.normal(size=(n, 3)) for n in (30, 20, 25))

    found = retrieval(test, generated, train)

    by_generated = cdist(test, generated).min(axis=1)
    by_train = cdist(test, train).min(axis=1)
    assert retrieval_distance(found) == pytest.approx(by_generated.mean())
    assert retrieval_ratio(found) == pytest.approx(by_generated.mean() / by_train.mean())
    assert ideal_ratio(found) is None
    assert ideal_ratio(retrieval(test, generated, train[:20])) == 1


def test_on_a_circle_a_gap_is_shared_by_both_sides():
    rng, n, n_draws = np.random.default_rng(2), 40, 200
    # Straight distances order points of a circle as arcs do, and arcs are read off them.
    circle = [np.exp(2j * np.pi * rng.uniform(size=(2, n))) for _ in range(n_draws)]

    means = []
    for test, generated in circle:
        found = retrieval(*(np.stack([z.real, z.imag], axis=1) for z in (test, generated)))
        means.append((np.arcsin(found.distances / 2) / np.pi).mean())

    # The nearest of n even points on a circle of length 1 is 1 / (2 (n + 1)) away.
    error = np.std(means) / np.sqrt(n_draws)
    assert np.mean(means) == pytest.approx(1 / (2 * (n + 1)), abs=4 * error)


def test_signed_rank_test_is_that_of_all_signs():
    rng = np.random.default_rng(4)
    test, one, other = rng.normal(size=(7, 2)), rng.normal(size=(9, 2)), rng.normal(size=(9, 2))

    found = compare_retrieval(test=test, one=one, other=other)

    differences = cdist(test, one).min(axis=1) - cdist(test, other).min(axis=1)
    ranks = rankdata(np.abs(differences))
    middle = ranks.sum() / 2
    off = np.abs([ranks[list(signs)].sum() - middle for signs in product([False, True], repeat=7)])
    seen = abs(ranks[differences > 0].sum() - middle)
    assert found.p_value == pytest.approx((off >= seen - 1e-9).mean())
    assert found.difference == pytest.approx(np.median(differences))
    assert compare_retrieval(test=test, one=other, other=one).difference == -found.difference


def test_a_model_is_no_better_than_itself():
    points = np.random.default_rng(5).normal(size=(10, 2, 2))

    assert compare_retrieval(test=points, one=points, other=points) == (0, 1)


def test_samples_of_another_shape_or_number_are_refused():
    points = np.zeros((5, 2))

    with pytest.raises(BadInput, match="other has samples of shape"):
        compare_retrieval(test=points, one=points, other=np.zeros((5, 3)))
    with pytest.raises(BadInput, match="has 5 samples but other has 4"):
        compare_retrieval(test=points, one=points, other=points[:4])


def test_copies_of_test_samples_are_at_no_distance():
    test = np.full((6, 2), 1000.1)

    assert retrieval_distance(retrieval(test, test[:2])) == 0


def test_there_is_no_ratio_to_nothing():
    test = np.random.default_rng(6).normal(size=(6, 2))

    with pytest.raises(Unavailable, match="no training samples"):
        retrieval_ratio(retrieval(test, test + 1))
    with pytest.raises(Unavailable, match="among the training samples"):
        retrieval_ratio(retrieval(test, test + 1, train=test))
