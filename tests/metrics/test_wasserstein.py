"""Exact transport against other solvers; the critic against bounds that it cannot exceed."""

import numpy as np
import pytest
import torch
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from genbench.errors import Unavailable
from genbench.evidence import Comparison, Critic, Reference, Transport, transport
from genbench.evidence.transport import SquaredTransport
from genbench.metrics.wasserstein import (
    critic_distance,
    critic_error,
    wasserstein_2_distance,
    wasserstein_distance,
)


def compared(test, generated, seed=0):
    return Comparison(reference=Reference(test=test), generated=generated, seed=seed)


def moved(test, generated, seed=0):
    return Transport.of(compared(test, generated, seed))


def criticised(test, generated, seed=0):
    return Critic.measure(test, generated, rng=np.random.default_rng(seed))


def test_equals_the_best_assignment():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(40, 3)) * 2

    found = wasserstein_distance(moved(test, generated))

    costs = cdist(test, generated)
    assert found == pytest.approx(costs[linear_sum_assignment(costs)].mean(), rel=1e-9)


def test_on_a_line_sorted_points_are_paired():
    rng = np.random.default_rng(2)
    test, generated = rng.normal(size=(50, 1)), rng.exponential(size=(50, 1))

    found = wasserstein_distance(moved(test, generated))

    pairs = np.abs(np.sort(test, axis=0) - np.sort(generated, axis=0))
    assert found == pytest.approx(pairs.mean(), rel=1e-9)


@pytest.mark.parametrize("offset", [0, 1e7])
def test_a_translation_costs_its_length_wherever_the_origin_is(offset):
    test = np.random.default_rng(3).integers(0, 100, size=(60, 2)) / 64 + offset

    found = wasserstein_distance(moved(test, test + np.array([3, -4])))

    assert found == pytest.approx(5, rel=1e-12)


def test_the_larger_set_is_cut_to_the_size_of_the_smaller():
    rng = np.random.default_rng(4)
    test, generated = rng.normal(size=(12, 2)), rng.normal(size=(30, 2))

    found = [moved(test, generated, seed) for seed in range(100)]

    import ot

    uniform = np.full(12, 1 / 12), np.full(30, 1 / 30)
    whole = ot.emd2(*uniform, cdist(test, generated))
    draws = [wasserstein_distance(one) for one in found]
    assert {one.n for one in found} == {12}
    # The distance is convex: parts of a set lie farther away, on average, than the whole.
    assert np.mean(draws) > whole
    assert min(draws) >= cdist(generated, test).min(axis=0).mean() - 1e-12


def test_no_more_than_the_most_points_are_used(monkeypatch):
    monkeypatch.setattr(transport, "MOST_POINTS", 10)
    points = np.random.default_rng(5).normal(size=(50, 2))

    assert moved(points, points).n == 10


def test_an_unfinished_plan_is_no_distance(monkeypatch):
    monkeypatch.setattr(transport, "MOST_ITERATIONS", 1)
    rng = np.random.default_rng(6)

    with pytest.raises(Unavailable, match="gave up"):
        moved(rng.normal(size=(50, 2)), rng.normal(size=(50, 2)))


def test_the_squared_distances_have_a_best_assignment_of_their_own():
    rng = np.random.default_rng(11)
    test, generated = rng.normal(size=(30, 2)), 5 * rng.exponential(size=(30, 2))

    comparison = compared(test, generated)
    found = wasserstein_2_distance(SquaredTransport.of(comparison))

    squares = cdist(test, generated) ** 2
    best = linear_sum_assignment(squares)
    assert found == pytest.approx(np.sqrt(squares[best].mean()), rel=1e-9)
    assert found > wasserstein_distance(Transport.of(comparison))


def test_a_translation_costs_its_length_squared_as_well():
    test = np.random.default_rng(12).normal(size=(40, 3))

    found = SquaredTransport.of(compared(test, test + np.array([2.0, -1.0, 2.0])))

    assert wasserstein_2_distance(found) == pytest.approx(3, rel=1e-12)
    assert found.parameters == {"n": 40}


