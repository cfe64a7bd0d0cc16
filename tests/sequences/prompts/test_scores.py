"""Scores of prompts: by hand, of models that answer in a known way."""

import numpy as np
import pytest

from genbench.datasets.tasks import Language
from genbench.ground.errors import BadInput
from genbench.sequences.prompts.scores import Answers, score_prompts

RNG = np.random.default_rng(5)
LANGUAGE = Language(np.stack([RNG.permutation(8) for _ in range(8)]))
EVEN = -np.log(29)


class Model:
    """A model that says what a function says."""

    def __init__(self, law):
        self.next_log_prob = law


def scored(law, n=40, seed=1):
    return {score.format: score for score in score_prompts(Model(law), LANGUAGE, seed=seed, n=n)}


def test_answers_are_judged_as_by_hand():
    law = np.log([[0.5, 0.25, 0.25], [0.25, 0.25, 0.5], [0.125, 0.75, 0.125], [0.25, 0.5, 0.25]])

    found = Answers.of(law, np.array([0, 2, 0, 0]))

    assert found.prompt_accuracy == 0.5
    assert found.prompt_bits == pytest.approx((1 + 1 + 3 + 2) / 4)
    assert found.n_impossible == 0


def test_the_interval_of_the_accuracy_is_wilsons():
    law = np.log(np.tile([0.75, 0.25], (50, 1)))
    answers = (np.arange(50) >= 40).astype(int)
    p, n, z = 0.8, 50, 1.959963984540054
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))

    found = Answers.of(law, answers)

    assert found.interval == pytest.approx((middle - half, middle + half))


def test_bits_are_infinite_where_a_right_answer_is_held_to_be_impossible():
    with np.errstate(divide="ignore"):
        law = np.log([[1.0, 0.0], [1.0, 0.0]])

    found = Answers.of(law, np.array([0, 1]))

    assert found.prompt_bits == np.inf
    assert found.n_impossible == 1


def test_who_knows_the_law_answers_as_bayes_does():
    found = scored(LANGUAGE.next_log_prob)

    for name, score in found.items():
        assert (score.bayes is None) == name.startswith(("wrong name", "name without colon"))
        if score.bayes is not None:
            assert score.model.prompt_accuracy == score.bayes.prompt_accuracy
            assert score.model.prompt_bits == pytest.approx(score.bayes.prompt_bits)
    for name in ("task named", "speaker", "closed question"):
        assert found[name].model.prompt_accuracy == 1
        assert found[name].model.prompt_bits == pytest.approx(0, abs=1e-9)


def test_who_knows_nothing_has_the_bits_of_all_symbols_and_of_letters_where_they_alone_count():
    found = scored(lambda prefixes: np.full((len(prefixes), 29), EVEN))

    for score in found.values():
        constrained = score.device == "constraint by grammar"
        assert score.model.prompt_bits == pytest.approx(np.log2(8 if constrained else 29))


def test_who_chooses_between_what_is_offered_is_right_half_of_the_time_on_a_closed_question():
    def law(prefixes):
        """Answer with either of the two symbols before the last, alike, else with any."""
        told = np.full((len(prefixes), 29), EVEN)
        if prefixes.shape[1] == 7:
            told = np.full_like(told, -np.inf)
            for place in (4, 5):
                told[np.arange(len(told)), prefixes[:, place].astype(int)] = np.log(0.5)
        return told

    score = scored(law, n=400)["closed question"]

    assert score.chance == 0.5
    assert score.model.prompt_bits == pytest.approx(1)
    assert score.model.interval[0] < 0.5 < score.model.interval[1]


def test_who_follows_the_name_does_not_follow_the_examples():
    by_name = dict(zip(LANGUAGE.names, LANGUAGE.answers, strict=True))

    def law(prefixes):
        told = np.full((len(prefixes), 29), np.log(1e-9))
        for i, row in enumerate(prefixes.astype(int)):
            answers, letter = by_name.get(row[0], np.arange(8)), row[-1] - 1
            answer = LANGUAGE.letters[answers[letter]] if 0 <= letter < 8 else 0
            told[i, answer] = np.log(1 - 28e-9)
        return told

    found = scored(law)

    assert found["wrong name, 3 examples: follows name"].model.prompt_accuracy == 1
    assert found["wrong name, 3 examples: follows examples"].model.prompt_accuracy == 0
    assert found["task named"].model.prompt_accuracy == 1
    assert found["speaker"].model.prompt_accuracy < 0.5


def test_numbers_depend_on_the_seed_alone():
    def law(prefixes):
        rng = np.random.default_rng(int(prefixes.sum()))
        return np.log(rng.dirichlet(np.ones(29), size=len(prefixes)))

    first, again, other = (scored(law, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


def test_what_is_no_law_of_its_symbols_is_refused():
    with pytest.raises(BadInput, match=r"shape \(40, 28\); expected \(40, 29\)"):
        scored(lambda prefixes: np.full((len(prefixes), 28), -np.log(28)))
