"""Checks of sequences: what they make is what they say, and measures answer as they should."""

import numpy as np
import pytest

from genbench.metrics import CATALOG as METRICS
from genbench.sanity.cell import compare
from genbench.sanity.checks import CATALOG
from genbench.sanity.checks import sequences as checks
from genbench.sanity.checks.sizes import p_value_of
from genbench.sanity.sequence_worlds import (
    CHAIN,
    LENGTH,
    SENTENCES,
    WORDS,
    bits_under_truth,
    divergence_from_truth,
    forgetful,
    go_on,
    rows,
    tempered,
)
from genbench.sanity.worlds import N

NAMES = [check.name for check in checks.CHECKS]
OF_LETTERS = [check.name for check in checks.CHECKS if check.only == checks.OF_LETTERS]


def rng(seed=0):
    return np.random.default_rng(seed)


def made(name, level, seed=0):
    return compare(CATALOG[name], seed, level)


@pytest.mark.parametrize("name", [name for name in OF_LETTERS if name != "mistaken_words"])
def test_the_first_level_draws_from_the_law(name):
    drawn = [made(name, CATALOG[name].levels[0], seed).generated for seed in range(8)]

    bits = -CHAIN.log_prob(np.concatenate(drawn)) / np.log(2) / LENGTH
    error = bits.std() / np.sqrt(len(bits))
    assert bits.mean() == pytest.approx(bits_under_truth(CHAIN), abs=4 * error)
    assert np.exp(CHAIN.row_entropy / LENGTH) == pytest.approx(2 ** bits_under_truth(CHAIN))


def test_rows_that_go_on_are_those_of_the_law():
    begun = rows(rng(1))[:, :10]

    found = np.concatenate([go_on(begun, rng(seed)) for seed in range(8)])

    assert (found[:N, :10] == begun).all()
    more = np.diff([CHAIN.log_prob(part).mean() for part in (found[:, :10], found)])[0]
    assert -more / 22 == pytest.approx(CHAIN.entropy_rate, rel=0.03)


def test_planted_spans_are_beginnings_of_training_rows():
    comparison = made("planted_spans", 16.0)

    beginnings = {row.tobytes() for row in comparison.reference.train[:, :16]}
    assert all(row.tobytes() in beginnings for row in comparison.generated[:, :16].copy())


def test_loops_come_back_every_four_letters():
    generated = made("loops", 1.0).generated

    half = LENGTH // 2
    assert (generated[:, half:-4] == generated[:, half + 4 :]).all()
    again = made("loops", 0.4).generated[:, half:-4] == made("loops", 0.4).generated[:, half + 4 :]
    assert again.all(axis=1).mean() == pytest.approx(0.4, abs=0.02)


def test_shuffled_rows_keep_their_letters():
    generator = rng(2)
    drawn = rows(rng(2))

    found = checks.shuffled(drawn, 1.0, generator)

    assert (np.sort(found, axis=1) == np.sort(drawn, axis=1)).all()
    assert (found != drawn).any(axis=1).all()


def test_short_memory_keeps_the_law_of_pairs():
    law = forgetful(1.0)

    assert law.pairs == pytest.approx(CHAIN.pairs, abs=1e-9)
    assert law.transitions == pytest.approx(np.broadcast_to(law.transitions[0], (8, 8, 8)))
    assert forgetful(0.0).transitions == pytest.approx(CHAIN.transitions)


def test_tempered_chains_are_raised_to_a_power():
    squared = CHAIN.transitions**2

    assert tempered(2.0).transitions == pytest.approx(squared / squared.sum(axis=2, keepdims=True))
    assert (
        bits_under_truth(tempered(2.0)) < bits_under_truth(CHAIN) < bits_under_truth(tempered(0.5))
    )


def test_divergences_are_those_of_many_rows():
    law, many = forgetful(0.5), CHAIN.sample(20_000, rng=rng(3))[0]

    apart = (CHAIN.log_prob(many) - law.log_prob(many)) / np.log(2) / LENGTH

    assert divergence_from_truth(law) == pytest.approx(
        apart.mean(), abs=4 * apart.std() / np.sqrt(20_000)
    )
    assert divergence_from_truth(CHAIN) == 0


def test_a_mistaken_word_is_one_word_and_sentences_are_possible_without():
    generated = made("mistaken_words", 0.0).generated
    mistaken = checks.mistaken(generated, 1.0, rng(4))

    assert np.isfinite(SENTENCES.log_prob(generated)).all()
    changed = (generated != mistaken).sum(axis=1)
    assert set(changed) == {0, 1}
    assert (mistaken == WORDS.end).sum() == (generated == WORDS.end).sum()
    assert np.isinf(SENTENCES.log_prob(mistaken)).mean() > 0.4


def test_the_law_of_sentences_sums_to_one():
    law = type(SENTENCES)(SENTENCES.moves, 4)
    every = np.stack(np.meshgrid(*[np.arange(9.0)] * 4, indexing="ij"), axis=-1).reshape(-1, 4)

    assert np.exp(law.log_prob(every)).sum() == pytest.approx(1)


def test_equal_pairs_are_of_what_a_test_needs():
    for name in ("copied_span", "innovation_whiteness"):
        assert 0 < p_value_of(rng(5), 0.0, name=name) < 1
    assert {"copied_span", "innovation_whiteness"} <= set(CATALOG["size_of_tests"].only)


def test_samples_are_told_to_be_sequences():
    assert {CATALOG[name].samples() for name in NAMES} == {"sequences"}


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_what_is_claimed_is_borne_out(name, verdicts):
    check = CATALOG[name]
    claimed = [one for one in check.only if check.expects.claimed_by(METRICS[one])]

    assert claimed
    assert verdicts(name, claimed) == dict.fromkeys(claimed, "+")
