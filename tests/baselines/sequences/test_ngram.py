"""Smoothing of n-grams: its definitions written out, and what another program makes of a text."""

from collections import Counter
from functools import cache

import numpy as np
import pytest

from genbench.baselines.sequences.ngram import NGram, discounts, kept

START = "start"


def rows_of_text(n_symbols=5, n=40, length=12, seed=0):
    """Rows of a chain in which some symbols are frequent and some are rare."""
    rng = np.random.default_rng(seed)
    law = rng.dirichlet(np.full(n_symbols, 0.5), size=(n_symbols, n_symbols))
    rows = rng.integers(n_symbols, size=(n, length))
    for t in range(2, length):
        heights = law[rows[:, t - 2], rows[:, t - 1]].cumsum(axis=1)
        rows[:, t] = (heights < rng.random((n, 1))).sum(axis=1)
    rows.flat[:n_symbols] = np.arange(n_symbols)  # each occurs
    return rows.astype(float)


def fitted(rows, order, smoothing="modified_kneser_ney", n_symbols=None):
    model = NGram(order, smoothing)
    if n_symbols is None:
        return model.fit(rows, rng=np.random.default_rng(0))
    model.n_symbols, model.length = n_symbols, rows.shape[1]
    model._learn(rows.astype(int), np.random.default_rng(0))
    return model


def grams(rows, order):
    """Count the grams of every length up to order + 1 that end with a symbol."""
    counts = Counter()
    for row in rows:
        padded = (START,) * order + tuple(int(symbol) for symbol in row)
        for end in range(order, len(padded)):
            for length in range(order + 1):
                counts[padded[end - length : end + 1]] += 1
    return counts


def contexts(rows, order, n_symbols):
    """Every context of the rows, and some that never occur, as prefixes and as tuples."""
    seen = {tuple(row[:t][-order:] if order else ()) for row in rows for t in range(order, 9)}
    others = np.random.default_rng(1).integers(n_symbols, size=(40, order))
    for prefix in [tuple(int(s) for s in one) for one in (*sorted(seen), *others)]:
        yield np.array([prefix], dtype=float).reshape(1, -1), prefix
    for t in range(order):  # the first symbols of rows
        prefix = tuple(int(s) for s in rows[3][:t])
        yield rows[3:4, :t], (START,) * (order - t) + prefix


def kneser_ney(rows, order, n_symbols):
    """Modified Kneser-Ney, by its definition: a function from symbol and context to probability."""
    counts = grams(rows, order)
    by_length = {}
    for length in range(1, order + 2):
        found = {gram: count for gram, count in counts.items() if len(gram) == length}
        if length <= order:
            longer = [gram for gram in counts if len(gram) == length + 1]
            found = {gram: sum(other[1:] == gram for other in longer) for gram in found}
        by_length[length] = found

    @cache
    def discount(count, length):
        n = [sum(c == i for c in by_length[length].values()) for i in range(5)]
        y = n[1] / max(n[1] + 2 * n[2], 1)
        i = min(count, 3)
        found = i - (i + 1) * y * n[i + 1] / n[i] if n[i] else y
        return min(max(found, 0.01), i - 0.01)

    @cache
    def probability(symbol, context):
        below = probability(symbol, context[1:]) if context else 1 / n_symbols
        followed = {
            gram[-1]: c for gram, c in by_length[len(context) + 1].items() if gram[:-1] == context
        }
        if not followed:
            return below
        lost = {w: discount(c, len(context) + 1) for w, c in followed.items()}
        kept = followed.get(symbol, 0) - lost.get(symbol, 0)
        return (kept + sum(lost.values()) * below) / sum(followed.values())

    return probability


@pytest.mark.parametrize("order", [1, 2, 3])
def test_modified_kneser_ney_is_its_definition(order):
    rows = rows_of_text(n_symbols=8, n=20)
    model, definition = fitted(rows, order), kneser_ney(rows, order, 8)

    for prefix, context in contexts(rows, order, 8):
        found = np.exp(model.next_log_prob(prefix))[0]
        assert found == pytest.approx([definition(w, context) for w in range(8)], abs=1e-13)


