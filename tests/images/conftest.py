"""Small pictures, a network that costs nothing, and weights of Inception drawn at random."""

import importlib
import io
import os

import numpy as np
import pytest
import torch
from PIL import Image

from genbench.images.extractors import find
from genbench.images.torchvision_import import import_torchvision

N, WIDTH = 20, 24
N_IMAGES, SIDE = 10, 32


@pytest.fixture(scope="session")
def pixels():
    """Twenty pictures (20, 24, 24, 3), each another colour and pattern."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(256, size=(N, 4, 4, 3), dtype=np.uint8)
    return coarse.repeat(WIDTH // 4, axis=1).repeat(WIDTH // 4, axis=2)


@pytest.fixture(scope="session")
def network():
    """Convolutions that nobody trained."""
    return find("random-convolution")


@pytest.fixture(scope="session")
def torch_fidelity():
    """The module, or a skip; where all extras are promised, its absence is an error."""
    try:
        import_torchvision()
        return importlib.import_module("torch_fidelity")
    except ModuleNotFoundError as error:
        if os.environ.get("GENBENCH_ALL_EXTRAS"):
            raise
        pytest.skip(f"needs the extra `images`: {error}")


@pytest.fixture(scope="session")
def pictures():
    """Two kinds of picture that a random network tells apart, one of each of another size."""
    rng = np.random.default_rng(0)
    sizes = [(SIDE, SIDE)] * N_IMAGES
    sizes[3] = (40, 30)
    return {
        "test": [clouds(rng, height=height, width=width) for height, width in sizes],
        "generated": [rusty(rng, height=height, width=width) for height, width in sizes],
    }


def clouds(rng, *, height, width):
    return smooth(rng.integers(256, size=(4, 4, 3)), height=height, width=width)


def rusty(rng, *, height, width):
    colour = np.array([180, 60, 40]) + rng.integers(-40, 41, size=3)
    return smooth(colour + rng.integers(60, size=(4, 4, 3)), height=height, width=width)


def smooth(coarse, *, height, width):
    image = Image.fromarray(coarse.astype(np.uint8))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


@pytest.fixture(scope="session")
def folders(tmp_path_factory, pictures):
    root = tmp_path_factory.mktemp("pictures")
    for name, images in pictures.items():
        (root / name).mkdir()
        for index, pixels in enumerate(images):
            Image.fromarray(pixels).save(root / name / f"{index:02d}.png")
    return {name: root / name for name in pictures}


@pytest.fixture(scope="session")
def weights(tmp_path_factory, torch_fidelity, pictures):
    """Weights of a random network whose features spread about as widely as they are large.

    As PyTorch draws weights, signals fade from layer to layer until all pictures look alike, and
    every distance would be rounding. So weights keep the signal's variance (He's rule), batch
    normalisation knows the statistics of some pictures, and classes are told apart clearly.
    """

    class Untrained(torch_fidelity.FeatureExtractorInceptionV3):
        def load_state_dict(self, state_dict):  # the constructor insists on loading something
            assert state_dict == {}

    nothing = io.BytesIO()
    torch.save({}, nothing)
    nothing.seek(0)
    some = [pixels for images in pictures.values() for pixels in images if len(pixels) == SIDE][::2]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = Untrained("random", ["2048"], feature_extractor_weights_path=nothing)
        for layer in network.modules():
            if isinstance(layer, torch.nn.Conv2d):
                torch.nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            if isinstance(layer, torch.nn.BatchNorm2d):
                layer.momentum = 1.0  # the next batch's statistics, instead of a running mean
        network.train()
        network(torch.from_numpy(np.stack(some).transpose(0, 3, 1, 2)))
        network.fc.weight.mul_(24)
    path = tmp_path_factory.mktemp("weights") / "random.pth"
    torch.save(network.state_dict(), path)
    return path
