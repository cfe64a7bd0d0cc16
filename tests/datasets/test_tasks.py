"""The miniature language: its law, held to all of its documents, written out."""

from collections import defaultdict
from itertools import permutations

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.tasks import Language
from genbench.ground.errors import BadInput

SMALL = Language(np.array([[1, 2, 0], [1, 0, 2]]))  # both tasks answer a with b
LENGTH = 9


def in_words(answers):
    """Every document of three letters, spelled, and its probability, straight from the rules."""
    chances = defaultdict(float)
    for k, task in enumerate(answers, start=1):
        chance = 1 / len(answers)
        answered = {"abc"[i]: "abc"[j] for i, j in enumerate(task)}
        for n in (1, 2, 3):
            orders = list(permutations("abc", n))
            for order in orders:
                shown = " , ".join(f"{letter} {answered[letter]}" for letter in order)
                each = chance / len(orders)
                if n < 3:
                    chances[f"K{k} : {shown}"] += 0.35 * each / 2
                    chances[f"S{k} : {shown}"] += 0.10 * each / 2
                chances[shown] += 0.30 * each / 3
        for first, then in permutations("abc", 2):
            text = f"{first} {answered[first]} , K{k} : {then} {answered[then]}"
            chances[text] += 0.05 * chance / 6
        for letter in "abc":
            right = answered[letter]
            for wrong in sorted(set("abc") - {right}):
                for one, two in ((right, wrong), (wrong, right)):
                    text = f"K{k} ? {letter} | {one} {two} : {right}"
                    chances[text] += 0.20 * chance / 3 / 2 / 2
    return chances


@pytest.fixture(scope="module")
def documents():
    chances = in_words(SMALL.answers)
    return SMALL.symbols.encode(chances, LENGTH), np.array(list(chances.values()))


def test_probabilities_of_all_documents_are_those_of_the_rules_and_sum_to_one(documents):
    rows, chances = documents

    assert chances.sum() == pytest.approx(1)
    np.testing.assert_allclose(np.exp(SMALL.log_prob(rows)), chances, rtol=1e-12)


def test_what_comes_next_is_what_the_documents_that_begin_so_say(documents):
    rows, chances = documents
    for place in range(LENGTH):
        prefixes = np.unique(rows[:, :place], axis=0)
        wanted = np.zeros((len(prefixes), SMALL.symbols.count))
        for i, prefix in enumerate(prefixes):
            begin_so = (rows[:, :place] == prefix).all(axis=1)
            np.add.at(wanted[i], rows[begin_so, place].astype(int), chances[begin_so])
        wanted /= wanted.sum(axis=1, keepdims=True)

        found = np.exp(SMALL.next_log_prob(prefixes))

        np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_after_what_begins_no_document_all_symbols_are_as_likely():
    prefixes = SMALL.symbols.encode(["K1 : a c", "K1 K1 a c", "a b , a", "a b , b"], LENGTH)[:, :4]

    found = SMALL.next_log_prob(prefixes)

    assert SMALL.begin(prefixes).tolist() == [False, False, False, True]
    np.testing.assert_allclose(found[:3], -np.log(12))
    assert (found[3] > -np.inf).sum() == 2


def test_other_rows_have_no_probability(documents):
    rows, _ = documents
    broken = rows[:3].copy()
    broken[0, -1], broken[1, 0], broken[2, 0] = 5, 0.5, 12

    assert (SMALL.log_prob(broken) == -np.inf).all()
    assert SMALL.log_prob(np.full((1, LENGTH), -1.0)) == -np.inf
    assert SMALL.log_prob(rows[:0]).shape == (0,)


def test_samples_come_as_often_as_the_law_says(documents):
    rows, chances = documents
    n = 20_000

    drawn, tasks = SMALL.sample(n, rng=np.random.default_rng(0))

    found = np.array([(drawn == row).all(axis=1).sum() for row in rows])
    assert found.sum() == n
    statistic = ((found - n * chances) ** 2 / (n * chances)).sum()
    # A chi-squared variable has the mean k and the variance 2k.
    assert abs(statistic - (len(rows) - 1)) < 5 * np.sqrt(2 * len(rows))
    named = drawn[:, 0] == SMALL.names[1]
    assert named.any()
    assert (tasks[named] == 1).all()


def test_the_data_set_is_what_the_law_says():
    dataset = load("tasks")
    law = dataset.density

    assert dataset.train.shape == (8000, 24)
    assert dataset.symbols.count == 29 == dataset.train.max() + 1
    assert (np.sort(law.answers, axis=1) == np.arange(8)).all()
    assert law.begin(dataset.test[:, :20]).all()


@pytest.mark.parametrize("answers", [[[0, 1]], [[0, 1, 1]], [0, 1, 2], np.zeros((0, 3))])
def test_tasks_that_are_no_permutations_are_refused(answers):
    with pytest.raises(BadInput, match="must be permutations"):
        Language(np.array(answers))
