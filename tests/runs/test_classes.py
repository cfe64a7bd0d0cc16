"""Models that ask for classes are told them, from the worker to the scores of a record."""

import numpy as np
import pytest

from genbench.datasets import Dataset
from genbench.runs.boards import Board
from genbench.runs.bundles import add_bundle, write_bundle
from genbench.runs.cells import Cell, load_once
from genbench.runs.jobs import Plan, do
from genbench.runs.records import REAL
from genbench.runs.store import Store
from genbench.scoring.dataset import read_outputs

METRICS = (
    "train_on_generated_accuracy",
    "test_on_generated_accuracy",
    "generation_quality_index",
)
MODEL = """
import numpy as np

class OfClasses:
    '''Draws training samples of the classes it is asked for.'''
    def fit(self, train, *, rng, labels=None):
        self.train = train
        self.labels = np.zeros(len(train), int) if labels is None else labels
        return self
    def sample(self, n, *, rng, labels=None):
        if labels is None:
            labels = np.zeros(n, int)
        return np.stack([self.train[rng.choice(np.flatnonzero(self.labels == c))] for c in labels])

class NeedsClasses(OfClasses):
    def fit(self, train, *, rng, labels):
        return super().fit(train, rng=rng, labels=labels)

class NeedsThemToDraw(OfClasses):
    def sample(self, n, *, rng, labels):
        return super().sample(n, rng=rng, labels=labels)

class OnlyFits(OfClasses):
    def sample(self, n, *, rng):
        return super().sample(n, rng=rng)

def fit(train, *, rng, labels=None):
    return OfClasses().fit(train, rng=rng, labels=labels)

def sample(state, n, *, rng, labels=None):
    return state.sample(n, rng=rng, labels=labels)
"""


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return path


def score(target, folder, dataset="wine", seed=0):
    record = do(Plan(folder=folder, metrics=METRICS), [Cell(dataset, target, seed)])[0]
    return record, Store(folder).cell(record.key)


@pytest.mark.parametrize("name", ["OfClasses", "NeedsClasses", "fit,sample"])
def test_samples_of_classes_are_judged_by_the_classes_they_were_made_for(name, model, tmp_path):
    record, folder = score(f"{model}:{name}", tmp_path / "board")

    assert record.status == "ok", record.reason
    found = read_outputs(folder, load_once("wine"))
    asked = load_once("wine").labels_for(0)
    np.testing.assert_array_equal(found.labels, asked)
    # They are real samples of these classes, most of which a linear classifier knows.
    assert record.value("test_on_generated_accuracy") > 0.9
    parameters = record.scores["train_on_generated_accuracy"].parameters
    assert parameters["generated_labels"] == "given"


def test_who_does_not_ask_in_both_methods_is_not_told(model, tmp_path):
    record, folder = score(f"{model}:OnlyFits", tmp_path / "board")

    assert record.status == "ok"
    assert read_outputs(folder, load_once("wine")).labels is None
    of_classes = record.scores["test_on_generated_accuracy"]
    assert of_classes.value is None
    assert "classes that the generated samples were made for" in of_classes.reason


@pytest.mark.parametrize(
    ("name", "status"),
    [("OfClasses", "ok"), ("NeedsClasses", "skipped"), ("NeedsThemToDraw", "skipped")],
)
def test_where_the_data_have_no_classes_only_those_that_need_them_stand_back(
    name, status, model, tmp_path
):
    record, _ = score(f"{model}:{name}", tmp_path / "board", dataset="diabetes")

    assert record.status == status
    if status == "skipped":
        assert record.reason == "It learns from samples with classes, and these have none."


def test_real_samples_have_their_own_classes(tmp_path):
    record, folder = score(REAL, tmp_path)

    found, wine = read_outputs(folder, load_once("wine")), load_once("wine")
    np.testing.assert_array_equal(found.labels, wine.fresh_labels)
    assert record.value("test_on_generated_accuracy") > 0.9


def test_real_samples_drawn_anew_have_the_modes_that_they_were_drawn_from(tmp_path):
    _, folder = score(REAL, tmp_path, dataset="ring", seed=3)

    found = read_outputs(folder, load_once("ring"))
    modes = load_once("ring").density.posterior(found.samples).argmax(axis=1)
    np.testing.assert_array_equal(found.labels, modes)


def test_classes_are_asked_for_as_often_as_in_training_and_anew_for_each_seed():
    wine = load_once("wine")

    first, second = wine.labels_for(0), wine.labels_for(1)

    assert len(first) == len(wine.fresh)
    assert (first != second).any()
    np.testing.assert_array_equal(first, wine.labels_for(0))
    many = np.concatenate([wine.labels_for(seed) for seed in range(100)])
    expected = np.bincount(wine.train_labels) / len(wine.train_labels)
    np.testing.assert_allclose(np.bincount(many) / len(many), expected, atol=0.03)  # 4 errors
    assert load_once("diabetes").labels_for(0) is None


def test_a_bundle_brings_the_classes_along(model, tmp_path):
    board = Board(summary="one", datasets=("wine",), metrics=METRICS)
    record, _ = score(f"{model}:OfClasses", tmp_path / "mine")
    bundle = write_bundle(
        tmp_path / "b.zip", Store(tmp_path / "mine"), [record], name="Mine", family="yours"
    )

    (landed,) = add_bundle(bundle, board, Store(tmp_path / "theirs"))

    for metric in METRICS:
        assert landed.value(metric) == record.value(metric)


def test_labels_for_fresh_alone_are_refused():
    ones = np.ones((4, 2))
    with pytest.raises(Exception, match="labels are given for fresh, but not for train"):
        Dataset(name="mine", train=ones, test=ones, fresh=ones, fresh_labels=np.zeros(4))