def test_both_distances_are_of_the_same_points(monkeypatch):
    monkeypatch.setattr(transport, "MOST_POINTS", 1)
    rng = np.random.default_rng(13)
    comparison = compared(rng.normal(size=(50, 2)), rng.normal(size=(60, 2)))

    first, second = Transport.of(comparison), SquaredTransport.of(comparison)

    # One point of each set: the root of the squared distance is the distance.
    assert wasserstein_2_distance(second) == pytest.approx(wasserstein_distance(first), rel=1e-12)


def test_a_plan_without_a_proof_is_no_distance(monkeypatch):
    costs = cdist(np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]]))
    good, greedy = np.zeros(2), np.array([0.5, 0.5])

    assert transport.proves(costs, good, good, cost=0.0)
    assert not transport.proves(costs, good, good, cost=1.0)
    assert not transport.proves(costs, greedy, greedy, cost=1.0)
    monkeypatch.setattr(transport, "proves", lambda *_: False)
    with pytest.raises(Unavailable, match="not proven"):
        moved(np.zeros((3, 1)), np.ones((3, 1)))


def test_a_steeper_critic_is_divided_by_its_steepness():
    critic = Critic(difference=6.0, steepness=2.0, standard_error=0.5)

    assert critic_distance(critic) == 3
    assert critic_error(critic) == 0.25


def test_the_critic_comes_near_the_distance_of_two_points_but_never_exceeds_it():
    test, generated = np.full((40, 2), 1.0), np.tile([4.0, 5.0], (40, 1))

    critic = criticised(test, generated)

    # Orthogonal layers in single precision: the slope is one to about 1e-6.
    assert critic.steepness == pytest.approx(1, abs=1e-5)
    assert 0.9 * 5 < critic_distance(critic) <= 5 * (1 + 1e-5)


def test_the_critic_recovers_a_shift_in_the_units_of_the_points():
    rng, unit = np.random.default_rng(7), 1000
    test, generated = rng.normal(size=(400, 3)), rng.normal(loc=[2, 0, 0], size=(300, 3))

    critic = criticised(unit * test, unit * generated)

    error = critic_error(critic)
    assert 2 * unit * 0.9 - 4 * error < critic_distance(critic) < 2 * unit + 4 * error
    # On a shift the best critic is a straight line, so it spreads points as they are spread.
    assert error == pytest.approx(unit * np.sqrt(1 / 200 + 1 / 150), rel=0.3)


def test_the_critic_is_judged_on_points_that_it_did_not_learn_from(monkeypatch):
    test, generated = np.arange(31.0)[:, None], 100 + np.arange(50.0)[:, None]
    seen = {"learned": [], "judged": []}

    def network(points):
        seen["judged"].append(points.numpy())
        return points

    def train(real, fake, *, rng):
        seen["learned"] += [real.numpy(), fake.numpy()]
        return network

    monkeypatch.setattr("genbench.evidence.critic._train", train)
    monkeypatch.setattr("genbench.evidence.critic._steepness", lambda _: 1.0)
    critic = criticised(test, generated)

    learned, judged = (set(np.concatenate(seen[half]).ravel()) for half in seen)
    assert [len(points) for points in seen["learned"] + seen["judged"]] == [15, 25, 16, 25]
    assert not learned & judged
    apart = seen["judged"][0].mean() - seen["judged"][1].mean()
    assert critic_distance(critic) == pytest.approx(apart * test.std(), rel=1e-5)


def test_held_out_the_critic_finds_nothing_between_equal_distributions():
    rng = np.random.default_rng(9)

    found = [criticised(*rng.normal(size=(2, 200, 2)), seed) for seed in range(3)]

    errors = np.array([critic_error(critic) for critic in found])
    total = sum(critic_distance(critic) for critic in found)
    assert abs(total) < 4 * np.sqrt((errors**2).sum())


def test_training_a_critic_leaves_torch_as_it_was():
    rng = np.random.default_rng(10)
    state, threads = torch.get_rng_state(), torch.get_num_threads()

    criticised(*rng.normal(size=(2, 30, 2)))

    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_a_critic_needs_points_to_learn_from_and_to_be_judged_on():
    with pytest.raises(Unavailable, match="needs 20 points of each set; there are 19"):
        criticised(np.zeros((30, 2)), np.zeros((19, 2)))
