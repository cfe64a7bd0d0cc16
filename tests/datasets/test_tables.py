"""Tables of real measurements."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.parts import deal


@pytest.fixture
def rng():
    return np.random.default_rng(0)


SIZES = {
    "wine": (13, 89, 45, 44),
    "breast_cancer": (30, 285, 142, 142),
    "iris": (4, 75, 37, 37),
    "diabetes": (11, 221, 111, 110),
}


@pytest.mark.parametrize("name", SIZES)
def test_tables_have_the_sizes_that_their_docstrings_say(name):
    table = load(name)

    sizes = (table.train.shape[1], len(table.train), len(table.test), len(table.fresh))
    assert sizes == SIZES[name]


@pytest.mark.parametrize("name", ["wine", "breast_cancer", "iris"])
def test_classes_have_the_same_shares_in_every_part(name):
    table = load(name)

    train = np.bincount(table.train_labels) / 2
    test = np.bincount(table.test_labels)

    assert np.abs(train - test).max() <= 1


def test_only_columns_of_whole_numbers_are_declared_so():
    for name in SIZES:
        table = load(name)
        rows = np.concatenate([table.train, table.test, table.fresh])
        is_whole = (rows == np.rint(rows)).all(axis=0)
        assert (np.broadcast_to(table.domain.whole, is_whole.shape) == is_whole).all()


def test_sex_is_one_of_two_categories_in_any_models_samples():
    diabetes = load("diabetes")
    samples = np.tile(diabetes.train.mean(axis=0), (3, 1))
    samples[:, 1] = [-4.0, 1.7, 30.0]

    projected = diabetes.project(samples)

    assert set(diabetes.train[:, 1]) == {1, 2}
    assert projected[:, 1].tolist() == [1, 2, 2]
    assert projected[0, 2] == samples[0, 2]


def test_every_row_is_dealt_once_and_every_group_in_equal_shares(rng):
    groups = np.repeat([0, 1, 2], [40, 7, 100])

    parts = deal(groups, rng=rng)

    assert sorted(np.concatenate(parts)) == list(range(147))
    shares = np.stack([np.bincount(groups[part], minlength=3) for part in parts], axis=1)
    assert np.abs(shares - np.outer([40, 7, 100], [0.5, 0.25, 0.25])).max() <= 1


def test_rows_of_a_part_are_in_no_order(rng):
    groups = np.repeat([0, 1], 50)

    train, _, _ = deal(groups, rng=rng)

    assert (np.diff(groups[train]) < 0).any()
