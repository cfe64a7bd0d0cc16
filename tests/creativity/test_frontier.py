"""The novelty-quality frontier against closed forms, and against Blahut's and Arimoto's steps."""

import numpy as np
import pytest
from scipy.special import entr, rel_entr

from genbench.creativity.capacity import best_law, divergences, information
from genbench.creativity.frontier import capacity, frontier
from genbench.ground.errors import BadInput

EXACT = 2e-9  # nats; points stop at a gap of 1e-9


def binary_entropy(p):
    return entr([p, 1 - p]).sum()


def symmetric(p):
    return np.array([[1 - p, p], [p, 1 - p]])


def random_channel(seed, n_artifacts=12, n_beliefs=4):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(n_beliefs, 0.5), size=n_artifacts), rng.normal(size=n_artifacts)


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        (symmetric(0.11), np.log(2) - binary_entropy(0.11)),
        ([[0.7, 0.0, 0.3], [0.0, 0.7, 0.3]], 0.7 * np.log(2)),  # erased with 0.3
        ([[1.0, 0.0], [0.25, 0.75]], np.log(1 + 0.75 * 0.25 ** (1 / 3))),  # the Z channel
        (np.eye(7), np.log(7)),
        # Rows that are each other's permutations.
        (
            [[0.5, 0.3, 0.2], [0.2, 0.5, 0.3], [0.3, 0.2, 0.5]],
            np.log(3) - entr([0.5, 0.3, 0.2]).sum(),
        ),
        (np.full((4, 3), 1 / 3), 0.0),
        (np.eye(3)[[0, 0, 0, 1, 2, 2]], np.log(3)),  # repeats
        (np.pad(np.eye(3), ((0, 0), (0, 2))), np.log(3)),  # outputs that never come
    ],
)
def test_capacities_that_are_known(channel, expected):
    found = capacity(channel)

    assert found.novelty == pytest.approx(expected, abs=EXACT)
    assert 0 <= found.gap <= 1e-9
    assert found.law.sum() == pytest.approx(1)
    assert found.law.min() >= 0


def test_a_binary_channel_with_quality_has_a_closed_form():
    levels = np.array([0.2, 0.5, 0.7, 0.9, 1.0])

    found = frontier(symmetric(0.1), [0.0, 1.0], levels)

    share = np.maximum(levels, 0.5)
    expected = [binary_entropy(0.9 * q + 0.1 * (1 - q)) - binary_entropy(0.1) for q in share]
    assert [point.novelty for point in found] == pytest.approx(expected, abs=EXACT)
    known = [0.368064, 0.368064, 0.315953, 0.146311, 0.0]
    assert expected == pytest.approx(known, abs=1e-6)
    assert [point.quality for point in found] == pytest.approx(share, abs=1e-4)


def test_without_noise_the_law_is_gibbs_and_the_multiplier_its_inverse_temperature():
    quality = np.random.default_rng(1).normal(size=6)
    law = np.exp(0.8 * quality)
    law /= law.sum()

    (found,) = frontier(np.eye(6), quality, law @ quality)

    assert found.novelty == pytest.approx(entr(law).sum(), abs=EXACT)
    assert found.multiplier == pytest.approx(0.8, abs=1e-6)
    assert found.law == pytest.approx(law, abs=1e-6)


def climbed(channel, quality, multiplier, n_steps=20_000):
    """Blahut's and Arimoto's steps for information + multiplier x quality."""
    law = np.full(len(channel), 1 / len(channel))
    for _ in range(n_steps):
        worth = rel_entr(channel, law @ channel).sum(axis=1) + multiplier * quality
        law = law * np.exp(worth - worth.max())
        law /= law.sum()
    return law


