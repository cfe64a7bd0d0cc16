"""Decoders: known answers, the definitions written out, and other programs' sets."""

import numpy as np
import pytest
from scipy.stats import chi2_contingency

from genbench.ground.errors import BadInput
from genbench.models.next_symbols import drawn, unrolled
from genbench.sequences import decoders, decoders_laws
from genbench.sequences.decoders import Decoder, parse, restricted, split, write

P = np.array([0.4, 0.3, 0.15, 0.1, 0.05])
NONE = np.zeros((1, 0))


def left(name, p=P):
    """Return the law that a decoder draws by, of one law; of several, a row each."""
    decoder = parse(name)
    with np.errstate(divide="ignore"):
        told = np.log(np.atleast_2d(p))
    return np.squeeze(np.exp(decoders.KINDS[decoder.kind].law(told, decoder.number or 0.0)))


def law_of(*tables):
    """Return a model of two symbols whose law after each prefix stands in a table."""
    tables = {len(next(iter(table))): table for table in tables}

    def ask(prefixes):
        words = ["".join("ab"[int(s)] for s in row) for row in prefixes]
        return np.log([tables[len(word)][word] for word in words])

    return ask


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("ancestral", [0.4, 0.3, 0.15, 0.1, 0.05]),
        ("temperature:1", [0.4, 0.3, 0.15, 0.1, 0.05]),
        ("temperature:0.5", [0.561, 0.316, 0.079, 0.035, 0.009]),
        ("greedy", [1, 0, 0, 0, 0]),
        ("top_k:2", [4 / 7, 3 / 7, 0, 0, 0]),
        ("top_k:9", P),
        ("top_p:0.7", [4 / 7, 3 / 7, 0, 0, 0]),
        ("top_p:0.71", [0.471, 0.353, 0.176, 0, 0]),
        ("top_p:1e-9", [1, 0, 0, 0, 0]),
        ("top_p:0", [1, 0, 0, 0, 0]),
        ("top_p:1", P),
        ("typical:0.2", [0, 1, 0, 0, 0]),
        ("typical:0.7", [4 / 7, 3 / 7, 0, 0, 0]),
        ("typical:0.75", [0.471, 0.353, 0.176, 0, 0]),
        ("typical:1", P),
        ("min_p:0.5", [4 / 7, 3 / 7, 0, 0, 0]),
        ("min_p:0.25", [0.421, 0.316, 0.158, 0.105, 0]),
        ("min_p:0", P),
    ],
)
def test_the_known_law_of_each(name, known):
    np.testing.assert_allclose(left(name), known, atol=6e-4)
    np.testing.assert_allclose(left(name).sum(), 1, atol=1e-12)


@pytest.mark.parametrize("name", ["top_k:2", "top_p:0.5", "typical:0.5"])
def test_ties_go_by_the_number_of_the_symbol(name):
    np.testing.assert_allclose(left(name, np.full(4, 0.25)), [0.5, 0.5, 0, 0])


def test_a_share_that_is_reached_but_for_rounding_is_reached():
    np.testing.assert_allclose(left("min_p:0.5", [0.6, 0.3, 0.1]), [2 / 3, 1 / 3, 0])


def test_what_is_impossible_stays_so():
    for name in ("temperature:7", "top_k:3", "top_p:1", "typical:1", "min_p:0", "mirostat:9"):
        if decoders.KINDS[parse(name).kind].law is not decoders_laws.normalised:
            assert left(name, [0.5, 0, 0.5])[1] == 0
    assert left("temperature:1e-309", [0.3, 0.7]).tolist() == [0, 1]


def test_a_law_that_sums_to_one_within_what_is_allowed_is_not_cut_short():
    told = np.log(P * 0.9999)[None]

    for law in (decoders_laws.top_p, decoders_laws.typical):
        assert np.isfinite(law(told, 0.7)).sum() == 2
        assert np.isfinite(law(told, 1.0)).all()


def random_laws(n=500, n_symbols=40):
    rng = np.random.default_rng(0)
    sharpness = rng.uniform(0.2, 4, size=(n, 1))
    return decoders_laws.normalised(sharpness * rng.normal(size=(n, n_symbols)))


