"""Models of `fit` and `next_log_prob` alone: their rows, their likelihood, laws that are none."""

import numpy as np
import pytest
from scipy.stats import chisquare

from genbench.ground.errors import BadInput
from genbench.models.find import GenerativeModel, HasLogProb, HasNextLogProb, ModelSpec, Selective
from genbench.models.next_symbols import Unrolled, as_laws, asked, completed

CHAIN = """
import numpy as np

class Chain:
    '''Counts which symbol follows which, one added.'''
    n_parameters = 7
    def fit(self, train, *, rng):
        rows, self.size = train.astype(int), int(train.max()) + 1
        self.first = np.bincount(rows[:, 0], minlength=self.size) + 1.0
        self.next = np.ones((self.size, self.size))
        np.add.at(self.next, (rows[:, :-1].ravel(), rows[:, 1:].ravel()), 1)
        return self
    def next_log_prob(self, prefixes):
        n, t = prefixes.shape
        counts = self.next[prefixes[:, -1].astype(int)] if t else np.tile(self.first, (n, 1))
        return np.log(counts / counts.sum(axis=1, keepdims=True))

class Other(Chain):
    def refuses(self, train):
        return "Too few rows." if len(train) < 5 else None
    def log_prob(self, samples):
        return np.full(len(samples), -1.5)

class Draws(Chain):
    def sample(self, n, *, rng):
        return np.zeros((n, 3))
"""
TRAIN = np.random.default_rng(0).integers(0, 3, size=(60, 4)) // [1.0, 1, 2, 1]


@pytest.fixture
def make(tmp_path):
    (tmp_path / "chain.py").write_text(CHAIN)
    return lambda name: ModelSpec(target=f"{tmp_path / 'chain.py'}:{name}").make()


@pytest.fixture
def chain(make):
    return make("Chain").fit(TRAIN, rng=np.random.default_rng(0))


def every_row():
    return np.indices((3,) * 4).reshape(4, -1).T.astype(float)


def test_it_is_made_a_generative_model(chain):
    kinds = (GenerativeModel, HasLogProb, HasNextLogProb, Selective)

    assert isinstance(chain, Unrolled)
    assert all(isinstance(chain, kind) for kind in kinds)
    assert chain.n_parameters == 7
    with pytest.raises(AttributeError):
        _ = chain.n_seen


def test_its_probability_of_a_row_is_that_of_its_symbols(chain):
    rows = every_row()
    by_hand = [
        sum(chain.next_log_prob(row[None, :t])[0, int(row[t])] for t in range(4)) for row in rows
    ]

    np.testing.assert_allclose(chain.log_prob(rows), by_hand)
    assert np.exp(chain.log_prob(rows)).sum() == pytest.approx(1)
    blurred = rows + np.random.default_rng(0).uniform(-0.49, 0.49, size=rows.shape)
    np.testing.assert_array_equal(chain.log_prob(blurred), chain.log_prob(rows))


def test_what_is_no_row_of_symbols_has_no_probability(chain):
    found = chain.log_prob(np.array([[0.0, 1, 2, 3], [0, 1, 1, 1], [-1, 0, 0, 0]]))

    assert np.isneginf(found).tolist() == [True, False, True]
    assert np.isneginf(chain.log_prob(np.full((2, 4), 9.0))).all()


def test_its_rows_are_of_its_law(chain):
    n = 20_000
    rows = chain.sample(n, rng=np.random.default_rng(1))
    counts = np.bincount((rows @ [27, 9, 3, 1]).astype(int), minlength=81)
    expected = n * np.exp(chain.log_prob(every_row()))

    assert rows.shape == (n, 4)
    assert chisquare(counts, expected).pvalue > 0.01
    assert chain.sample(0, rng=np.random.default_rng(1)).shape == (0, 4)


def test_what_a_model_has_of_its_own_stays(make):
    other = make("Other").fit(TRAIN, rng=np.random.default_rng(0))

    assert other.log_prob(np.zeros((2, 4))).tolist() == [-1.5, -1.5]
    assert other.refuses(TRAIN[:2]) == "Too few rows."
    assert other.refuses(TRAIN) is None
    assert not isinstance(make("Draws"), Unrolled)
    assert completed(7) == 7


@pytest.mark.parametrize(
    "train", [TRAIN + 0.5, TRAIN - 1, np.zeros((5, 2, 2))], ids=["halves", "below 0", "pictures"]
)
def test_what_is_no_row_of_symbols_is_refused(make, train):
    model = make("Chain")

    assert "whole numbers from 0 up" in model.refuses(train)
    with pytest.raises(ValueError, match="whole numbers from 0 up"):
        model.fit(train, rng=np.random.default_rng(0))


EVEN = np.full((5, 4), np.log(0.25))


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (
            np.full((5, 4), -1.0),
            "after 2 symbols gives probabilities that sum to 1.47152; exp",
        ),
        (EVEN / np.log(2), r"sum to 0.541341; expected 1 within 0.0001 \(as powers of 2 they do"),
        (EVEN[:, :3], r"returned shape \(5, 3\); expected \(5, 4\)"),
        (EVEN[0], r"returned shape \(4,\)"),
        (np.where(np.eye(5, 4), np.nan, EVEN), "returned NaN"),
        (np.where(np.eye(5, 4), np.inf, EVEN), "sum to inf"),
        ([["a"] * 4] * 5, "returned no array of numbers"),
        (EVEN + 2e-4, "sum to 1.0002"),
    ],
)
def test_a_law_that_is_none_is_said(told, message):
    class Model:
        def next_log_prob(self, prefixes):
            return told

    with pytest.raises(BadInput, match=message):
        asked(Model(), 4)(np.zeros((5, 2)))


def test_a_law_may_be_inexact_and_certain():
    assert as_laws(EVEN + 0.9e-4, (5, 4), after=0).shape == (5, 4)
    certain = np.where(np.arange(4) == 1, 0.0, -np.inf)
    np.testing.assert_array_equal(as_laws([certain] * 5, (5, 4), after=0)[0], certain)
    assert as_laws(np.zeros((0, 4)), (0, 4), after=0).shape == (0, 4)
