"""Which samples are the most novel, by the definition, and what they are nearest to."""

import numpy as np
import pytest

from genbench.creativity.beliefs import JEFFREYS, sight_surprise
from genbench.datasets import load
from genbench.scoring.dataset import score_samples
from genbench.scoring.novelty import novelty


@pytest.fixture(scope="module")
def drawn():
    data = load("wine")
    rng = np.random.default_rng(0)
    samples = data.fresh + rng.normal(size=data.fresh.shape) * 0.1 * data.train.std(axis=0)
    samples[7] = data.train[11]  # a copy
    samples[3] = data.train.mean(axis=0) + 30 * data.train.std(axis=0)  # like nothing
    return data, samples


def test_samples_are_in_order_of_their_surprise_whose_mean_is_the_metric(drawn):
    data, samples = drawn
    found = novelty(data, samples)

    scored = score_samples(data, samples, metrics=["bayesian_surprise"])["bayesian_surprise"]
    assert found.surprise.mean() == pytest.approx(scored.value, rel=1e-12)
    assert (np.diff(found.surprise) <= 0).all()
    assert sorted(found.places) == list(range(len(samples)))
    assert (found.samples == data.project(samples)[found.places]).all()
    assert found.places[0] == 3
    assert (found.nearest[found.places.tolist().index(7)] == data.train[11]).all()


def test_nearest_and_surprise_are_as_the_definition_has_them(drawn):
    data, samples = drawn
    found = novelty(data, samples)

    mean, spread = data.train.mean(axis=0), data.train.std(axis=0)
    train, points = (data.train - mean) / spread, (data.project(samples) - mean) / spread
    far = np.linalg.norm(points[:, None] - train, axis=-1)
    own = np.linalg.norm(train[:, None] - train, axis=-1) + np.diag(np.full(len(train), np.inf))
    spacing = np.quantile(own.min(axis=1), 0.5, method="lower")
    seen = np.exp(-2 * (far / spacing) ** 2).sum(axis=1)
    total = len(train) + JEFFREYS * (len(train) + 1)
    expected = sight_surprise(JEFFREYS + seen, total)

    assert (found.nearest == data.train[far.argmin(axis=1)][found.places]).all()
    assert found.surprise == pytest.approx(expected[found.places], rel=1e-6)


def test_of_equals_the_earlier_comes_first(drawn):
    data, samples = drawn
    found = novelty(data, np.repeat(samples[:5], 3, axis=0))

    assert found.places.tolist() == sorted(found.places, key=lambda i: (-expected(found, i), i))


def expected(found, place):
    return found.surprise[found.places.tolist().index(place)]
