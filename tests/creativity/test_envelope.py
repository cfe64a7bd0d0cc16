"""The frontier between its levels, against closed forms and against all laws."""

import numpy as np
import pytest
from scipy.special import entr

from genbench.creativity.capacity import information
from genbench.creativity.envelope import TOLERANCE, Envelope
from genbench.creativity.frontier import frontier


def random_channel(seed, n_artifacts=30, n_beliefs=8):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.full(n_beliefs, 0.5), size=n_artifacts), rng.random(n_artifacts)


def test_a_binary_channel_with_quality_has_a_closed_form_at_any_level():
    envelope = Envelope.of(np.array([[0.9, 0.1], [0.1, 0.9]]), np.array([0.0, 1.0]), 200)
    quality = np.array([0.0, 0.3, 0.5, 0.6123, 0.77, 0.95, 1.0])

    found = envelope.at(quality)

    share = np.maximum(quality, 0.5)
    output = 0.9 * share + 0.1 * (1 - share)
    expected = entr(output) + entr(1 - output) - entr([0.9, 0.1]).sum()
    assert found == pytest.approx(expected, abs=1e-4)
    assert (found >= expected - 1e-12).all()


@pytest.mark.parametrize("seed", range(3))
def test_no_law_has_more_information_than_the_envelope_allows_at_its_quality(seed):
    channel, quality = random_channel(seed)
    envelope = Envelope.of(channel, quality, 6)
    rng = np.random.default_rng(seed)
    laws = [*rng.dirichlet(np.full(30, 0.1), size=50), *np.eye(30)]
    laws += [p.law for p in frontier(channel, quality, np.linspace(0, quality.max(), 20))]

    for law in laws:
        assert information(channel, law) <= envelope.at(law @ quality) + 1e-9


def test_between_its_levels_the_envelope_is_as_low_as_the_frontier():
    channel, quality = random_channel(7)
    between = np.linspace(0.2, quality.max() - 0.02, 15)

    found = Envelope.of(channel, quality).at(between)

    exact = np.array([point.novelty for point in frontier(channel, quality, between)])
    assert (found >= exact - 1e-9).all()
    assert found == pytest.approx(exact, abs=0.003)


def test_the_first_level_is_where_quality_begins_to_cost():
    channel, quality = random_channel(3)

    envelope = Envelope.of(channel, quality)

    below = envelope.at(np.array([-1.0, 0.0, envelope.level[0]]))
    assert below == pytest.approx(envelope.novelty[0], abs=2 * TOLERANCE)
    assert envelope.at(envelope.level[0] + 0.02) < below[0] - 1e-5
    assert envelope.best == quality.max()


def test_where_all_is_equally_good_quality_costs_nothing():
    channel, _ = random_channel(4)

    envelope = Envelope.of(channel, np.full(30, 0.5))

    assert envelope.at(0.5) == pytest.approx(envelope.novelty[0], abs=2 * TOLERANCE)
