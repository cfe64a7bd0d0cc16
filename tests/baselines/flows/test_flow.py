"""What the flows share: densities are densities, samples lead to noise and back, the rare cases."""

import numpy as np
import pytest
import torch
from scipy.stats import multivariate_normal

from genbench.baselines.flows.continuous_flow import ContinuousFlow
from genbench.baselines.flows.flow import Conditioner, coupling_orders
from genbench.baselines.flows.maf import MaskedAutoregressiveFlow
from genbench.baselines.flows.planar_flow import PlanarFlow
from genbench.baselines.flows.preprocessing import Standardize, Whiten
from genbench.baselines.flows.radial_flow import RadialFlow
from genbench.baselines.flows.realnvp import RealNVP
from genbench.baselines.flows.spline_flow import SplineFlow

SMALL = {
    RealNVP: {"layers": 4, "hidden": 16, "steps": 60, "batch": 64},
    MaskedAutoregressiveFlow: {"layers": 3, "hidden": 16, "steps": 60},
    SplineFlow: {"layers": 4, "hidden": 16, "bins": 4, "steps": 60},
    PlanarFlow: {"layers": 6, "steps": 60},
    RadialFlow: {"layers": 6, "steps": 60},
    ContinuousFlow: {"hidden": 16, "steps": 40, "batch": 64, "train_solver_steps": 4},
}
every_flow = pytest.mark.parametrize("flow", SMALL)
# A continuous flow solves an equation at each point of a grid.
every_flow_on_a_grid = pytest.mark.parametrize(
    "flow",
    [
        pytest.param(flow, marks=pytest.mark.long if flow is ContinuousFlow else ())
        for flow in SMALL
    ],
)


def small(flow, **settings):
    return flow(**(SMALL[flow] | settings))


def mass(model, edges):
    """Integrate the density over a square, whose sides have these edges of cells."""
    middles = (edges[1:] + edges[:-1]) / 2
    grid = np.stack(np.meshgrid(middles, middles), axis=-1).reshape(-1, 2)
    return np.exp(model.log_prob(grid)).sum() * (edges[1] - edges[0]) ** 2


def cells(flow):
    """How many cells a side has: fewer where a density takes a hundred steps of a solver."""
    return 100 if flow is ContinuousFlow else 400


@every_flow
def test_samples_lead_to_noise_and_back(flow, rng):
    train = rng.binomial(16, 0.3, size=(300, 4)).astype(float)
    train[:, 1:] += train[:, :1]  # something to learn
    model = small(flow).fit(train, rng=rng)

    noise = model.encode(train)

    np.testing.assert_allclose(model.decode(noise), train, atol=1e-4)
    assert np.isfinite(model.encode(train + 100)).all()


@every_flow_on_a_grid
def test_density_integrates_to_one_in_the_units_of_the_data(flow, rng):
    train = np.concatenate([rng.normal(-20, 4, size=(200, 2)), rng.normal(20, 4, size=(200, 2))])
    model = small(flow).fit(train, rng=rng)

    assert mass(model, np.linspace(-100, 100, cells(flow) + 1)) == pytest.approx(1, abs=0.01)


@every_flow_on_a_grid
def test_density_of_whole_numbers_integrates_to_one_and_ends_beyond_their_range(flow, rng):
    train = rng.binomial(4, 0.3, size=(300, 2)).astype(float)
    model = small(flow, margin=0.05).fit(train, rng=rng)
    free = 5 * 0.05 / 0.9

    edges = np.linspace(-0.5 - free, 4.5 + free, cells(flow) + 1)

    assert mass(model, edges) == pytest.approx(1, abs=0.01)
    assert model.log_prob(np.array([[-0.5 - free - 0.01, 2.0]])).tolist() == [-np.inf]


@pytest.mark.parametrize("flow", [PlanarFlow, RadialFlow, ContinuousFlow])
def test_an_untrained_flow_of_whitened_data_is_their_gaussian(flow, rng):
    train = rng.normal(size=(500, 3)) @ np.array([[2, 0, 0], [1, 0.3, 0], [0, 0, 5]]) + 7.1
    model = small(flow, steps=1, learning_rate=0.0).fit(train, rng=rng)

    gaussian = multivariate_normal(train.mean(axis=0), np.cov(train.T, bias=True))
    np.testing.assert_allclose(model.log_prob(train[:50]), gaussian.logpdf(train[:50]), atol=1e-5)


@pytest.mark.parametrize("preprocessing", [Standardize, Whiten])
@pytest.mark.parametrize("whole", [True, False])
def test_preprocessing_changes_volume_as_it_says_and_can_be_inverted(preprocessing, whole, rng):
    train = rng.normal(size=(50, 2)) @ np.array([[3.0, 1.0], [0.0, 2.0]])
    train = np.rint(train) if whole else train
    frame = preprocessing(train, 0.01, rng)
    inner = train[:5] * 0.9

    points, log_det = frame.forward(inner)
    steps = [frame.forward(inner + step)[0] - points for step in 1e-6 * np.eye(2)]

    np.testing.assert_allclose(frame.inverse(points), inner)
    jacobians = np.stack(steps, axis=2) / 1e-6
    np.testing.assert_allclose(log_det, np.linalg.slogdet(jacobians)[1], atol=1e-4)


def test_what_is_constant_gets_a_narrow_normal_density(rng):
    train = np.column_stack([rng.normal(size=500), np.full(500, 3e5)])
    frame = Standardize(train, 0.01, rng)

    points, _ = frame.forward(frame.dequantize(train, rng))

    assert frame.std[1] == pytest.approx(30)
    assert points[:, 1].std() == pytest.approx(1, abs=0.1)


def test_dropout_drops_whole_units_in_training_only():
    net = Conditioner(torch.nn.Identity(), torch.nn.Identity(), torch.nn.Linear(1000, 1), 0.2)
    hidden = torch.ones(3, 1000)

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        dropped = net.train()._drop(hidden)

    assert torch.equal(net.eval()._drop(hidden), hidden)
    assert dropped.unique().tolist() == pytest.approx([0, 1.25])
    assert (dropped == dropped[0]).all()
    assert (dropped[0] == 0).float().mean().item() == pytest.approx(0.2, abs=0.05)


@pytest.mark.parametrize("d", [4, 5])
def test_each_pair_of_couplings_moves_every_coordinate(d):
    first, second = coupling_orders(2, d)

    moved = {*first[d // 2 :].tolist(), *second[d // 2 :].tolist()}

    assert moved == set(range(d))


@every_flow
def test_too_few_samples_are_refused(flow, rng):
    with pytest.raises(ValueError, match=r"needs at least 8 samples, not 7\."):
        small(flow).fit(rng.normal(size=(7, 2)), rng=rng)
