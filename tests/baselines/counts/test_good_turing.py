"""Good-Turing: the mass of the unseen, the adjusted counts, and how near it is to a Zipf law."""

import numpy as np
import pytest

from genbench.baselines.counts.good_turing import GoodTuring, _adjusted


def fitted(symbols, **knobs):
    train = np.array(symbols, dtype=float)[:, None]
    return GoodTuring(**knobs).fit(train, rng=np.random.default_rng(0))


def probabilities(model, low, high):
    return np.exp(model.log_prob(np.arange(low, high + 1.0)[:, None]))


def test_the_unseen_have_the_share_of_values_seen_once():
    model = fitted([0, 0, 0, 1, 1, 2, 2, 3, 4, 5], alphabet=(0, 39))

    found = probabilities(model, 0, 39)

    assert found.sum() == pytest.approx(1)
    assert model.unseen_mass == pytest.approx(3 / 10)
    assert found[6:] == pytest.approx(3 / 10 / 34)


def test_adjusted_counts_are_those_written_out():
    times, how_many = np.array([1, 2, 3, 5, 9]), np.array([120, 60, 30, 4, 1])
    gaps = np.array([2 - 0, 3 - 1, 5 - 2, 9 - 3, 13 - 5]) / 2
    x, y = np.log(times), np.log(how_many / gaps)
    slope = ((x - x.mean()) * (y - y.mean())).sum() / ((x - x.mean()) ** 2).sum()
    line = times * (1 + 1 / times) ** (slope + 1)

    adjusted = _adjusted(times, how_many)

    # 2 * 60 / 120 is far from the line; 3 * 30 / 60 is not, and the line has it from there on.
    assert abs(1 - line[0]) > 1.96 * np.sqrt(4 * 60 / 120**2 * (1 + 60 / 120))
    assert abs(3 / 2 - line[1]) < 1.96 * np.sqrt(9 * 30 / 60**2 * (1 + 30 / 60))
    assert adjusted == pytest.approx([1, *line[1:]])


def test_an_unseen_value_is_never_likelier_than_one_seen_once():
    nearly_all = fitted([0, 1, 2, 3, 4, 4, 4, 5, 5], alphabet=(0, 6))
    all_once = fitted([0, 1, 2, 3], alphabet=(0, 6))

    crowded, even = probabilities(nearly_all, 0, 6), probabilities(all_once, 0, 6)

    assert crowded[6] == pytest.approx(crowded[0])
    assert crowded.sum() == pytest.approx(1)
    assert even == pytest.approx(1 / 7)


def test_counts_stand_where_nothing_is_unseen_or_nothing_was_seen_once():
    complete = fitted([0, 0, 0, 1, 2])
    constant = fitted([4, 4, 4], alphabet=(0, 9))

    assert probabilities(complete, 0, 2) == pytest.approx([3 / 5, 1 / 5, 1 / 5])
    assert probabilities(constant, 0, 9) == pytest.approx(np.eye(10)[4])


@pytest.mark.parametrize(
    ("n", "bits", "unseen"), [(500, 0.44, 0.292), (2_000, 0.19, 0.166), (10_000, 0.066, 0.054)]
)
def test_the_divergence_from_a_zipf_law_is_what_is_known_of_it(n, bits, unseen):
    law = np.arange(1.0, 2001) ** -1.1
    law /= law.sum()
    train = np.random.default_rng(2).choice(2000, size=n, p=law)
    model = fitted(train, alphabet=(0, 1999))

    divergence = law @ (np.log2(law) - model.log_prob(np.arange(2000.0)[:, None]) / np.log(2))

    # Three standard deviations over training samples: .03, .008, .003 bits; .02, .01, .003 mass.
    assert divergence == pytest.approx(bits, rel=0.2)
    assert model.unseen_mass[0] == pytest.approx(unseen, rel=0.2)


def test_samples_have_the_adjusted_probabilities():
    model = fitted([0, 0, 0, 1, 1, 2, 2, 3, 4, 5], alphabet=(0, 11))

    samples = model.sample(20_000, rng=np.random.default_rng(3)).astype(int)

    share = np.bincount(samples[:, 0], minlength=12) / 20_000
    assert share == pytest.approx(probabilities(model, 0, 11), abs=0.015)  # four deviations


def test_data_that_do_not_suit_are_refused():
    with pytest.raises(ValueError, match=r"1 of 3 training values are not, such as 2\.5"):
        fitted([1, 2.5, 3])
    with pytest.raises(ValueError, match="from 1 to 3 are not all in the alphabet from 0 to 2"):
        fitted([1, 3], alphabet=(0, 2))
    with pytest.raises(ValueError, match="1000000001 values"):
        fitted([0, 1e9])
