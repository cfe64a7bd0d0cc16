"""The classifier of pictures with labels: right about new pictures, kept, and refused by name."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.embeddings import embedding_for
from genbench.embeddings.classifier import Classifier
from genbench.ground.errors import BadInput


def pictures(n, rng, colours):
    """Pictures of 12 x 16 with a bright bar that lies (0) or stands (1), anywhere, in noise."""
    labels = rng.integers(2, size=n)
    found = rng.integers(100, size=(n, 12, 16, colours))
    for picture, label in zip(found, labels, strict=True):
        row, column = rng.integers(8), rng.integers(12)
        bar = (1, 5) if label == 0 else (5, 1)
        picture[row : row + bar[0], column : column + bar[1]] += 150
    return found.reshape(n, -1).astype(float), labels


def dataset(colours=1, **changes):
    rng = np.random.default_rng(0)
    (train, of_train), (test, of_test), (fresh, of_fresh) = (
        pictures(n, rng, colours) for n in (300, 150, 100)
    )
    return Dataset(
        **{
            "name": "bars",
            "train": train,
            "test": test,
            "fresh": fresh,
            "train_labels": of_train,
            "test_labels": of_test,
            "fresh_labels": of_fresh,
            "features": "classifier",
            "domain": Domain(whole=True, low=0, high=255),
            "picture": (12, 16) if colours == 1 else (12, 16, colours),
            **changes,
        }
    )


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GENBENCH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.mark.parametrize("colours", [1, 3])
def test_new_pictures_are_told_apart_and_embedded_alike_from_disk(colours, cache):
    data = dataset(colours)
    before = torch.get_rng_state()

    trained = embedding_for(data)
    again = embedding_for(data)

    probabilities = trained.classify(data.test)
    assert (probabilities.argmax(axis=1) == data.test_labels).mean() > 0.95
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert trained.embed(data.test).shape == (150, 64)
    assert len(list(cache.iterdir())) == 1
    np.testing.assert_array_equal(again.embed(data.test), trained.embed(data.test))
    assert torch.equal(torch.get_rng_state(), before)


def test_probabilities_are_read_linearly_from_features(cache):
    data = dataset()
    classifier = embedding_for(data)

    features, linear = classifier.embed(data.test), classifier.network.classifier
    logits = (
        np.maximum(features, 0) @ linear.weight.detach().numpy().T + linear.bias.detach().numpy()
    )
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)

    np.testing.assert_allclose(classifier.classify(data.test), expected, atol=1e-5)


def test_pictures_are_embedded_in_parts(cache, monkeypatch):
    data = dataset()
    whole = embedding_for(data).embed(data.test)

    monkeypatch.setattr("genbench.embeddings.classifier.AT_ONCE", 40)

    np.testing.assert_allclose(embedding_for(data).embed(data.test), whole, atol=1e-4)


def test_other_labels_are_learned_anew(cache):
    data = dataset()
    embedding_for(data)

    embedding_for(replace(data, train_labels=1 - data.train_labels))

    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"train_labels": None, "test_labels": None, "fresh_labels": None},
            "bars: a classifier needs labels",
        ),
        ({"picture": None}, "bars: .* pictures of 8 x 8 pixels or more.* samples are no pictures"),
        ({"picture": (6, 32)}, "its samples are 6 x 32"),
        ({"picture": (12, 8, 2)}, "its samples are 12 x 8 x 2"),
        ({"domain": Domain()}, "bars: a classifier needs a greatest value of a pixel"),
    ],
)
def test_what_has_no_classes_or_is_no_picture_is_refused(changes, said, cache):
    with pytest.raises(BadInput, match=said):
        Classifier.trained_on(dataset(**changes))
