"""What stands in the training set: planted spans, copies, and plain search of strings."""

import numpy as np
import pytest

from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference, training_matches
from genbench.evidence.training_matches import LONGEST, TrainingMatches
from genbench.ground.errors import Unavailable
from genbench.metrics.copied_text import (
    copied_span,
    novel_error,
    novel_in_test,
    novel_ngrams,
    span_error,
    span_of_test,
    span_p_value,
    verbatim_error,
    verbatim_in_test,
    verbatim_share,
)

LETTERS = Symbols(tuple("abcdefgh"))
ENDED = Symbols((*"abc", ""), end=3)


def matches(train, test, generated, symbols=LETTERS):
    train, test, generated = (np.asarray(part, float) for part in (train, test, generated))
    reference = Reference(train=train, test=test, symbols=symbols)
    return TrainingMatches.of(Comparison(reference=reference, generated=generated))


def letters(n, length=40, seed=1, of=(0, 8)):
    return np.random.default_rng(seed).integers(*of, size=(n, length)).astype(float)


def text(row, symbols):
    return symbols.spell(row) + ("." if symbols.end in row else "")


@pytest.mark.parametrize("symbols", [LETTERS, ENDED, Symbols(tuple(map(chr, range(300, 700))))])
def test_the_longest_matches_are_those_of_plain_search(symbols):
    scale = 133 if symbols.count > 256 else 1
    rng = np.random.default_rng(2)
    sets = (rng.integers(3 + (symbols.end is not None), size=(n, 12)) * scale for n in (8, 5, 9))
    train, test, generated = (symbols.close(rows.astype(float)) for rows in sets)
    texts = [text(row, symbols) for row in train]

    found = matches(train, test, generated, symbols)

    for row, lengths in zip(generated, found.matches, strict=True):
        said = text(row, symbols)
        for end in range(12):
            inside = [
                n
                for n in range(end + 2)
                if end < len(said) and any(said[end + 1 - n : end + 1] in one for one in texts)
            ]
            assert lengths[end] == max(inside, default=0)


def test_planted_spans_are_found_whole():
    train = letters(50, of=(0, 4))
    generated = letters(20, of=(4, 8), seed=3)  # of other letters
    generated[:, 10:27] = train[:20, 3:20]

    found = matches(train, letters(20, of=(4, 8), seed=4), generated)

    assert found.spans.tolist() == [17] * 20
    assert copied_span(found) == 17
    assert span_error(found) == 0
    assert novel_ngrams(found) == pytest.approx(1 - 10 / 33)
    assert verbatim_share(found) == 0
    assert (span_of_test(found), novel_in_test(found), verbatim_in_test(found)) == (0, 1, 0)
    assert span_p_value(found) < 1e-6


def test_a_copy_is_all_old():
    train = letters(50)

    found = matches(train, letters(30, seed=5), train[:30])

    assert novel_ngrams(found) == 0
    assert copied_span(found) == 40
    assert verbatim_share(found) == 1
    assert found.parameters == {"longest_match": 40}


def test_test_rows_in_place_of_generated_ones_meet_the_ideal():
    train, test = letters(50), letters(30, seed=5)

    found = matches(train, test, test)

    assert novel_ngrams(found) == novel_in_test(found)
    assert copied_span(found) == span_of_test(found)
    assert verbatim_share(found) == verbatim_in_test(found)
    assert span_p_value(found) == pytest.approx(0.5, abs=0.01)


def test_strings_do_not_pass_an_end_or_go_on_in_the_next_row():
    train = ENDED.encode(["abc", "abcabcab"], 9)
    generated = ENDED.encode(["cabcabcab", "bc"], 9)

    found = matches(train, train, generated, ENDED)

    assert found.matches[0].tolist() == [1, 2, 3, 4, 5, 6, 6, 7, 8]
    assert found.matches[1].tolist() == [1, 2, 3, 0, 0, 0, 0, 0, 0]  # b c and the end
    # Two 8-grams in the first row: cabcabca is new, and so is not abcabcab.
    assert novel_ngrams(found) == 0.5
    assert verbatim_share(matches(train, train, train, ENDED)) == 1


def test_very_long_copies_count_up_to_a_limit():
    train = letters(4, length=LONGEST + 30)

    found = matches(train, train, train)

    assert copied_span(found) == LONGEST
    assert "4 rows have 128 symbols of a training row or more" in found.warnings[0]
    assert matches(train, train, letters(4, LONGEST + 30, seed=2)).warnings == ()


def test_matches_are_followed_less_far_where_there_is_no_room(monkeypatch):
    train, test = letters(30), letters(30, seed=5, of=(0, 3))
    whole = matches(train, test, test)
    monkeypatch.setattr(training_matches, "MOST_BYTES", 30 * 40 * 20 + 1)

    found = matches(train, test, train)

    assert found.parameters == {"longest_match": 20}
    assert (found.matches == np.minimum(np.arange(40) + 1, 20)).all()
    assert (found.test_matches == whole.test_matches).all()
    assert "30 rows have 20 symbols" in found.warnings[0]


def test_spans_without_a_difference_reject_seldom_and_longer_ones_do():
    p_values = []
    for seed in range(100):
        train, test, generated = (letters(30, 20, 3 * seed + i, of=(0, 3)) for i in range(3))
        p_values.append(span_p_value(matches(train, test, generated)))

    assert np.mean(np.array(p_values) < 0.1) == pytest.approx(0.1, abs=0.1)
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.1)


def test_errors_are_those_of_rows_drawn_anew():
    train, test = letters(60, 24, of=(0, 4)), letters(5, 24, of=(0, 4), seed=9)
    rng = np.random.default_rng(6)
    numbers = {novel_ngrams: novel_error, copied_span: span_error, verbatim_share: verbatim_error}
    found, said = ({metric: [] for metric in numbers} for _ in range(2))

    for _ in range(200):
        generated = rng.integers(4, size=(40, 24)).astype(float)
        copied = rng.random(40) < 0.2
        generated[copied] = train[rng.integers(60, size=copied.sum())]
        one = matches(train, test, generated)
        for metric, error in numbers.items():
            found[metric].append(metric(one))
            said[metric].append(error(one))

    for metric in numbers:
        assert np.mean(said[metric]) == pytest.approx(np.std(found[metric]), rel=0.15)


def test_refuses_what_has_no_training_rows_or_no_eight_symbols():
    with pytest.raises(Unavailable, match="no row has 8 symbols"):
        novel_ngrams(matches(letters(5, 7), letters(5, 7), letters(5, 7)))
    reference = Reference(test=letters(5), symbols=LETTERS)
    with pytest.raises(Unavailable, match="train samples"):
        TrainingMatches.of(Comparison(reference=reference, generated=letters(5)))
