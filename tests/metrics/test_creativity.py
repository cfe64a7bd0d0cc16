"""Creativity: surprise, quality and their frontier, by hand and in closed form."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import entr
from scipy.stats import entropy

from genbench.creativity.frontier import frontier
from genbench.evidence import Comparison, Reference
from genbench.evidence.creativity import MOST_CELLS, Creativity
from genbench.ground.errors import Unavailable
from genbench.metrics.creativity import (
    mean_quality,
    mean_surprise,
    quality_error,
    surprise_efficiency,
    surprise_error,
)


def creativity(beliefs, quality):
    return Creativity.of(
        Comparison(
            reference=Reference(),
            generated_probabilities=np.asarray(beliefs, dtype=float),
            generated_quality=np.asarray(quality, dtype=float),
        )
    )


def random_samples(seed, n=60, k=4):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(k, 0.5), size=n), rng.normal(size=n)


def test_surprise_and_quality_are_written_out():
    beliefs, quality = random_samples(1)

    found = creativity(beliefs, quality)

    surprises = [entropy(row, beliefs.mean(axis=0)) for row in beliefs]
    assert mean_surprise(found) == pytest.approx(np.mean(surprises), rel=1e-12)
    assert surprise_error(found) == pytest.approx(np.std(surprises, ddof=1) / np.sqrt(60))
    assert mean_quality(found) == pytest.approx(quality.mean())
    assert quality_error(found) == pytest.approx(np.std(quality, ddof=1) / np.sqrt(60))


def test_sure_and_even_predictions_surprise_by_the_logarithm_of_the_classes():
    assert mean_surprise(creativity(np.eye(5), np.zeros(5))) == pytest.approx(np.log(5))


def test_surprise_error_is_how_far_surprise_spreads():
    rng, n = np.random.default_rng(2), 300

    found = [
        creativity(np.eye(3)[rng.choice(3, n, p=[0.6, 0.3, 0.1])], np.zeros(n)) for _ in range(120)
    ]

    spread = np.std([mean_surprise(one) for one in found])
    expected = np.mean([surprise_error(one) for one in found])
    assert expected == pytest.approx(spread, rel=4 / np.sqrt(2 * 120))
    low = entr([0.6, 0.3, 0.1]).sum() - np.mean([mean_surprise(one) for one in found])
    assert low == pytest.approx(2 / (2 * n), abs=4 * spread / np.sqrt(120))


def test_efficiency_is_the_share_of_the_frontier_that_is_reached():
    beliefs, quality = random_samples(3)

    found = surprise_efficiency(creativity(beliefs, quality))

    (best,) = frontier(beliefs, quality, quality.mean())
    novelty = np.mean([entropy(row, beliefs.mean(axis=0)) for row in beliefs])
    assert found == pytest.approx(novelty / best.novelty, abs=1e-6)
    assert found < 0.9


def test_without_noise_efficiency_has_a_closed_form():
    # Three sure classes in shares 1/2, 1/4, 1/4, of equal quality: ln 3 could be had.
    found = creativity(np.eye(3)[[0, 0, 1, 2]], np.ones(4))

    assert surprise_efficiency(found) == pytest.approx(1.5 * np.log(2) / np.log(3), abs=1e-6)
    assert found.n_cells == 3


def test_shares_that_follow_quality_as_gibbs_would_are_efficient():
    counts = np.array([8, 4, 2, 1])  # exp(quality) for quality in units of ln 2
    beliefs = np.repeat(np.eye(4), counts, axis=0)

    found = creativity(beliefs, np.repeat(np.log(counts), counts))

    assert surprise_efficiency(found) == pytest.approx(1, abs=1e-6)
    assert surprise_efficiency(creativity(beliefs, np.zeros(15))) < 0.9


def test_samples_of_the_best_quality_only_are_held_to_it():
    found = creativity(np.eye(2)[[0, 0, 0, 1]], [0.1 + 0.2, 0.3, 0.3, 0.3])

    assert 0 < surprise_efficiency(found) < 1


def test_many_samples_are_grouped_into_kinds_that_tell_hardly_less():
    beliefs, quality = random_samples(4, n=600, k=3)

    found = creativity(beliefs, quality)

    assert found.n_cells <= MOST_CELLS
    assert found.parameters["n_cells"] == found.n_cells
    assert 0.95 * mean_surprise(found) < found.novelty_of_cells <= mean_surprise(found)
    assert found.frontier.level == pytest.approx(quality.mean())


def test_repeats_are_one_kind_of_a_larger_share():
    beliefs, quality = random_samples(5, n=20)

    once, thrice = (creativity(np.tile(beliefs, (n, 1)), np.tile(quality, n)) for n in (1, 3))

    assert thrice.n_cells == once.n_cells == 20
    assert surprise_efficiency(thrice) == pytest.approx(surprise_efficiency(once), rel=1e-9)


def test_the_order_of_many_samples_does_not_matter():
    beliefs, quality = random_samples(6, n=500, k=3)
    order = np.random.default_rng(7).permutation(500)

    found = surprise_efficiency(creativity(beliefs[order], quality[order]))

    assert found == pytest.approx(surprise_efficiency(creativity(beliefs, quality)), rel=1e-9)


def test_samples_that_tell_nothing_have_no_efficiency():
    found = creativity(np.full((9, 3), 1 / 3), np.arange(9))

    assert mean_surprise(found) == pytest.approx(0, abs=1e-12)
    with pytest.raises(Unavailable, match="no sample tells more"):
        surprise_efficiency(found)


def test_infinitely_bad_samples_and_absent_inputs_are_refused():
    with pytest.raises(Unavailable, match="minus infinity"):
        creativity(np.eye(2), [0.0, -np.inf])
    with pytest.raises(Unavailable, match="qualities"):
        Creativity.of(Comparison(reference=Reference(), generated_probabilities=np.eye(2)))


def test_the_unit_of_quality_does_not_matter_for_many_samples():
    beliefs, quality = random_samples(13, n=2 * MOST_CELLS)

    found, scaled = creativity(beliefs, quality), creativity(beliefs, 1024 * quality)

    assert scaled.novelty_of_cells == pytest.approx(found.novelty_of_cells)


def test_no_model_is_more_efficient_than_the_best_that_was_found():
    found = creativity(*random_samples(14))

    beyond = replace(found, novelty_of_cells=2 * found.frontier.novelty)

    assert surprise_efficiency(beyond) == 1
