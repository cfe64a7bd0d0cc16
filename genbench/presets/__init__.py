"""Presets: the same measures with another program's settings, to meet published numbers.

A preset replaces the measures of the catalog on which that program differs; all others stay. Where
ours differs by default, it is because the other choice depends on the order or on ties of samples,
or throws samples away; each preset's file says which.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass

from genbench.ground.errors import unknown_name
from genbench.metric import Metric

MODULES = {
    "torch-fidelity": "torch_fidelity",
    "pytorch-fid": "pytorch_fid",
    "prdc": "prdc",
    "torchmetrics": "torchmetrics",
    "sbibm": "sbibm",
}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What a program does otherwise."""

    k: int | None = None  # neighbours that balls reach to, if others than ours
    metrics: tuple[Metric, ...] = ()  # in place of those of the same names

    @property
    def by_name(self) -> Mapping[str, Metric]:
        """The replaced metrics."""
        return {metric.name: metric for metric in self.metrics}


def find(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        BadInput: there is none.
    """
    if not isinstance(name, str) or name not in MODULES:
        raise unknown_name("preset", str(name), MODULES)
    preset: Preset = importlib.import_module(f"genbench.presets.{MODULES[name]}").PRESET
    return preset