@pytest.mark.parametrize("number", [0.05, 0.3, 0.9, 0.999])
def test_sets_are_those_of_the_definitions_written_out(number):
    told = random_laws(60)
    kept = {name: np.isfinite(getattr(decoders_laws, name)(told, number)) for name in SETS}
    for i, p in enumerate(np.exp(told)):
        assert set(np.flatnonzero(kept["min_p"][i])) == {
            s for s in range(len(p)) if p[s] >= number * p.max()
        }
        entropy = -(p * np.log(p)).sum()
        for name, cost in (("top_p", -p), ("typical", abs(-np.log(p) - entropy))):
            chosen, mass = [], 0.0
            for symbol in sorted(range(len(p)), key=lambda s: cost[s]):
                if mass >= number:
                    break
                chosen.append(symbol)
                mass += p[symbol]
            assert set(np.flatnonzero(kept[name][i])) == set(chosen)


SETS = {
    "top_p": ("TopPLogitsWarper", (0.1, 0.5, 0.9, 0.99)),
    "typical": ("TypicalLogitsWarper", (0.1, 0.5, 0.9, 0.99)),
    "min_p": ("MinPLogitsWarper", (0.02, 0.1, 0.5)),
    "top_k": ("TopKLogitsWarper", (1, 5, 20)),
}


@pytest.mark.parametrize("name", SETS)
def test_sets_are_those_of_transformers(name):
    transformers = pytest.importorskip("transformers")
    import torch

    told = random_laws()
    warper, numbers = SETS[name]
    for number in numbers:
        theirs = getattr(transformers, warper)(number)(None, torch.from_numpy(told))
        ours = getattr(decoders_laws, name)(told, number)
        np.testing.assert_array_equal(np.isfinite(ours), torch.isfinite(theirs).numpy())


def test_the_same_noise_draws_the_same_symbol_wherever_it_is_left():
    told = random_laws(2000, 20)
    whole = drawn(told, np.random.default_rng(1))
    cut = decoders_laws.top_p(told, 0.9)
    some = drawn(cut, np.random.default_rng(1))

    stays = np.isfinite(cut[np.arange(len(cut)), whole])
    assert stays.mean() > 0.85
    np.testing.assert_array_equal(whole[stays], some[stays])


def test_symbols_are_drawn_as_the_law_says():
    told = np.tile(np.log(P), (100_000, 1))
    shares = np.bincount(drawn(told, np.random.default_rng(0))) / len(told)

    np.testing.assert_allclose(shares, P, atol=4 * np.sqrt(0.25 / len(told)))


FIRST = {"": (0.6, 0.4)}
SECOND = {"a": (0.55, 0.45), "b": (0.05, 0.95)}


@pytest.mark.parametrize(("width", "row"), [(1, "aa"), (2, "bb"), (9, "bb")])
def test_a_wider_beam_finds_the_likelier_row(width, row):
    found = write(
        parse(f"beam:{width}"),
        law_of(FIRST, SECOND),
        np.zeros((3, 0)),
        2,
        rng=np.random.default_rng(0),
    )

    assert ["".join("ab"[int(s)] for s in each) for each in found] == [row] * 3


def table_law(rng, n_symbols, length, end=None):
    """Return a random law of rows: of each prefix its own."""
    tables = {}

    def ask(prefixes):
        for row in map(tuple, prefixes):
            if row not in tables:
                tables[row] = decoders_laws.normalised(2 * rng.normal(size=(1, n_symbols)))[0]
        return np.array([tables[tuple(row)] for row in prefixes])

    return ask


def every_row(n_symbols, length):
    return np.indices((n_symbols,) * length).reshape(length, -1).T.astype(float)


