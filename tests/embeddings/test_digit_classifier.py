"""The classifier of the digits board: good, quick to train, the same every time, kept on disk."""

import time

import numpy as np
import pytest
import torch

from genbench.datasets import load
from genbench.embeddings import classifier, embedding_for
from genbench.embeddings.digit_classifier import DigitClassifier


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.fixture(scope="module")
def trained(digits, tmp_path_factory):
    """The classifier trained from nothing, and the seconds of processor time that took."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        patch.setenv("GENBENCH_CACHE", str(folder))
        start, before = time.process_time(), torch.get_rng_state()
        classifier = DigitClassifier.trained_on(digits)
        seconds = time.process_time() - start
        assert torch.equal(torch.get_rng_state(), before)  # global randomness is left alone
        yield classifier, seconds, folder


def test_is_right_about_98_percent_of_test_digits(digits, trained):
    classifier, seconds, _ = trained

    probabilities = classifier.classify(digits.test)

    assert (probabilities.argmax(axis=1) == digits.test_labels).mean() >= 0.98
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert classifier.embed(digits.test).shape == (399, 64)
    assert seconds < 20


@pytest.mark.long
def test_is_read_back_from_disk_and_trained_alike_elsewhere(digits, trained, tmp_path, monkeypatch):
    classifier, _, folder = trained
    points = classifier.embed(digits.test)
    assert len(list(folder.iterdir())) == 1

    again = embedding_for(digits)
    monkeypatch.setenv("GENBENCH_CACHE", str(tmp_path))
    elsewhere = embedding_for(digits)

    np.testing.assert_array_equal(again.embed(digits.test), points)
    np.testing.assert_array_equal(elsewhere.embed(digits.test), points)


def test_coordinates_of_other_data_are_put_on_one_scale():
    ring = load("ring")

    embedding = embedding_for(ring)
    points = embedding.embed(ring.train)

    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(points.std(axis=0), 1)
    np.testing.assert_array_equal(embedding.classify(ring.test), ring.density.posterior(ring.test))


def test_it_is_trained_once_however_test_samples_are_dealt(digits):
    dealt = digits.drawn_anew(1)

    assert classifier.path_of(dealt, "digit_classifier") == classifier.path_of(
        digits, "digit_classifier"
    )