def test_discounts_are_those_written_out_and_one_takes_the_place_of_what_no_count_says():
    # Ten counts of one, four of two, two of three, one of four, and larger ones.
    counts = np.repeat([1, 2, 3, 4, 9], [10, 4, 2, 1, 3])
    y = 10 / 18

    assert discounts(counts) == pytest.approx(
        [1 - 2 * y * 4 / 10, 2 - 3 * y * 2 / 4, 3 - 4 * y * 1 / 2]
    )
    assert discounts(np.array([1, 1, 1, 2])) == pytest.approx([0.6, 1.99, 0.6])
    # Nothing occurs once: nothing is lost but a hair.
    assert discounts(np.array([50, 60, 70])) == pytest.approx([0.01, 0.01, 0.01])


def test_laplace_and_maximum_likelihood_are_their_formulas():
    rows, order = rows_of_text(), 2
    counts = grams(rows, order)
    laplace, relative = (fitted(rows, order, name) for name in ("laplace", "maximum_likelihood"))

    for prefix, context in contexts(rows, order, 5):
        followed = np.array([counts[(*context, w)] for w in range(5)])
        total = followed.sum()
        assert np.exp(laplace.next_log_prob(prefix))[0] == pytest.approx(
            (followed + 0.1) / (total + 0.5)
        )
        expected = followed / total if total else np.full(5, 0.2)
        assert np.exp(relative.next_log_prob(prefix))[0] == pytest.approx(expected)


@pytest.mark.parametrize("order", [1, 2])
def test_witten_bell_gives_a_count_for_each_different_symbol_to_shorter_contexts(order):
    rows = rows_of_text()
    counts, model = grams(rows, order), fitted(rows, order, "witten_bell")

    def law(context):
        below = law(context[1:]) if context else np.full(5, 1 / 5)
        followed = np.array([counts[(*context, w)] for w in range(5)])
        kinds = (followed > 0).sum()
        return (followed + kinds * below) / (followed.sum() + kinds) if kinds else below

    for prefix, context in contexts(rows, order, 5):
        assert np.exp(model.next_log_prob(prefix))[0] == pytest.approx(law(context))


def test_what_never_occurred_is_impossible_by_maximum_likelihood_alone():
    rows, others = rows_of_text(), rows_of_text(seed=5)

    log_prob = {name: fitted(rows, 2, name).log_prob(others) for name in SMOOTHED}
    relative = fitted(rows, 2, "maximum_likelihood").log_prob(others)

    counts = grams(rows, 2)
    new = [any(gram not in counts for gram in grams([row], 2)) for row in others]
    assert any(new)
    assert ((relative == -np.inf) == new).all()
    for name, of_rows in log_prob.items():
        assert np.isfinite(of_rows).all(), name


SMOOTHED = ("modified_kneser_ney", "witten_bell", "good_turing", "laplace")


def katz(rows, order, n_symbols):
    """Katz's back-off, by its definition, where each context lacks symbols."""
    counts = grams(rows, order)

    @cache
    def factor(count, length):
        n = Counter(c for gram, c in counts.items() if len(gram) == length)
        if n[1] == 0:
            return 1.0
        tail = 6 * n[6] / n[1]
        turing = (count + 1) * n[count + 1] / (count * n[count])
        found = (turing - tail) / (1 - tail)
        return found if count <= 5 and 0 < found < 1 else 1.0

    @cache
    def probability(symbol, context):
        below = (
            [probability(w, context[1:]) for w in range(n_symbols)]
            if context
            else np.full(n_symbols, 1 / n_symbols)
        )
        n = np.array([counts[(*context, w)] for w in range(n_symbols)])
        if not n.any():
            return below[symbol]
        seen = np.array([c * factor(c, len(context) + 1) if c else 0 for c in n])
        total = n.sum()
        if (n > 0).all():
            return seen[symbol] / seen.sum()
        if np.isclose(seen.sum(), total):
            total += 1
        if n[symbol]:
            return seen[symbol] / total
        left = 1 - seen.sum() / total
        return left * below[symbol] / sum(b for b, c in zip(below, n, strict=True) if not c)

    return probability


@pytest.mark.parametrize("n_symbols", [5, 12])
def test_good_turing_is_katzs_back_off(n_symbols):
    rows = rows_of_text(n_symbols)
    model, definition = fitted(rows, 2, "good_turing"), katz(rows, 2, n_symbols)

    for prefix, context in contexts(rows, 2, n_symbols):
        found = np.exp(model.next_log_prob(prefix))[0]
        assert found == pytest.approx([definition(w, context) for w in range(n_symbols)], abs=1e-13)


