import numpy as np
import pytest
import torch


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def changes():
    def changes(net, place, d):
        """How much a coordinate's change moves the logits of each (d,)."""
        net = net.double()  # what comes from far is faint
        rows = torch.zeros(1, d, dtype=torch.int64)
        changed = rows.clone()
        changed[0, place] = 3
        return (net(rows) - net(changed)).abs().amax(dim=2)[0]

    return changes
