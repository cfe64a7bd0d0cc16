"""What count models say of the next symbol: that of its place, whatever came before."""

import itertools

import numpy as np
import pytest

from genbench.baselines.counts.good_turing import GoodTuring
from genbench.baselines.counts.laplace_smoothing import LaplaceSmoothing
from genbench.baselines.counts.maximum_likelihood_counts import MaximumLikelihoodCounts

TRAIN = np.array([[1.0, 3.0, 2.0], [1.0, 2.0, 4.0], [2.0, 3.0, 4.0], [1.0, 3.0, 1.0]])
ALL_ROWS = np.array(list(itertools.product(range(5), repeat=3)), dtype=float)
every_model = pytest.mark.parametrize(
    "kind", [MaximumLikelihoodCounts, LaplaceSmoothing, GoodTuring]
)


def fitted(kind, train=TRAIN):
    return kind().fit(train, rng=np.random.default_rng(0))


@every_model
def test_it_is_a_law_and_adds_up_to_the_probability_of_rows(kind):
    model, total = fitted(kind), np.zeros(len(ALL_ROWS))
    for t in range(3):
        following = model.next_log_prob(ALL_ROWS[:, :t])
        assert following.shape == (len(ALL_ROWS), 5)  # 0 to 4, though none is 0
        np.testing.assert_allclose(np.exp(following).sum(axis=1), 1)
        total += following[np.arange(len(ALL_ROWS)), ALL_ROWS[:, t].astype(int)]

    np.testing.assert_allclose(total, model.log_prob(ALL_ROWS))
    assert np.exp(total).sum() == pytest.approx(1)


@every_model
def test_numbers_below_zero_are_no_symbols(kind):
    model = fitted(kind, TRAIN - 3)

    with pytest.raises(ValueError, match="whole numbers from 0 up, not -2"):
        model.next_log_prob(np.zeros((2, 0)))