@pytest.mark.parametrize("end", [None, 0])
def test_a_beam_as_wide_as_all_rows_finds_the_likeliest_of_all(end):
    ask = table_law(np.random.default_rng(3), 3, 4)
    totals = []
    for row in every_row(3, 4):
        total = 0.0
        for place, symbol in enumerate(row):
            ended = end is not None and end in row[:place]
            told = ask(row[None, :place])[0]
            total += (0.0 if symbol == end else -np.inf) if ended else told[int(symbol)]
        totals.append(total)
    best = every_row(3, 4)[np.argmax(totals)]

    wide = write(parse("beam:81"), ask, NONE, 4, rng=np.random.default_rng(0), end=end)

    np.testing.assert_array_equal(wide[0], best)


def test_a_beam_goes_on_from_each_beginning():
    ask = table_law(np.random.default_rng(4), 3, 4)
    start = np.array([[0.0, 1.0], [2.0, 2.0]])
    both = write(parse("beam:2"), ask, start, 4, rng=np.random.default_rng(0))

    for row, begun in zip(both, start, strict=True):
        alone = write(parse("beam:2"), ask, begun[None], 4, rng=np.random.default_rng(0))
        np.testing.assert_array_equal(row, alone[0])
        np.testing.assert_array_equal(row[:2], begun)


def test_ancestral_rows_are_of_the_models_law():
    ask = table_law(np.random.default_rng(5), 3, 3)
    n = 6000
    ours = write(parse("ancestral"), ask, np.zeros((n, 0)), 3, rng=np.random.default_rng(1))
    rng = np.random.default_rng(2)
    theirs = unrolled(
        ask,
        np.zeros((n, 0)),
        3,
        lambda told: np.array([rng.choice(3, p=np.exp(row)) for row in told]),
    )
    counts = [np.bincount((rows @ [9, 3, 1]).astype(int), minlength=27) for rows in (ours, theirs)]
    counts = np.array(counts)[:, np.sum(counts, axis=0) >= 10]

    assert chi2_contingency(counts).pvalue > 0.01


def test_greedy_is_a_beam_of_one():
    ask = table_law(np.random.default_rng(6), 4, 5)
    rng = np.random.default_rng(0)
    greedy, one = (write(parse(name), ask, NONE, 5, rng=rng) for name in ("greedy", "beam:1"))

    np.testing.assert_array_equal(greedy, one)


def test_a_row_that_has_ended_stays_so():
    even = np.log(np.full((1, 3), 1 / 3))
    for name in ("ancestral", "top_p:0.9", "mirostat:1"):
        rows = write(
            parse(name),
            lambda prefixes: np.repeat(even, len(prefixes), axis=0),
            np.zeros((200, 0)),
            6,
            rng=np.random.default_rng(0),
            end=2,
        )
        ended = np.maximum.accumulate(rows == 2, axis=1)
        assert ended.any()
        assert (rows[ended] == 2).all()


@pytest.mark.parametrize(
    ("target", "reached"), [(3, 2.999), (4, 4.0), (5, 4.999), (6, 5.567), (2, 2.23)]
)
def test_mirostat_keeps_its_surprise_where_that_can_be(target, reached):
    zipf = np.arange(1, 201) ** -1.1
    told = np.log(zipf / zipf.sum())
    rows = write(
        Decoder("mirostat", float(target)),
        lambda prefixes: np.tile(told, (len(prefixes), 1)),
        np.zeros((100, 0)),
        1000,
        rng=np.random.default_rng(0),
    )
    surprise = -told[rows.astype(int)] / np.log(2)

    assert surprise.mean() == pytest.approx(reached, abs=0.02)


def test_the_bound_of_mirostat_moves_against_what_was_missed():
    mirostat = decoders.Mirostat(1.5, np.random.default_rng(0))
    (symbol,) = mirostat.choose(np.log(P)[None])

    assert mirostat.bound[0] == pytest.approx(3 - 0.1 * (-np.log2(P[symbol]) - 1.5))


def test_the_bound_of_mirostat_does_not_wind_up():
    told = np.log([[0.97, 0.01, 0.01, 0.01]])
    high, low = (decoders.Mirostat(t, np.random.default_rng(0)) for t in (9.0, 0.01))
    for _ in range(500):
        high.choose(told)
        low.choose(told)

    assert high.bound[0] == 4 * 2  # four times log2 of four symbols
    assert 0 <= low.bound[0] < 0.1


