"""What training shares: units, rates, averages and when to stop, each as its definition says."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from genbench.baselines.training import (
    EMA,
    Best,
    Classes,
    FourierFeatures,
    Trained,
    WarmupCosine,
    best_mixture,
    energy_distance,
    finite,
    gradient_step,
    minimise,
    minimise_held_out,
    mlp,
    n_held_out,
    seeded,
    spread,
    torch_generator,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def weight(value=0.0):
    """A network of one number."""
    layer = nn.Linear(1, 1, bias=False)
    nn.init.constant_(layer.weight, value)
    return layer


def sgd(network, rate=1.0):
    return torch.optim.SGD(network.parameters(), lr=rate)


def test_derivatives_of_fourier_features_are_those_along_the_directions(rng):
    features = FourierFeatures(2, n=5).double()
    x, v = torch.tensor(rng.normal(size=(2, 7, 2)))
    step = 1e-6

    expected = (features(x + step * v) - features(x - step * v)) / (2 * step)

    torch.testing.assert_close(features.along(x, v[None])[0], expected, atol=1e-6, rtol=1e-6)


def test_energy_distance_is_that_of_its_definition(rng):
    a, b = rng.normal(size=(3, 2)), rng.normal(size=(4, 2))

    def mean(x, y):
        return np.mean([np.linalg.norm(p - q) for p in x for q in y])

    assert energy_distance(a, b) == pytest.approx(2 * mean(a, b) - mean(a, a) - mean(b, b))


def test_a_budget_scales_counts_of_steps():
    assert Trained().scaled(3000) == 3000
    assert Trained(budget=20.0).scaled(3000) == 1000
    assert Trained(budget=120.0).scaled(3000) == 6000
    assert Trained(budget=1e-6).scaled(3000) == 1


@pytest.mark.parametrize("budget", [0, -1, math.inf, math.nan])
def test_a_budget_is_a_positive_number_of_seconds(budget):
    with pytest.raises(ValueError, match="budget must be a positive number"):
        Trained(budget=budget).scaled(10)


def test_classes_are_those_of_the_labels_whatever_their_names(rng):
    points = rng.normal(size=(6, 2))
    classes = Classes(points, np.array([9, 2, 9, 9, 5, 2]), 10, rng)

    np.testing.assert_array_equal(classes.of, [2, 0, 2, 2, 1, 0])
    np.testing.assert_allclose(classes.shares, [1 / 3, 1 / 6, 1 / 2])
    np.testing.assert_allclose(classes.means[1], points[4])
    np.testing.assert_array_equal(classes.asked(3, np.array([5, 5, 9]), rng), [1, 1, 2])
    np.testing.assert_array_equal(classes.flags(np.array([2, 0])), [[0, 0, 1], [1, 0, 0]])


def test_classes_are_clusters_where_there_are_no_labels_and_no_more_than_samples(rng):
    points = np.repeat([[0.0, 1], [2, 3]], [30, 10], axis=0)
    classes = Classes(points, None, 10, rng)

    assert sorted(classes.shares) == [0.25, 0.75]
    np.testing.assert_array_equal(classes.nearest(points), classes.of)
    drawn = np.bincount(classes.asked(4000, None, rng)) / 4000
    np.testing.assert_allclose(drawn, classes.shares, atol=0.03)  # 4 standard errors


def test_as_many_labels_as_samples_are_needed(rng):
    with pytest.raises(ValueError, match="2 labels for 3 samples"):
        Classes(np.zeros((3, 1)), np.array([0, 1]), 10, rng)


def test_spread_is_the_deviation_or_stands_for_zero():
    columns = np.array([[0.5, 7.0, -2.0], [1.5, 7.0, 2.0]])

    np.testing.assert_allclose(spread(columns), [0.5, 7e-4, 2.0])
    # Of whole numbers it is one step at least.
    np.testing.assert_allclose(spread(np.array([[0.0, 5.0], [1.0, 5.0]])), [1.0, 1.0])


def test_a_perceptron_has_an_activation_between_any_two_layers_and_none_after_the_last():
    kinds = [type(layer) for layer in mlp(2, 3, 4, activation=nn.SiLU)]

    assert kinds == [nn.Linear, nn.SiLU, nn.Linear]


def test_the_global_stream_is_borrowed_and_put_back(rng):
    before = torch.get_rng_state()

    with seeded(5):
        drawn = torch.rand(3)

    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(drawn, torch.rand(3, generator=torch.Generator().manual_seed(5)))
    first, second = (torch.rand(3, generator=torch_generator(rng)) for _ in range(2))
    assert not torch.equal(first, second)


def test_the_rate_rises_and_then_falls_along_half_a_cosine():
    network = weight()
    optimiser = sgd(network, rate=2.0)
    schedule = WarmupCosine(optimiser, 10, warmup=4)
    rates = []
    for _ in range(10):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        schedule.step()

    rise = [min(1, (step + 1) / 4) for step in range(10)]
    fall = [(1 + math.cos(math.pi * step / 10)) / 2 for step in range(10)]
    assert rates == pytest.approx([2 * up * down for up, down in zip(rise, fall, strict=True)])


def test_no_gradient_is_longer_than_it_may_be():
    network = weight(1.0)

    gradient_step(sgd(network), 100 * network.weight.sum(), clip=0.5)

    assert network.weight.item() == pytest.approx(0.5)


@pytest.mark.parametrize("loss", [math.nan, math.inf])
def test_what_diverges_is_stopped_before_a_weight_moves(loss):
    network = weight(1.0)

    with pytest.raises(FloatingPointError, match="the loss is not finite"):
        gradient_step(sgd(network), network.weight.sum() * loss)

    assert network.weight.item() == 1.0


def test_a_gradient_that_is_not_finite_stops_training_too():
    network = weight(0.0)

    with pytest.raises(FloatingPointError, match="the gradient is not finite"):
        gradient_step(sgd(network), network.weight.abs().sqrt().sum(), clip=1.0)


def test_whoever_has_seen_enough_breaks_off():
    network, seen = weight(), []

    def loss(step):
        seen.append(step)
        return network.weight.sum()

    for step in minimise(loss, sgd(network), steps=100, name="test"):
        if step == 2:
            break

    assert seen == [0, 1, 2]
    assert network.weight.item() == -3.0


@pytest.mark.parametrize("start", [0, 1])
def test_the_moving_average_is_as_defined(start):
    network = weight(1.0)
    ema = EMA(network, 0.3, start=start)
    expected = 1.0
    for update, value in enumerate([5.0, -2.0, 7.0, 0.5]):
        nn.init.constant_(network.weight, value)
        ema.update()
        decay = min(0.3, (update + start) / (update + 10))
        expected = decay * expected + (1 - decay) * value

    assert ema.network.weight.item() == pytest.approx(expected)
    assert not ema.network.weight.requires_grad


def test_the_best_state_is_kept_and_given_back():
    network = weight(1.0)
    best = Best(network)
    for step, (loss, value) in enumerate([(3.0, 1.0), (2.0, 2.0), (math.nan, 3.0), (2.5, 4.0)]):
        nn.init.constant_(network.weight, value)
        best.offer(loss, step)

    best.restore()

    assert (best.loss, best.step, network.weight.item()) == (2.0, 1, 2.0)


def trained(held_out, **settings):
    """Move a weight by one down a step; return how many steps it took, and what is kept."""
    network, steps = weight(), []

    def loss(step):
        steps.append(step)
        return network.weight.sum()

    settings = {"steps": 30, "name": "test", "check_every": 1, "decay": 0.0} | settings
    kept = minimise_held_out(network, loss, held_out, sgd(network), **settings)
    return len(steps), kept.weight.item()


def distance(network):
    """Least after seven steps."""
    return (network.weight + 7).abs().sum()


def test_training_ends_when_patience_does_and_keeps_the_best():
    assert trained(distance) == (30, -7.0)
    assert trained(distance, patience=5) == (12, -7.0)
    assert trained(distance, patience=5, warmup=20) == (25, -7.0)


def test_what_is_kept_is_the_average_at_a_check():
    assert trained(distance, check_every=5) == (30, -5.0)
    assert trained(distance, check_every=100) == (30, -30.0)  # the last step is judged too
    assert trained(lambda _: torch.tensor(math.nan)) == (30, 0.0)  # nothing was better
    _, averaged = trained(distance, decay=0.9, check_every=100)
    assert -30 < averaged < -15


def test_samples_that_are_not_finite_are_said_to_be_somebodys():
    samples = np.ones((2, 2))
    assert finite(samples, "The model") is samples

    samples[0, 1] = np.inf
    with pytest.raises(FloatingPointError, match="The model drew samples that are not finite"):
        finite(samples, "The model")


def test_held_out_points_choose_the_mixture(rng):
    centres = np.array([[-8.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
    points = centres[rng.integers(3, size=300)] + rng.normal(size=(300, 2))

    mixture, size, least = best_mixture(points, (1, 3, 8), (1e-6, 10.0), rng, restarts=2, most=300)

    assert (size, least) == (3, 1e-6)
    means = mixture.means_[mixture.means_[:, 0].argsort()]
    np.testing.assert_allclose(means, centres[centres[:, 0].argsort()], atol=0.5)
    few = points[:6]  # too few for any but one
    assert best_mixture(few, (1, 3, 8), (1e-6,), rng, restarts=1, most=6)[1] == 1


def test_of_many_points_some_choose_the_mixture_and_all_make_it(rng):
    points = np.concatenate([rng.normal(-50.0, size=(500, 1)), rng.normal(50.0, size=(500, 1))])

    mixture, size, _ = best_mixture(points, (1, 3), (1e-6,), rng, restarts=1, most=6)

    assert size == 1  # six points are too few for any but one
    assert mixture.means_.item() == pytest.approx(points.mean())


def test_a_tenth_is_held_out_but_never_none_nor_more_than_five_hundred():
    assert [n_held_out(n) for n in (2, 19, 20, 999, 5000, 10**6)] == [1, 1, 2, 99, 500, 500]


def test_fourier_features_are_the_points_and_sines_and_cosines_of_their_way_along_directions():
    with seeded(0):
        features = FourierFeatures(2, n=3, scale=5.0)
    x = torch.randn(7, 2)

    found = features(x)

    angles = x @ features.directions.T
    assert found.shape == (7, features.width)
    torch.testing.assert_close(found, torch.cat([x, angles.sin(), angles.cos()], dim=1))


def test_directions_have_the_scale_and_are_none_in_many_coordinates():
    with seeded(0):
        few, many = FourierFeatures(3, n=4000, scale=5.0), FourierFeatures(4, n=4000)

    assert few.directions.std().item() == pytest.approx(5, rel=0.05)
    x = torch.randn(7, 4)
    torch.testing.assert_close(many(x), x)
