"""Inception-v3 as FID, KID and the Inception score know it, from weights in a local file.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
equilibrium", NeurIPS 2017, https://arxiv.org/abs/1706.08500; Salimans et al., "Improved
techniques for training GANs", NeurIPS 2016, https://arxiv.org/abs/1606.03498.

The network is torch-fidelity's: the one of 2015 with its 1008 classes, whose logits have no bias
for the Inception score. Any other Inception-v3 gives other numbers, not comparable with published
ones. Its batch normalisations are folded into convolutions, channels last.
"""

import io
from typing import Any

from genbench.ground.extras import require
from genbench.images.extractors import Extractor, Seen
from genbench.images.extractors.folding import fold
from genbench.images.preparing import find as find_preparing
from genbench.images.torchvision_import import import_torchvision
from genbench.images.weights import Found, Wanted, find, fitting, load_state

# The blocks that end in each layer that features are taken of.
LAYERS = {
    "64": ("Conv2d_1a_3x3", "Conv2d_2a_3x3", "Conv2d_2b_3x3", "MaxPool_1"),
    "192": ("Conv2d_3b_1x1", "Conv2d_4a_3x3", "MaxPool_2"),
    "768": tuple(f"Mixed_{name}" for name in ("5b", "5c", "5d", "6a", "6b", "6c", "6d", "6e")),
    "2048": ("Mixed_7a", "Mixed_7b", "Mixed_7c"),
}


def inception(name: str, wanted: Wanted, device: str) -> Extractor:
    """Return the network up to the layer that stands in its name, or to its classes.

    Raises:
        BadInput: there are no weights of it.
        MissingExtra: torch-fidelity or torchvision is not installed.
    """
    layer = name.partition("-")[2] or "2048"
    import_torchvision()  # torch-fidelity imports it, without the detour it may need
    require("torch_fidelity")
    found = find("inception", wanted)
    network = _network(found)
    for module in list(network.modules()):
        if hasattr(module, "conv") and hasattr(module, "bn"):
            fold(module, "conv", "bn")
    import torch

    network = network.to(device=device, memory_format=torch.channels_last)
    blocks: list[Any] = []
    for last, names in LAYERS.items():
        blocks += [getattr(network, each) for each in names]
        if last == layer:
            break

    def run(batch: torch.Tensor) -> Seen:
        seen = batch.to(device=device, memory_format=torch.channels_last)
        for block in blocks:
            seen = block(seen)
        features = seen.mean(dim=(2, 3))
        return features, features @ network.fc.weight.T if layer == "2048" else None

    return Extractor(
        name=name,
        dimensions=int(layer),
        preparing=find_preparing("tf1-bilinear-299"),
        run=run,
        weights=found.sha256,
    )


def _network(found: Found) -> Any:
    """Return torch-fidelity's network, to which only tensors are handed.

    It loads with `weights_only=False`, which runs whatever code a file brings: what it is given is
    a copy of the tensors that were found in the file.
    """
    import torch
    import torch_fidelity

    copy = io.BytesIO()
    torch.save(load_state(found), copy)
    copy.seek(0)
    with fitting(found, "torch-fidelity's Inception-v3"):
        return torch_fidelity.FeatureExtractorInceptionV3(
            "inception-v3-compat", ["2048"], feature_extractor_weights_path=copy
        )
