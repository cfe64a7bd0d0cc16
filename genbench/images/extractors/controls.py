"""Features that know nothing: the pixels themselves, and convolutions that nobody trained."""

from itertools import pairwise
from typing import Any

from genbench.ground.randomness import rng_for
from genbench.images.extractors import Extractor, Seen
from genbench.images.preparing import find as find_preparing
from genbench.images.weights import Wanted

WIDTHS = (3, 32, 64, 128, 256)
POOLED = 512  # mean and deviation of each of the last channels


def pixels(name: str, _: Wanted, __: str) -> Extractor:
    """Return the values themselves, from 0 to 255, all pictures of one size."""

    def run(batch: Any) -> Seen:
        return batch.flatten(1), None

    return Extractor(name=name, dimensions=None, preparing=find_preparing("as-is"), run=run)


def random_convolution(name: str, _: Wanted, device: str) -> Extractor:
    """Return four convolutions of fixed random weights, rectified, and their means and spreads.

    He et al., "Delving deep into rectifiers", ICCV 2015, https://arxiv.org/abs/1502.01852: weights
    that keep the variance.
    """
    import torch
    from torch.nn import functional

    rng = rng_for(0, "random-convolution")
    kernels = [
        torch.tensor(
            rng.normal(scale=(2 / (9 * before)) ** 0.5, size=(after, before, 3, 3)),
            dtype=torch.float32,
            device=device,
        )
        for before, after in pairwise(WIDTHS)
    ]

    def run(batch: Any) -> Seen:
        seen = batch.to(device)
        for kernel in kernels:
            seen = functional.relu(functional.conv2d(seen, kernel, stride=2, padding=1))
        return torch.cat([seen.mean(dim=(2, 3)), seen.std(dim=(2, 3))], dim=1), None

    return Extractor(
        name=name, dimensions=POOLED, preparing=find_preparing("pil-bicubic-128-lite"), run=run
    )
