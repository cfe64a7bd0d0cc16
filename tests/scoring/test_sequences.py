"""Sequences at the door: rows of symbols are closed, others refused in a sentence."""

import numpy as np
import pytest

import genbench
from genbench.datasets import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.symbols import Symbols
from genbench.ground.errors import BadInput
from genbench.scoring.dataset import score_samples
from genbench.scoring.inputs import comparison_of

SYMBOLS = genbench.Symbols((*"abc", ""), end=3)
NAMES = ["repetition", "novel_ngrams", "judged_bits", "verbatim_share", "bits_per_symbol"]


def rows(n, seed, length=12):
    return np.random.default_rng(seed).choice(4, p=[0.4, 0.3, 0.25, 0.05], size=(n, length))


def closed(n, seed):
    return SYMBOLS.close(rows(n, seed).astype(float))


def given(**more):
    return {"test": closed(40, 1), "train": closed(60, 2), "generated": rows(40, 3)} | more


def test_rows_are_scored_up_to_their_ends_and_that_is_said():
    open_ended = genbench.score(metrics=NAMES, symbols=SYMBOLS, **given())
    shut = genbench.score(metrics=NAMES, symbols=SYMBOLS, **given(generated=closed(40, 3)))

    for name in NAMES[:-1]:
        assert open_ended[name].value == shut[name].value
        assert "generated rows have other symbols behind their end" in open_ended[name].warnings[0]
        assert not any("behind their end" in warning for warning in shut[name].warnings)
    assert open_ended["bits_per_symbol"].status == "skipped"


def test_numbers_of_symbols_have_no_units():
    collapsed = np.zeros((40, 12))
    wide = Symbols(tuple(map(str, range(300))))
    many = np.random.default_rng(4).integers(300, size=(40, 12))

    said = genbench.score(
        metrics=["repetition"], symbols=wide, test=many, train=many[::-1] + 0.0, generated=collapsed
    )["repetition"].warnings

    assert not any("units" in warning for warning in said)
    assert any("same samples" in warning for warning in said)


def test_fresh_rows_are_closed_as_well():
    scores = genbench.score(metrics=["repetition"], symbols=SYMBOLS, fresh=rows(40, 5), **given())
    shut = genbench.score(metrics=["repetition"], symbols=SYMBOLS, fresh=closed(40, 5), **given())

    assert scores["repetition"].real == shut["repetition"].real


def test_acronyms_find_them():
    scores = genbench.score(metrics=["rep-n", "distinct-n", "zipf"], symbols=SYMBOLS, **given())

    assert list(scores) == ["repetition", "distinct_ngrams", "zipf_gap"]


def test_series_are_scored_where_they_are_said_to_be_series():
    rng = np.random.default_rng(6)
    test, generated = rng.normal(size=(2, 40, 30))

    scores = genbench.score(metrics=["wiener-entropy"], series=True, test=test, generated=generated)
    without = genbench.score(metrics=["wiener-entropy"], test=test, generated=generated)

    assert scores["spectral_flatness"].value == pytest.approx(1, abs=0.03)
    assert without["spectral_flatness"].status == "skipped"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"symbols": "abc"}, "symbols must be a genbench.Symbols, not 'abc'"),
        ({"symbols": SYMBOLS, "series": True}, "not both"),
        ({"series": 1}, "series must be True or False, not 1"),
        ({"symbols": SYMBOLS, "generated": np.full((40, 12), 4)}, "generated holds 4, which is"),
        ({"symbols": SYMBOLS, "train": np.full((40, 12), 0.5)}, "train holds 0.5, which is"),
        ({"symbols": SYMBOLS, "test": np.full((40, 12), -1)}, "test holds -1, which is"),
    ],
)
def test_what_are_no_sequences_is_refused(changed, message):
    with pytest.raises(BadInput, match=message):
        comparison_of(**given(**changed))


@pytest.mark.parametrize("what", [{"symbols": SYMBOLS}, {"series": True}])
def test_sequences_have_one_length(what):
    cubes = np.zeros((5, 8, 8))

    with pytest.raises(BadInput, match=r"test has shape \(5, 8, 8\); expected \(n, length\)"):
        comparison_of(test=cubes, generated=cubes, **what)


def test_fresh_rows_of_other_symbols_are_refused():
    with pytest.raises(BadInput, match="fresh holds 11"):
        genbench.score(metrics=["repetition"], symbols=SYMBOLS, fresh=rows(40, 5) + 9, **given())
    more = rows(41, 5)  # than there are generated ones: the last is not scored, but looked at
    more[-1, 0] = 11
    with pytest.raises(BadInput, match="fresh holds 11"):
        genbench.score(metrics=["repetition"], symbols=SYMBOLS, fresh=more, **given())


def test_a_data_set_hands_on_what_its_rows_are():
    dataset = Dataset(
        name="abc",
        train=closed(60, 2),
        test=closed(40, 1),
        fresh=closed(40, 7),
        domain=Domain(whole=True, low=0, high=3),
        symbols=SYMBOLS,
    )

    scores = score_samples(dataset, rows(40, 3) + 0.2, log_prob=np.full(40, -9.0), metrics=NAMES)

    expected = genbench.score(
        metrics=NAMES, symbols=SYMBOLS, test_log_prob=np.full(40, -9.0), **given()
    )
    for name in NAMES:
        assert scores[name].value == expected[name].value
    assert "behind their end" in scores["repetition"].warnings[0]
