"""The image side of CLIP, from OpenAI's files, which hold TorchScript, or from a state dict.

Radford et al., "Learning transferable visual models from natural language supervision", ICML 2021,
https://arxiv.org/abs/2103.00020; as a metric: Jayasumana et al., "Rethinking FID: towards a better
evaluation metric for image generation", CVPR 2024, https://arxiv.org/abs/2401.09603. The network is
torch-fidelity's copy of OpenAI's, in single precision.
"""

import io
import warnings
import zipfile
from typing import Any, NamedTuple

from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import shown
from genbench.images.extractors import Extractor, Seen
from genbench.images.preparing import find as find_preparing
from genbench.images.torchvision_import import import_torchvision
from genbench.images.weights import Found, Wanted, find, fitting, load_state

VISUAL = "visual."


class Shape(NamedTuple):
    """The sizes of a network."""

    resolution: int
    patch: int
    width: int
    layers: int
    dimensions: int


SHAPES = {
    "clip-vit-b-32": Shape(224, 32, 768, 12, 512),
    "clip-vit-l-14-336": Shape(336, 14, 1024, 24, 768),
}


def clip(name: str, wanted: Wanted, device: str) -> Extractor:
    """Return the network to its projected class token.

    Raises:
        BadInput: there are no weights of it.
        MissingExtra: torch-fidelity or torchvision is not installed.
    """
    import_torchvision()
    require("torch_fidelity")
    from torch_fidelity.feature_extractor_clip import VisionTransformer

    shape, found = SHAPES[name], find(name, wanted)
    network: Any = VisionTransformer(
        shape.resolution,
        shape.patch,
        shape.width,
        shape.layers,
        shape.width // 64,
        shape.dimensions,
    )
    state = _state(found)
    visual = {key.removeprefix(VISUAL): state[key] for key in state if key.startswith(VISUAL)}
    with fitting(found, f"the image side of {name}"):
        network.load_state_dict({key: value.float() for key, value in visual.items()})
    network = network.eval().requires_grad_(False).to(device)

    def run(batch: Any) -> Seen:
        return network(batch.to(device)), None

    return Extractor(
        name=name,
        dimensions=shape.dimensions,
        preparing=find_preparing(f"clip-{shape.resolution}"),
        run=run,
        weights=found.sha256,
    )


def _state(found: Found) -> dict[str, Any]:
    """Return the tensors, of TorchScript too, whose code is not run."""
    import torch

    if not _is_torchscript(found.content):
        return load_state(found)
    load: Any = torch.jit.load
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            return dict(load(io.BytesIO(found.content), map_location="cpu").state_dict())
    except Exception as error:  # broken bytes lead the loader to errors of almost any kind
        raise BadInput(f"{shown(found.path)} is not readable TorchScript.") from error


def _is_torchscript(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.endswith("/constants.pkl") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False
