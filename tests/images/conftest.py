"""Twenty small pictures, and a network that costs nothing."""

import numpy as np
import pytest

from genbench.images.extractors import find

N, SIDE = 20, 24


@pytest.fixture(scope="session")
def pixels():
    """Twenty pictures (20, 24, 24, 3), each another colour and pattern."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(256, size=(N, 4, 4, 3), dtype=np.uint8)
    return coarse.repeat(SIDE // 4, axis=1).repeat(SIDE // 4, axis=2)


@pytest.fixture(scope="session")
def network():
    """Convolutions that nobody trained."""
    return find("random-convolution")
