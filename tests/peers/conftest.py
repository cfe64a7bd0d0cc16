"""Peers: other programs that measure the same, which may be absent unless all are promised."""

import importlib
import os

import numpy as np
import pytest

from genbench.images.torchvision_import import import_torchvision


def peer(name):
    """The module, or a skip; where all peers are promised, its absence is an error."""
    try:
        import_torchvision()  # some of them import it, and it may need help beside a CPU-only torch
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if os.environ.get("GENBENCH_ALL_EXTRAS"):
            raise
        pytest.skip(f"needs {name}: {error}")


@pytest.fixture(scope="session")
def find_peer():
    return peer


@pytest.fixture(scope="session")
def features():
    """Test and generated features as networks give them: positive, correlated, unlike in spread."""
    rng = np.random.default_rng(0)
    mixing = rng.normal(size=(12, 12)) / 3

    def drawn(n, shift):
        return np.maximum(rng.normal(size=(n, 12)) @ mixing + shift, 0) + 0.01

    return drawn(1300, 0.5), drawn(1100, 0.65)
