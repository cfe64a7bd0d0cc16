"""Kinds of samples, their belief and their quality, against definitions and closed forms."""

import numpy as np
import pytest
from scipy.special import digamma

from genbench.creativity.beliefs import sight_surprise
from genbench.creativity.capacity import divergences, information
from genbench.creativity.channels import sights
from genbench.evidence import Comparison, Reference
from genbench.evidence.kinds import BORDERS, Codebook, bins_of, joined
from genbench.evidence.proximity import Proximity
from genbench.evidence.typicality import typicality
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for

MANY = 100_000  # symbols, of which nearly all are never listed


def channel(weights, total=MANY, n_draws=20_000):
    return sights(np.asarray(weights, float), total, rng=rng_for(0, "test"), n_draws=n_draws)


def even(n):
    return np.full(n, 1 / n)


def test_a_kind_alone_tells_nothing_and_many_unseen_ones_rise_to_the_most():
    most = digamma(1.5) + np.log(2)

    found = [information(channel(np.full(m, 0.5)), even(m)) for m in (1, 2, 8, 64, 300)]

    # Less what sights of the m have in common: one symbol of their weights added up.
    expected = [sight_surprise(0.5, MANY) - sight_surprise(m / 2, MANY) for m in (1, 2, 8, 64, 300)]
    assert found == pytest.approx(expected, abs=0.01)
    assert found[0] == pytest.approx(0, abs=1e-12)
    assert most == pytest.approx(0.7296, abs=5e-5)
    assert found[-1] == pytest.approx(most, abs=0.01)


def test_information_of_kinds_as_common_as_their_weights_has_a_closed_form():
    weights = np.array([0.5, 0.5, 1.0, 3.0, 8.0])

    found = information(channel(weights, 40.0), weights / weights.sum())

    parts = sight_surprise(weights, 40.0)
    expected = weights @ parts / weights.sum() - sight_surprise(weights.sum(), 40.0)
    assert found == pytest.approx(expected, abs=0.01)


def test_halving_the_kinds_lowers_information_and_not_mean_surprise():
    each = channel(np.full(40, 0.5), n_draws=1000)
    twice = np.vstack([each, each])  # kinds in pairs that surprise alike
    some = np.repeat([1 / 40, 0.0], [40, 40])
    before = np.full(1000, 1 / 1000)

    half = np.where(np.arange(80) < 20, 1 / 20, 0.0)

    surprises = divergences(twice, before)
    assert half @ surprises == pytest.approx(some @ surprises, rel=0.1)
    assert information(twice, half) < information(twice, some) - 0.01


def test_one_sight_tells_its_bayesian_surprise():
    weights = np.array([0.5, 1.5, 4.0])

    found = divergences(channel(weights, 30.0), np.full(20_000, 1 / 20_000))

    assert found == pytest.approx(sight_surprise(weights, 30.0), abs=0.02)


def test_a_belief_that_is_none_is_refused():
    with pytest.raises(BadInput, match="above 0"):
        channel([0.5, 0.0])


def test_bins_of_surprise_close_below():
    assert bins_of(np.array([0.0, 0.25, 0.3, *BORDERS, 0.8])).tolist() == [0, 1, 1, 1, 2, 3, 4, 4]


@pytest.mark.parametrize(
    ("counts", "kinds"),
    [
        ([[20, 20, 20, 20, 20]], [[0, 1, 2, 3, 4]]),
        ([[12, 11, 12, 0, 0]], [[0, 1, 1, 1, 1]]),
        ([[5, 5, 5, 40, 3]], [[0, 0, 0, 1, 1]]),
        ([[0, 0, 0, 0, 11], [12, 12, 11, 0, 0]], [[0, 0, 0, 0, 0], [1, 2, 2, 2, 2]]),
        ([[0, 0, 0, 0, 0], [30, 0, 0, 0, 30]], [[0, 0, 0, 0, 0], [1, 2, 2, 2, 2]]),
    ],
)
def test_small_kinds_join_their_neighbour_in_the_cell(counts, kinds):
    assert joined(np.array(counts)).tolist() == kinds


def comparison(generated, **known):
    rng = np.random.default_rng(5)
    train, test = rng.normal(size=(200, 2)), rng.normal(size=(150, 2))
    return Comparison(reference=Reference(train=train, test=test, **known), generated=generated)


def test_typicality_is_a_share_of_real_samples_written_out():
    generated = np.array([[0.0, 0.0], [1.5, -1.0], [50.0, 0.0]])
    seen = comparison(generated)
    test = seen.reference.test

    def reach(point, others):
        return np.sort(np.linalg.norm(others - point, axis=1))[4]

    real = [reach(test[i], np.delete(test, i, axis=0)) for i in range(150)]
    expected = [np.mean([reach(point, test) <= r for r in real]) for point in generated]
    assert typicality(seen) == pytest.approx(expected)
    assert expected[2] == 0 < expected[1] < expected[0]


class Steps:
    """A density of two levels: 0.9 of samples on the first unit of the line, the rest on nine."""

    def sample(self, n, *, rng):
        inside = rng.random(n) < 0.9
        return np.where(inside, rng.random(n), 1 + 9 * rng.random(n))[:, None], inside.astype(int)

    def log_prob(self, points):
        x = points[:, 0]
        return np.log(np.where((x >= 0) & (x < 1), 0.9, np.where((x >= 1) & (x < 10), 0.1 / 9, 0)))

    def posterior(self, points):
        return np.eye(2)[(points[:, 0] < 1).astype(int)]


@pytest.mark.filterwarnings("ignore:divide by zero")  # the logarithm of a density of 0
def test_typicality_under_a_density_of_steps_counts_half_of_ties():
    points = np.array([[0.5], [5.0], [-3.0]])
    seen = Comparison(
        reference=Reference(train=points, test=points, density=Steps()), generated=points
    )

    assert typicality(seen) == pytest.approx([0.1 + 0.45, 0.05, 0.0], abs=0.01)


def pool(seed=0):
    rng = np.random.default_rng(seed)
    seen = comparison(None)
    train = seen.reference.train
    parts = [train, train + rng.normal(scale=0.3, size=train.shape), rng.normal(size=(400, 2))]
    return Comparison(reference=seen.reference, generated=np.vstack(parts))


def test_weights_and_quality_of_kinds_are_means_over_the_pool():
    samples = pool()

    kinds = samples.get(Codebook("mine", 6))

    points = samples.generated
    cells = np.linalg.norm(points[:, None] - kinds.cells.centres, axis=2).argmin(axis=1)
    seen, quality = Proximity.of(samples), typicality(samples)
    of = kinds.of_bins[cells, bins_of(seen.surprises)]
    for kind in range(len(kinds.weights)):
        own = of == kind
        assert kinds.weights[kind] == pytest.approx(0.5 + seen.familiarity[own].mean(), abs=1e-6)
        assert kinds.quality[kind] == pytest.approx(quality[own].mean(), abs=1e-6)
    assert kinds.count(samples).tolist() == np.bincount(of, minlength=len(kinds.weights)).tolist()
    assert kinds.total == 200 + 201 / 2
    assert 6 < len(kinds.weights) <= 30


def test_a_checksum_tells_codebooks_apart_and_is_the_same_again():
    again = [pool().get(Codebook("mine", 6)).checksum for _ in range(2)]

    others = [pool(1).get(Codebook("mine", 6)), pool().get(Codebook("mine", 7))]
    others += [pool().get(Codebook("yours", 6))]
    assert again[0] == again[1]
    assert len({again[0], *(other.checksum for other in others)}) == 4
