"""Which pictures stand out, by the definitions written out."""

import json

import numpy as np
import pytest

from genbench.datasets import Dataset, load
from genbench.datasets.domain import Domain
from genbench.ground.strict_json import to_json
from genbench.scoring.dataset import comparison_of
from genbench.scoring.standouts import N_EACH, Standouts, pictures, standouts_of

SIDE = 3


def dataset():
    parts = np.split(np.random.default_rng(0).integers(9, size=(90, SIDE**2)) * 1.0, 3)
    whole = Domain(whole=True, low=0, high=8)
    return Dataset("toy", *parts, domain=whole, picture=(SIDE, SIDE), features="standardised")


@pytest.fixture(scope="module")
def drawn():
    data = dataset()
    samples = data.fresh.copy()
    samples[4] = samples[11] = data.train[7]  # a copy, twice
    samples[20] = 0
    return data, samples, standouts_of(data, comparison_of(data, samples))


def distances(data, samples, others):
    apart = (samples[:, None] - others[None]) / data.train.std(axis=0)
    return np.sqrt((apart**2).sum(axis=2))


def test_nearest_to_training_come_in_order_each_beside_its_nearest_and_none_twice(drawn):
    data, samples, found = drawn
    apart = distances(data, samples, data.train)
    order = [place for place in np.argsort(apart.min(axis=1), kind="stable") if place != 11]

    assert len(found.nearest) == N_EACH
    assert found.nearest[0] == (tuple(data.train[7]), tuple(data.train[7]))
    for place, (made, known) in zip(order, found.nearest, strict=False):
        assert made == tuple(samples[place])
        assert known == tuple(data.train[apart[place].argmin()])


def test_typical_are_those_in_dense_places_and_least_typical_those_far_from_real_ones(drawn):
    data, samples, found = drawn
    k = 5
    reach = np.sort(distances(data, samples, data.test), axis=1)[:, k - 1]
    different = np.delete(np.arange(len(samples)), 11)
    order = different[np.argsort(reach[different], kind="stable")]

    assert found.most_typical == pictures(samples[order[:N_EACH]])
    assert found.least_typical == pictures(samples[order[: -N_EACH - 1 : -1]])


def test_one_picture_drawn_again_and_again_is_shown_once(drawn):
    data, samples, _ = drawn

    found = standouts_of(data, comparison_of(data, np.tile(samples[:1], (30, 1))))

    assert len(found.nearest) == len(found.most_typical) == len(found.least_typical) == 1


def test_what_is_no_picture_has_none():
    data = load("wine")

    assert standouts_of(data, comparison_of(data, data.fresh)) is None


def test_they_come_back_as_they_were_written(drawn):
    *_, found = drawn

    assert Standouts.from_values(json.loads(to_json(vars(found)))) == found


@pytest.mark.parametrize("values", [{"nearest": 3}, {"other": []}, {"most_typical": [1.0]}])
def test_other_values_are_refused(values):
    with pytest.raises(TypeError):
        Standouts.from_values(values)
