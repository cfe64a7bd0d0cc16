"""Imports torchvision, also where its wheel was built for another torch than the one installed."""

from types import ModuleType
from typing import Any

from genbench.ground.extras import require

OPERATORS = ("nms", "qnms")
SIGNATURE = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"

_schemas: list[Any] = []  # torch forgets a schema as soon as the library that defined it is freed


def import_torchvision() -> ModuleType:
    """Return torchvision.

    The wheel on PyPI is linked against CUDA. Beside a CPU-only torch its compiled operators do not
    load, which it forgives, and then it describes two of them to torch all the same, which torch
    does not: "operator torchvision::nms does not exist". Declaring those two first, by signature
    only, lets the rest import. Nothing here detects boxes, so nobody misses what lies behind them.

    Raises:
        MissingExtra: torchvision is not installed.
    """
    try:
        return require("torchvision")
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
    import torch

    library: Any = torch.library  # it has no types
    # "FRAGMENT" adds to the namespace where "DEF" would claim it for good.
    schemas = library.Library("torchvision", "FRAGMENT")
    for operator in OPERATORS:
        schemas.define(operator + SIGNATURE)
    _schemas.append(schemas)
    return require("torchvision")
