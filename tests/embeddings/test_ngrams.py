"""The n-gram features: their definition written out, what they leave out, and what they see."""

from collections import Counter
from functools import cache
from zlib import crc32

import numpy as np
import pytest

from genbench import score
from genbench.datasets import Dataset, load
from genbench.datasets.symbols import Symbols
from genbench.embeddings import embedding_for
from genbench.embeddings.ngrams import Ngrams, projected
from genbench.ground.errors import BadInput

WORDS = Symbols(("", "the", "dog", "barks", "é"), end=0, joint=" ")
LETTERS = Symbols(tuple("abcd"))


def mixed(number):
    """The finaliser of SplitMix64, in whole numbers without a limit."""
    limit = 2**64
    number = (number + 0x9E3779B97F4A7C15) % limit
    number = (number ^ (number >> 30)) * 0xBF58476D1CE4E5B9 % limit
    number = (number ^ (number >> 27)) * 0x94D049BB133111EB % limit
    return number ^ (number >> 31)


def by_definition(said):
    """The point of a row that says these symbols, the end among them."""
    point = []
    for order in (1, 2, 3):
        grams = Counter(tuple(said[i : i + order]) for i in range(len(said) - order + 1))
        sums = np.zeros(32)
        for gram, count in grams.items():
            number = 0
            for symbol in gram:
                number = mixed((number + crc32(symbol.encode())) % 2**64)
            signs = [1 if number >> column & 1 else -1 for column in range(32)]
            sums += np.sqrt(count / sum(grams.values())) * np.array(signs)
        point.extend(sums)
    return np.array(point)


def test_points_are_the_projected_roots_of_shares():
    rows = np.array([[1, 2, 1, 2, 0, 0], [4, 4, 4, 4, 4, 4], [1, 2, 3, 1, 2, 3]], float)

    found = projected(rows, WORDS)

    said = [[WORDS.vocabulary[int(one)] for one in row] for row in rows]
    expected = [by_definition(said[0][:5]), *map(by_definition, said[1:])]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_what_follows_the_end_does_not_count_and_the_end_does():
    short, long = np.array([[1.0, 2, 0, 0]]), np.array([[1.0, 2, 0, 0, 0, 0, 0, 0]])

    np.testing.assert_array_equal(projected(short, WORDS), projected(long, WORDS))
    assert (projected(short[:, :2], WORDS) != projected(short, WORDS)).any()


def test_points_are_of_what_is_spelled_not_of_numbers():
    rows = np.random.default_rng(0).integers(4, size=(10, 20)).astype(float)
    turned = Symbols((*"dcba", "e"))

    np.testing.assert_allclose(projected(3 - rows, turned), projected(rows, LETTERS), atol=1e-12)


def test_rows_shorter_than_three_symbols_have_no_trigrams():
    found = projected(np.array([[1.0, 0, 0, 0], [0, 0, 0, 0], [1, 2, 3, 1]]), WORDS)

    assert (found[:2, 64:] == 0).all()
    assert (found[1, 32:] == 0).all()
    assert projected(np.array([[1.0]]), LETTERS).shape == (1, 96)


def test_many_rows_are_points_as_one_is():
    rows = np.random.default_rng(1).integers(4, size=(15_000, 9)).astype(float)

    found = projected(rows, LETTERS)

    for place in (0, 7280, 7281, 14_999):
        np.testing.assert_allclose(found[[place]], projected(rows[[place]], LETTERS), atol=1e-12)


def test_squared_distances_are_those_of_the_roots_of_shares_on_average():
    """Rows of letters that all differ: their roots are at right angles, in every order."""
    symbols = Symbols(tuple(map(chr, range(1000, 5000))))
    rows = np.arange(4000.0).reshape(200, 20)

    points = projected(rows, symbols).reshape(200, 3, 32)

    squared = ((points[::2] - points[1::2]) ** 2).mean(axis=2)  # a column's, whose mean is 2
    margin = 5 * np.sqrt(2 * 2**2 / 32 / 100)
    np.testing.assert_allclose(squared.mean(axis=0), 2, atol=margin)


def test_points_are_scaled_by_training_rows():
    rows = np.random.default_rng(2).integers(4, size=(50, 12)).astype(float)
    ngrams = Ngrams.of(LETTERS, rows)

    points = ngrams.embed(rows)

    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(points.std(axis=0), 1)
    assert ngrams.classify(rows) is None


def test_data_without_symbols_have_no_ngrams():
    ones = np.ones((4, 2))

    with pytest.raises(BadInput, match="mine: ngrams are features of symbols"):
        Dataset(name="mine", train=ones, test=ones, fresh=ones, features="ngrams")


@cache
def scores_of(kind):
    """What samples of English score that differ from real ones in a known way."""
    english, rng = load("english"), np.random.default_rng(0)
    fresh, n_symbols = english.fresh, english.symbols.count
    noise = rng.integers(n_symbols, size=fresh.shape).astype(float)
    samples = {
        "real": lambda: fresh,
        "copies": lambda: english.train[rng.choice(len(english.train), len(fresh), replace=False)],
        "a twentieth noise": lambda: np.where(rng.random(fresh.shape) < 0.05, noise, fresh),
        "shuffled": lambda: rng.permuted(fresh, axis=1),
        "noise": lambda: noise,
        "eight rows": lambda: english.train[rng.choice(8, len(fresh))],
    }[kind]()
    embed = embedding_for(english).embed
    metrics = ["frechet_distance", "precision", "recall", "coverage", "classifier_two_sample_test"]
    return {
        name: one.value
        for name, one in score(
            test=embed(english.test), generated=embed(samples), metrics=metrics
        ).items()
    }


def test_text_is_the_worse_the_less_of_its_order_is_left():
    kinds = ("real", "a twentieth noise", "shuffled", "noise")
    real, *worse = map(scores_of, kinds)

    for better, than in zip((real, *worse), worse, strict=False):
        assert than["frechet_distance"] > 1.1 * better["frechet_distance"]
        assert than["precision"] < better["precision"] - 0.1
        assert than["coverage"] < better["coverage"] - 0.05
        assert than["classifier_two_sample_test"] >= better["classifier_two_sample_test"]


def test_copies_of_training_rows_are_as_far_from_test_as_real_rows_are():
    real, copies = scores_of("real"), scores_of("copies")

    assert copies["frechet_distance"] == pytest.approx(real["frechet_distance"], rel=0.2)
    assert copies["coverage"] == pytest.approx(real["coverage"], abs=0.05)


def test_eight_rows_again_and_again_cover_nothing():
    found = scores_of("eight rows")

    assert found["recall"] < 0.05
    assert found["coverage"] < 0.2
    assert found["classifier_two_sample_test"] > 0.95