def test_blahut_and_arimoto_agree():
    channel, quality = random_channel(2)
    law = climbed(channel, quality, 0.3)

    (found,) = frontier(channel, quality, law @ quality)

    output = law @ channel
    expected = sum(p * rel_entr(row, output).sum() for p, row in zip(law, channel, strict=True))
    assert found.novelty == pytest.approx(expected, abs=1e-6)
    assert found.multiplier == pytest.approx(0.3, abs=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_gap_is_certified_by_multiplier_and_law(seed):
    channel, quality = random_channel(seed, n_artifacts=40)
    levels = np.linspace(quality.mean(), quality.max() - 0.01, 4)

    for point in frontier(channel, quality, levels):
        worth = rel_entr(channel, point.law @ channel).sum(axis=1)
        bound = (worth + point.multiplier * (quality - point.level)).max()
        assert point.novelty == pytest.approx(point.law @ worth)
        assert point.gap == pytest.approx(bound - point.novelty, abs=1e-12)
        assert point.gap <= 1e-9
        assert point.quality == pytest.approx(point.law @ quality)
        assert point.quality >= point.level - 1e-12


def test_the_frontier_falls_and_is_concave_and_its_slope_is_the_multiplier():
    channel, quality = random_channel(3)
    levels = np.linspace(quality.min(), quality.max() - 1e-3, 30)

    points = frontier(channel, quality, levels)

    novelty = np.array([point.novelty for point in points])
    assert (np.diff(novelty) <= 2 * EXACT).all()
    assert (np.diff(novelty, 2) <= 4 * EXACT).all()
    slopes = -np.diff(novelty) / np.diff(levels)
    multipliers = np.array([point.multiplier for point in points])
    assert (multipliers[:-1] - 1e-5 <= slopes).all()
    assert (slopes <= multipliers[1:] + 1e-5).all()


def test_a_level_that_costs_nothing_gives_capacity():
    channel, quality = random_channel(4)

    (found,) = frontier(channel, quality, quality.min() - 5)

    assert found.novelty == pytest.approx(capacity(channel).novelty, abs=EXACT)
    assert found.multiplier == 0


def test_at_the_best_quality_only_the_best_artifacts_are_left():
    channel, quality = random_channel(5)
    quality[[2, 7, 8]] = 3.0

    (found,) = frontier(channel, quality, 3.0)

    assert found.novelty == pytest.approx(capacity(channel[[2, 7, 8]]).novelty, abs=EXACT)
    assert set(np.flatnonzero(found.law)) <= {2, 7, 8}
    worth = rel_entr(channel, found.law @ channel).sum(axis=1)
    assert (worth + found.multiplier * (quality - 3)).max() <= found.novelty + 1e-8


def test_more_quality_than_any_artifact_has_is_refused():
    with pytest.raises(BadInput, match="the best is 1"):
        frontier(np.eye(2), [0.0, 1.0], 1.1)


@pytest.mark.parametrize(
    ("channel", "quality"),
    [
        ([[0.5, 0.6], [0.5, 0.5]], [0.0, 1.0]),
        ([[1.5, -0.5], [0.5, 0.5]], [0.0, 1.0]),
        ([[np.nan, 1.0], [0.5, 0.5]], [0.0, 1.0]),
        (np.eye(2), [0.0, 1.0, 2.0]),
        (np.eye(2), [0.0, np.nan]),
        (np.eye(2), [0.0, -np.inf]),
    ],
)
def test_what_is_no_channel_or_no_quality_is_refused(channel, quality):
    with pytest.raises(BadInput):
        frontier(channel, quality, 0.0)


def test_units_of_quality_do_not_matter():
    channel, quality = random_channel(6)

    (small,) = frontier(channel, quality, 0.5)
    (large,) = frontier(channel, 1e6 * quality + 3e6, 0.5e6 + 3e6)

    assert large.novelty == pytest.approx(small.novelty, abs=EXACT)
    assert large.multiplier == pytest.approx(small.multiplier / 1e6, rel=1e-4)


def test_underflowing_beliefs_do_no_harm():
    channel = np.array([[1 - 1e-15, 1e-15, 0.0], [1.0, 1e-320, 0.0], [0.0, 1.0, 0.0]])

    assert capacity(channel).novelty == pytest.approx(np.log(2), abs=1e-8)


def test_no_fixed_prior_is_surprised_less_than_by_the_induced_one():
    channel, _ = random_channel(7)
    rng = np.random.default_rng(8)
    law, prior = rng.dirichlet(np.ones(12)), rng.dirichlet(np.ones(4))

    mean_surprise = law @ divergences(channel, prior)

    excess = rel_entr(law @ channel, prior).sum()
    assert mean_surprise == pytest.approx(information(channel, law) + excess, rel=1e-12)


def test_from_a_fixed_prior_two_artifacts_are_mixed():
    channel, quality = random_channel(9)
    prior = np.full(4, 0.25)
    surprise = rel_entr(channel, prior).sum(axis=1)
    levels = np.linspace(quality.min(), quality.max(), 7)

    points = frontier(channel, quality, levels, prior=prior)

    for level, point in zip(levels, points, strict=True):
        best = max(  # over all mixtures of two that are just good enough
            share * surprise[i] + (1 - share) * surprise[j]
            for i in range(12)
            for j in range(12)
            for share in (1.0, np.clip((level - quality[j]) / (quality[i] - quality[j] or 1), 0, 1))
            if share * quality[i] + (1 - share) * quality[j] >= level - 1e-12
        )
        assert point.novelty == pytest.approx(best, abs=1e-9)
        assert point.gap == pytest.approx(0, abs=1e-9)
        assert (point.law > 1e-9).sum() <= 2
        assert point.quality >= level - 1e-9


def test_a_prior_that_holds_the_believed_impossible_is_refused():
    with pytest.raises(BadInput, match="prior"):
        frontier(np.eye(2), [0.0, 1.0], 0.5, prior=[1.0, 0.0])


def test_a_margin_that_hardly_any_law_has_is_kept():
    found = best_law(np.eye(3), np.array([-1.0, -1.0, 1e-6]), tolerance=1e-9)

    assert found.bound - found.information <= 1e-9
    assert found.law @ [-1.0, -1.0, 1e-6] >= 0
