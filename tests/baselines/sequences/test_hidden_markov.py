"""Hidden states: sums over all their paths, and what is found of them."""

import itertools

import numpy as np
import pytest

from genbench.baselines.sequences.hidden_markov import Chain, HiddenMarkov


def chain(states, symbols, seed=0):
    rng = np.random.default_rng(seed)
    return Chain(
        rng.dirichlet(np.ones(states)),
        rng.dirichlet(np.ones(states), size=states),
        rng.dirichlet(np.ones(symbols), size=states),
    )


def drawn(law, n, length, rng):
    """Draw rows (n, length) of a chain."""
    rows = np.zeros((n, length), dtype=int)
    state = rng.choice(len(law.initial), size=n, p=law.initial)
    for t in range(length):
        heights = law.emission.cumsum(axis=1)[state]
        rows[:, t] = (heights < rng.random((n, 1))).sum(axis=1)
        heights = law.transition.cumsum(axis=1)[state]
        state = (heights < rng.random((n, 1))).sum(axis=1)
    return np.minimum(rows, law.emission.shape[1] - 1)


def along_paths(law, row):
    """Probability of a row along each path of hidden states, one path after another."""
    for path in itertools.product(range(len(law.initial)), repeat=len(row)):
        p = law.initial[path[0]]
        for t, symbol in enumerate(row):
            p *= law.emission[path[t], symbol]
            p *= law.transition[path[t - 1], path[t]] if t else 1
        yield path, p


ROWS = np.array([[0, 2, 1, 1, 3], [3, 3, 0, 1, 0], [2, 2, 2, 0, 1]])


def test_likelihood_is_the_sum_over_all_paths():
    law = chain(3, 4)

    scales = law.forward(ROWS)[1]

    expected = [sum(p for _, p in along_paths(law, row)) for row in ROWS]
    assert scales.prod(axis=0) == pytest.approx(expected, rel=1e-12)


def test_expected_counts_are_those_over_all_paths():
    law = chain(3, 4)
    initial, transition, emission = np.zeros(3), np.zeros((3, 3)), np.zeros((3, 4))
    for row in ROWS:
        total = sum(p for _, p in along_paths(law, row))
        for path, p in along_paths(law, row):
            initial[path[0]] += p / total
            for t, symbol in enumerate(row):
                emission[path[t], symbol] += p / total
                if t:
                    transition[path[t - 1], path[t]] += p / total

    log_likelihood, counts = law.expected(ROWS)

    by_paths = sum(np.log(sum(p for _, p in along_paths(law, row))) for row in ROWS)
    assert log_likelihood == pytest.approx(by_paths)
    assert counts.initial == pytest.approx(initial)
    assert counts.transition == pytest.approx(transition)
    assert counts.emission == pytest.approx(emission)


def test_long_rows_do_not_underflow():
    rows = np.random.default_rng(1).integers(4, size=(2, 3000))
    even = Chain(np.full(2, 1 / 2), np.full((2, 2), 1 / 2), np.full((2, 4), 1 / 4))

    assert np.log(even.forward(rows)[1]).sum(axis=0) == pytest.approx(3000 * np.log(1 / 4))
    assert even.expected(rows)[1].emission.sum() == pytest.approx(rows.size)


def test_no_pass_lowers_the_likelihood_and_the_law_is_nearly_found():
    # Two states that last, each with symbols of its own: a chain of symbols cannot tell them apart.
    law = Chain(
        np.array([0.5, 0.5]),
        np.array([[0.95, 0.05], [0.05, 0.95]]),
        np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]]),
    )
    rng = np.random.default_rng(2)
    train, test = drawn(law, 800, 20, rng), drawn(law, 2000, 20, rng)

    model = HiddenMarkov(states=2).fit(train.astype(float), rng=rng)

    gains = np.diff(model.log_likelihoods)
    assert len(gains) > 5
    assert (gains > -1e-9 * train.size).all()
    truth = np.log(law.forward(test)[1]).sum(axis=0)
    excess = (truth - model.log_prob(test.astype(float))) / 20
    error = excess.std() / np.sqrt(len(test))
    # Six free parameters cost half a nat each, of 16,000 symbols.
    assert -4 * error < excess.mean() < 4 * error + 6 / 2 / train.size * 4
    found = np.sort(model.chain.emission[:, 0])
    assert found == pytest.approx([0.1, 0.6], abs=0.03)


def test_the_likeliest_start_goes_on():
    rows = drawn(chain(4, 6, seed=3), 100, 12, np.random.default_rng(3)).astype(float)
    one_pass = {"trial": 1, "max_steps": 0, "tolerance": -np.inf}

    rng, again = np.random.default_rng(4), np.random.default_rng(4)
    each = [
        HiddenMarkov(states=4, starts=1, **one_pass).fit(rows, rng=rng).log_likelihoods[-1]
        for _ in range(5)
    ]
    best = HiddenMarkov(states=4, starts=5, **one_pass).fit(rows, rng=again).log_likelihoods[-1]

    assert len(set(each)) == 5
    assert best == max(each)


def test_a_pass_is_that_of_hmmlearn():
    hmm = pytest.importorskip("hmmlearn.hmm", reason="needs hmmlearn, of the group `oracles`")
    rows, law = drawn(chain(3, 5), 30, 15, np.random.default_rng(5)), chain(3, 5, seed=6)
    theirs = hmm.CategoricalHMM(n_components=3, n_iter=3, tol=-np.inf, init_params="")
    theirs.startprob_, theirs.transmat_ = law.initial, law.transition
    theirs.emissionprob_ = law.emission

    theirs.fit(rows.reshape(-1, 1), lengths=[15] * 30)
    for _ in range(3):
        _, counts = law.expected(rows)
        law = counts.normalised()

    assert law.initial == pytest.approx(theirs.startprob_, abs=1e-9)
    assert law.transition == pytest.approx(theirs.transmat_, abs=1e-9)
    assert law.emission == pytest.approx(theirs.emissionprob_, abs=1e-9)
    expected = theirs.score(rows.reshape(-1, 1), lengths=[15] * 30)
    assert law.expected(rows)[0] == pytest.approx(expected, rel=1e-12)
