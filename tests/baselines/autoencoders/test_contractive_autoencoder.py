"""The price of a code's derivatives, against the Jacobian itself, and what it buys."""

import numpy as np
import pytest
import torch

from genbench.baselines.autoencoders.contractive_autoencoder import (
    ContractiveAutoencoder,
    squared_jacobian,
)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def quick(train, rng, **settings):
    small = {"code": 2, "hidden": 16, "steps": 200, "components": (1,)}
    return ContractiveAutoencoder(**(small | settings)).fit(train, rng=rng)


def squared_jacobians(model, points):
    """Return the sum of squares of the code's derivatives at each point (n,)."""
    jacobians = [torch.autograd.functional.jacobian(model.encoder, point) for point in points]
    return torch.stack(jacobians).square().sum(dim=(1, 2))


def test_the_price_is_on_average_the_squared_jacobian(rng):
    model = quick(rng.normal(size=(60, 3)), rng, steps=20)
    points = torch.tensor(rng.normal(size=(10, 3)), dtype=torch.float32, requires_grad=True)
    generator = torch.Generator().manual_seed(0)

    found = [squared_jacobian(points, model.encoder(points), generator).item() for _ in range(2000)]

    exact = float(squared_jacobians(model, points.detach()).mean())
    assert np.mean(found) == pytest.approx(exact, rel=4 * np.std(found) / exact / 2000**0.5)
    assert np.std(found) < exact  # so the margin above is a tight one


def test_a_higher_price_makes_a_code_that_moves_less(rng):
    train = rng.normal(size=(200, 3))
    points = torch.as_tensor(train[:20], dtype=torch.float32)

    free, dear = (
        squared_jacobians(quick(train, np.random.default_rng(0), contraction=price), points)
        for price in (0.0, 0.3)
    )

    assert dear.mean() < 0.5 * free.mean()


def test_the_decoder_undoes_the_encoder(rng):
    train = np.outer(rng.uniform(-1, 1, size=300), [3.0, -20.0, 7.0]) + 50
    model = quick(train, rng, hidden=32, steps=300)

    lost = model.decode(model.encode(train)) - train

    assert (lost.var(axis=0) < 0.02 * train.var(axis=0)).all()
