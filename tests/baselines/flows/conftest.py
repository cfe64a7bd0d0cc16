import numpy as np
import pytest
import torch


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def points():
    def points(*shape):
        return torch.as_tensor(np.random.default_rng(0).normal(size=shape))

    return points


@pytest.fixture
def jacobians():
    def jacobians(function, points):
        """Return the Jacobians (n, d, d) at points (n, d)."""
        return torch.stack(
            [
                torch.autograd.functional.jacobian(lambda x: function(x[None])[0][0], point)
                for point in points
            ]
        )

    return jacobians


@pytest.fixture
def with_seed():
    def with_seed(make):
        """Return the module that `make` makes, in double precision, the same whenever made."""
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(0)
            return make().double().requires_grad_(False)

    return with_seed