def test_what_the_grammar_does_not_allow_is_never_written():
    """Of rows of a and b no two b stand together; local masking is not the law given that."""
    even = np.log(np.array([[0.5, 0.5]]))

    def allowed(prefixes):
        told = np.repeat(even, len(prefixes), axis=0)
        if prefixes.shape[1]:
            told[prefixes[:, -1] == 1] = [0, -np.inf]
        return told

    def ask(prefixes):
        return np.repeat(even, len(prefixes), axis=0)

    for name in ("grammar+ancestral", "grammar+greedy", "grammar+beam:3", "grammar+mirostat:1"):
        rows = write(
            parse(name), ask, np.zeros((4000, 0)), 2, rng=np.random.default_rng(0), allowed=allowed
        )
        assert not (rows[:, 0] * rows[:, 1]).any()
        if name == "grammar+ancestral":  # aa .25, ab .25, ba .5; given that it is possible, 1/3
            shares = [np.mean((rows == row).all(axis=1)) for row in ([0, 0], [0, 1], [1, 0])]
            np.testing.assert_allclose(shares, [0.25, 0.25, 0.5], atol=0.03)


def test_where_the_model_allows_nothing_that_may_be_all_that_may_be_is_even():
    def ask(prefixes):
        return np.array([[0.0, -np.inf, -np.inf]])

    def allowed(prefixes):
        return np.array([[-np.inf, -1.0, -5.0]])

    told = restricted(ask, allowed)(NONE)
    np.testing.assert_allclose(np.exp(decoders_laws.normalised(told)), [[0, 0.5, 0.5]])


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("top_p:.90", "top_p:0.9"),
        ("top_k:5.0", "top_k:5"),
        ("greedy", "greedy"),
        ("grammar+temperature:1", "grammar+temperature:1"),
        ("top_p:1e-9", "top_p:1e-09"),
    ],
)
def test_a_decoder_has_one_name(name, form):
    assert parse(name).name == form
    assert parse(form) == parse(name)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("topp:0.9", "No decoder named 'topp'. Did you mean 'top_p'"),
        ("nonsense", "No decoder named 'nonsense'"),
        ("", "No decoder named ''"),
        ("a:b:c", "No decoder named 'a:b:c'"),
        ("top_k:0", "top_k takes a number of symbols, a whole number from 1 up.*not 'top_k:0'"),
        ("top_k:1.5", "a whole number from 1 up"),
        ("top_k", "takes a number of symbols"),
        ("top_p:1.1", "top_p takes a mass, a number from 0 up, at most 1"),
        ("top_p:nan", "top_p takes a mass"),
        ("top_p:-0.1", "top_p takes a mass"),
        ("typical:0", "typical takes a mass, a number above 0, at most 1"),
        ("min_p:2", "min_p takes a share"),
        ("temperature:0", "a number above 0"),
        ("temperature:1e999", "a number above 0"),
        ("beam:0", "beam takes a width, a whole number from 1 up"),
        ("mirostat:-1", "mirostat takes a surprise in bits"),
        ("greedy:1", "greedy takes no number"),
    ],
)
def test_what_is_no_decoder_is_said(name, message):
    with pytest.raises(BadInput, match=message):
        parse(name)


@pytest.mark.parametrize(
    ("model", "own", "decoder"),
    [
        ("ngram@top_p:0.90", "ngram", "top_p:0.9"),
        ("ngram#order=3@greedy", "ngram#order=3", "greedy"),
        ("me@home/my.py:Model", "me@home/my.py:Model", ""),
        ("me@home/my.py:Model@grammar+beam:3", "me@home/my.py:Model", "grammar+beam:3"),
        ("ngram@nonsense", "ngram@nonsense", ""),
        ("ngram@top_k:0", "ngram@top_k:0", ""),
        ("@greedy", "@greedy", ""),
        ("ngram", "ngram", ""),
    ],
)
def test_a_model_has_a_decoder_after_the_last_sign(model, own, decoder):
    assert split(model) == (own, decoder)
