"""Anybody's network: a module of torch, a function in a file, an .onnx file."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief, is_file, shown
from genbench.images.extractors import Extractor, Seen
from genbench.images.preparing import CATALOG, Preparing, find
from genbench.models.find import load

SAY_HOW = f"say how pictures are prepared for it: one of {', '.join(CATALOG)}"


def of_module(module: Any, preparing: str | Preparing | None, *, device: str) -> Extractor:
    """Return the features of a `torch.nn.Module`, or of a function of tensors.

    It takes prepared pictures (n, 3, height, width) and returns features (n, d), or features and
    class logits.

    Raises:
        BadInput: it is neither, or nobody says how pictures are prepared.
    """
    if not callable(module):
        raise BadInput(f"features must be a name or a network, not {brief(repr(module))}.")
    name = type(module).__name__ if hasattr(module, "state_dict") else module.__name__
    if preparing is None:
        raise BadInput(f"{name}: {SAY_HOW}, as in (network, 'clip-224').")
    prepared = find(preparing) if isinstance(preparing, str) else preparing
    weights = None
    if hasattr(module, "state_dict"):
        module = module.eval().to(device)
        weights = _sum_of(module.state_dict())

    def run(batch: Any) -> Seen:
        return _two(module(batch.to(device)))

    return Extractor(name=name, dimensions=None, preparing=prepared, run=run, weights=weights)


def of_function(target: str, preparing: Preparing | None) -> Extractor:
    """Return the features that `file.py:function` makes of RGB pixels (n, height, width, 3).

    Pictures are as they are, from 0 to 255, unless they are prepared.

    Raises:
        BadInput: there is no such file, or no such function in it.
    """
    where, _, function = target.rpartition(":")
    found: Callable[..., Any] | None = getattr(load(where), function, None)
    if not callable(found):
        raise BadInput(f"{shown(where)} defines no function {function!r}.")
    path = Path(where)
    content = path.read_bytes() if is_file(path) else where.encode()

    def run(batch: Any) -> Seen:
        import torch

        pictures = np.ascontiguousarray(batch.numpy().transpose(0, 2, 3, 1))
        made = found(pictures.astype(np.uint8) if preparing is None else pictures)
        return _two(made if torch.is_tensor(made) else torch.as_tensor(np.asarray(made)))

    return Extractor(
        name=function,
        dimensions=None,
        preparing=preparing or find("as-is"),
        run=run,
        weights=hashlib.sha256(content).hexdigest(),
    )


def of_onnx(path: Path, preparing: Preparing | None) -> Extractor:
    """Return the features of an .onnx file: pictures in, features (and logits) out.

    Raises:
        BadInput: there is no such file, or nobody says how pictures are prepared.
        MissingExtra: onnxruntime is not installed.
    """
    if preparing is None:
        raise BadInput(f"{shown(path)}: {SAY_HOW}, as in {path.name}@clip-224.")
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    content = path.read_bytes()
    return Extractor(
        name=path.stem,
        dimensions=None,
        preparing=preparing,
        run=session(content, shown(path)),
        weights=hashlib.sha256(content).hexdigest(),
    )


def session(content: bytes, name: str) -> Callable[..., Seen]:
    """Return the function that an ONNX graph of one input is, on one thread.

    Raises:
        BadInput: it is none.
        MissingExtra: onnxruntime is not installed.
    """
    runtime = require("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums in one order
    options.log_severity_level = 4  # what goes wrong is raised too
    try:
        found = runtime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no base of their own
        raise BadInput(f"{name} is not a readable .onnx file: {brief(error)}.") from error
    taken = found.get_inputs()
    if len(taken) != 1 or taken[0].type != "tensor(float)":
        raise BadInput(f"{name} must have one input, of pictures in single precision.")

    def run(batch: Any) -> Seen:
        import torch

        try:
            outputs = found.run(None, {taken[0].name: batch.numpy()})
        except Exception as error:  # a shape that it does not take
            raise BadInput(
                f"{name} takes no pictures of shape {tuple(batch.shape)}: {brief(error)}."
            ) from error
        return _two(tuple(map(torch.from_numpy, outputs)))

    return run


def _two(made: Any) -> Seen:
    """Return features and logits, or None in their place."""
    if isinstance(made, tuple | list):
        if len(made) not in (1, 2):
            raise BadInput(f"A network must make features (and logits), not {len(made)} things.")
        features, logits = (*made, None)[:2]
    else:
        features, logits = made, None
    return features.flatten(1), logits


def _sum_of(state: dict[str, Any]) -> str:
    """Return the SHA-256 of names and tensors."""
    content = hashlib.sha256()
    for name, tensor in state.items():
        values = tensor.detach().cpu().contiguous()
        content.update(f"{name} {values.dtype} {tuple(values.shape)} ".encode())
        content.update(values.reshape(-1).view(torch_bytes()).numpy().data)
    return content.hexdigest()


def torch_bytes() -> Any:
    """Return torch's type of a byte."""
    import torch

    return torch.uint8
