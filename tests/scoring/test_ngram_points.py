"""Rows of symbols are compared by their n-grams: of all sets, on one scale."""

import numpy as np
import pytest

from genbench import Symbols, score
from genbench.embeddings.ngrams import Ngrams
from genbench.scoring.inputs import comparison_of, in_place_of_generated

LETTERS = Symbols(tuple("abcd"))


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    sizes = {"train": 60, "test": 50, "generated": 40}
    return {name: rng.integers(4, size=(n, 12)).astype(float) for name, n in sizes.items()}


def test_points_are_ngrams_on_the_scale_of_the_training_rows(rows):
    found = comparison_of(**rows, symbols=LETTERS)

    embed = Ngrams.of(LETTERS, rows["train"]).embed
    np.testing.assert_array_equal(found.reference.test_set, embed(rows["test"]))
    np.testing.assert_array_equal(found.reference.train_set, embed(rows["train"]))
    np.testing.assert_array_equal(found.generated_set, embed(rows["generated"]))
    np.testing.assert_array_equal(found.generated, rows["generated"])  # measures of text read these


def test_without_training_rows_the_scale_is_that_of_the_test_rows(rows):
    del rows["train"]

    found = comparison_of(**rows, symbols=LETTERS)

    np.testing.assert_allclose(found.reference.test_set.std(axis=0), 1)


def test_fresh_rows_are_points_on_the_same_scale(rows):
    fresh = rows["test"][::-1]
    comparison = comparison_of(**rows, symbols=LETTERS)

    real = in_place_of_generated(fresh, comparison, rows)

    np.testing.assert_allclose(real.generated_set, comparison.reference.test_set[::-1][:40])


def test_other_samples_are_points_as_they_are(rows):
    found = score(**rows, metrics=["frechet_distance"])["frechet_distance"].value

    of_symbols = score(**rows, symbols=LETTERS, metrics=["frechet_distance"])
    np.testing.assert_array_equal(comparison_of(**rows).generated_set, rows["generated"])
    assert of_symbols["frechet_distance"].value != pytest.approx(found)