def test_katzs_factors_take_as_much_as_good_and_turing_leave_to_the_unseen():
    n = np.array([0, 120, 40, 24, 13, 10, 5, 3, 2])
    counts = np.repeat(np.arange(9), n)

    factors = kept(counts)

    assert (factors[1:6] < 1).all()
    taken = (n[1:6] * np.arange(1, 6) * (1 - factors[1:6])).sum()
    assert taken == pytest.approx(n[1])
    assert factors[6] == 1


def test_the_order_of_a_chain_is_found_and_its_law():
    """More context than the chain has helps nothing, and little is lost to smoothing."""
    rng = np.random.default_rng(3)
    law = rng.dirichlet(np.full(4, 0.7), size=(4, 4))
    rows = rng.integers(4, size=(4000, 20))
    for t in range(2, 20):
        heights = law[rows[:, t - 2], rows[:, t - 1]].cumsum(axis=1)
        rows[:, t] = np.minimum((heights < rng.random((4000, 1))).sum(axis=1), 3)
    train, test = rows[:2000].astype(float), rows[2000:]
    given = [law[test[:, t - 2], test[:, t - 1], test[:, t]] for t in range(2, 20)]
    truth = 2 * np.log(1 / 4) + np.log(given).sum(axis=0)

    excess = [
        (truth - fitted(train, order).log_prob(test.astype(float))).mean() / 20
        for order in range(5)
    ]

    assert np.argmin(excess) == 2
    assert 0 < excess[2] < 0.003 < 0.1 < excess[1] < excess[0]


def nltk_models():
    lm = pytest.importorskip("nltk.lm", reason="needs nltk, of the group `oracles`")
    from nltk.lm import smoothing

    # Its base is the share of a symbol; ours leaves something to symbols that never occurred.
    class WittenBell(smoothing.WittenBell):
        def unigram_score(self, word):
            counts = self.counts.unigrams
            even = len(counts) / len(self.vocab)
            return (counts[word] + even) / (counts.N() + len(counts))

    class KneserNey(smoothing.KneserNey):
        def unigram_score(self, word):
            count, total = self._continuation_counts(word)
            even = self.discount * len(self.counts.unigrams) / len(self.vocab)
            return (max(count - self.discount, 0) + even) / total

    interpolated = lm.models.InterpolatedLanguageModel
    return lm, {
        "maximum_likelihood": lambda n, vocabulary: lm.MLE(n, vocabulary=vocabulary),
        "laplace": lambda n, vocabulary: lm.Lidstone(0.1, n, vocabulary=vocabulary),
        "witten_bell": lambda n, vocabulary: interpolated(WittenBell, n, vocabulary=vocabulary),
        "modified_kneser_ney": lambda n, vocabulary: interpolated(
            KneserNey, n, vocabulary=vocabulary, params={"discount": 0.1, "order": n}
        ),
    }


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    "smoothing", ["maximum_likelihood", "laplace", "witten_bell", "modified_kneser_ney"]
)
def test_probabilities_are_those_of_nltk(smoothing, order, monkeypatch):
    """Ours is fed a symbol more, which never occurs, for theirs that is unknown.

    What stands before rows is unknown to theirs too, and no gram ends in it. Theirs has one
    discount only.
    """
    lm, models = nltk_models()
    rows = rows_of_text(n=15)
    if smoothing == "modified_kneser_ney":
        monkeypatch.setattr(
            "genbench.baselines.sequences.ngram.discounts", lambda _: np.full(3, 0.1)
        )
    ours = fitted(rows, order, smoothing, n_symbols=6)
    theirs = models[smoothing](order + 1, lm.Vocabulary(list("01234")))
    fed = [tuple(map(str, gram)) for gram, n in grams(rows, order).items() for _ in range(n)]
    theirs.fit([fed])

    counts = grams(rows, order)
    for prefix, context in contexts(rows, order, 5):
        if smoothing == "maximum_likelihood" and not any(counts[(*context, w)] for w in range(5)):
            continue  # theirs says nothing of what follows a context that never occurred
        words = tuple(map(str, context))
        expected = [theirs.score(word, words) for word in (*"01234", "<UNK>")]
        assert sum(expected) == pytest.approx(1)
        assert np.exp(ours.next_log_prob(prefix))[0] == pytest.approx(expected, abs=1e-13)
