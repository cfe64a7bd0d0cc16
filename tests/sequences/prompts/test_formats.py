"""Formats: what prompts say, and that the best answers to them are those of counting tasks."""

import numpy as np
import pytest

from genbench.datasets.tasks import Language
from genbench.sequences.prompts.formats import FORMATS, normalised
from genbench.sequences.prompts.scores import prompts

RNG = np.random.default_rng(5)
LANGUAGE = Language(np.stack([RNG.permutation(8) for _ in range(8)]))
BY_NAME = {format_.name: format_ for format_ in FORMATS}
N = 60


def spelled(name):
    rows, answers = prompts(BY_NAME[name], LANGUAGE, seed=3, n=N)
    words = LANGUAGE.symbols.vocabulary
    return [[words[number] for number in row] for row in rows], [words[a] for a in answers]


def answers_of(word):
    """What the task of this name or speaker answers each letter with, by the letter."""
    task = LANGUAGE.answers[int(word[1:]) - 1]
    return {"abcdefgh"[i]: "abcdefgh"[j] for i, j in enumerate(task)}


@pytest.mark.parametrize(("name", "sign"), [("task named", "K"), ("speaker", "S")])
def test_a_name_or_a_speaker_tells_the_task(name, sign):
    for (word, colon, letter), answer in zip(*spelled(name), strict=True):
        assert word[0] == sign
        assert colon == ":"
        assert answer == answers_of(word)[letter]


def test_a_closed_question_offers_the_right_answer_and_a_wrong_one_in_either_order():
    rows, answers = spelled("closed question")

    firsts = []
    for (word, asked, letter, bar, one, two, colon), answer in zip(rows, answers, strict=True):
        assert asked + bar + colon == "?|:"
        assert answer == answers_of(word)[letter]
        assert answer in (one, two)
        assert one != two
        firsts.append(answer == one)
    assert 0.2 < np.mean(firsts) < 0.8


@pytest.mark.parametrize(("name", "n"), [("1 example", 1), ("3 examples", 3), ("5 examples", 5)])
def test_the_best_answer_after_examples_is_that_of_most_tasks_that_agree_with_them(name, n):
    prefixes, _ = prompts(BY_NAME[name], LANGUAGE, seed=3, n=N)

    found = BY_NAME[name].answers(LANGUAGE.next_log_prob, prefixes, LANGUAGE)

    for row, law in zip(prefixes, found, strict=True):
        shown, asked = row[:-1].reshape(n, 3)[:, :2] - 1, row[-1] - 1
        assert len({*shown[:, 0], asked}) == n + 1
        agree = (LANGUAGE.answers[:, shown[:, 0]] == shown[:, 1]).all(axis=1)
        counts = np.bincount(LANGUAGE.answers[agree, asked], minlength=8)
        np.testing.assert_allclose(np.exp(law[LANGUAGE.letters]), counts / counts.sum())


def test_the_right_answer_is_that_of_a_task_that_agrees_with_the_examples():
    prefixes, answers = prompts(BY_NAME["5 examples"], LANGUAGE, seed=3, n=N)

    told = BY_NAME["5 examples"].answers(LANGUAGE.next_log_prob, prefixes, LANGUAGE)

    assert (told[np.arange(N), answers] > -np.inf).all()


def test_all_formats_ask_for_the_same_tasks_and_letters():
    named, speaker, closed = (
        spelled(name) for name in ("task named", "speaker", "closed question")
    )
    one, three = spelled("1 example"), spelled("3 examples")

    assert named[1] == speaker[1] == closed[1] == one[1] == three[1]
    assert [row[0][1:] for row in named[0]] == [row[0][1:] for row in speaker[0]]
    assert [row[:2] for row in one[0]] == [row[:2] for row in three[0]]
    assert len(set(named[1])) == 8


def test_a_wrong_name_contradicts_the_examples_behind_it():
    kind = "wrong name, 3 examples: follows "
    (rows, by_examples), (same, by_name) = spelled(kind + "examples"), spelled(kind + "name")

    assert rows == same
    for row, shown, named in zip(rows, by_examples, by_name, strict=True):
        assert named == answers_of(row[0])[row[-1]] != shown
    without = prompts(BY_NAME["3 examples"], LANGUAGE, seed=3, n=N)
    contradiction = prompts(BY_NAME[kind + "examples"], LANGUAGE, seed=3, n=N)
    np.testing.assert_array_equal(contradiction[0][:, 2:], without[0])
    np.testing.assert_array_equal(contradiction[1], without[1])


@pytest.mark.parametrize("n", ["1 example", "3 examples"])
def test_to_who_knows_the_law_a_name_of_its_own_says_nothing_new(n):
    alone, with_name = BY_NAME[n], BY_NAME[f"{n}, then a name of its own"]
    of_alone, _ = prompts(alone, LANGUAGE, seed=3, n=N)
    of_named, _ = prompts(with_name, LANGUAGE, seed=3, n=N)

    wanted = alone.answers(LANGUAGE.next_log_prob, of_alone, LANGUAGE)
    found = with_name.answers(LANGUAGE.next_log_prob, of_named, LANGUAGE)

    np.testing.assert_allclose(np.exp(found), np.exp(wanted), atol=1e-12)


def test_the_name_in_a_metaprompt_is_the_models_own():
    """Whatever stands there counts for nothing: it is not told the right one."""
    format_ = BY_NAME["1 example, then a name of its own"]
    prefixes, _ = prompts(format_, LANGUAGE, seed=3, n=N)
    other = prefixes.copy()
    other[:, -3] = LANGUAGE.names[0]

    found, wanted = (
        format_.answers(LANGUAGE.next_log_prob, rows, LANGUAGE) for rows in (other, prefixes)
    )

    np.testing.assert_array_equal(found, wanted)


def test_after_a_constraint_by_grammar_only_letters_follow_as_likely_as_before():
    format_ = next(format_ for format_ in FORMATS if format_.device == "constraint by grammar")
    prefixes, _ = prompts(format_, LANGUAGE, seed=3, n=N)
    law = np.log(np.random.default_rng(0).dirichlet(np.ones(29), size=N))

    found = np.exp(format_.answers(lambda _: law, prefixes, LANGUAGE))

    letters = np.exp(law[:, 1:9])
    np.testing.assert_allclose(found[:, 1:9], letters / letters.sum(axis=1, keepdims=True))
    assert (np.delete(found, np.arange(1, 9), axis=1) == 0).all()


def test_what_has_no_mass_is_left_alone():
    log_mass = np.array([[-np.inf, -np.inf], [0.0, 0.0]])

    np.testing.assert_allclose(normalised(log_mass), [[-np.inf] * 2, [-np.log(2)] * 2])
