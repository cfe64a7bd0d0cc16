"""Presets: the same measures with another program's settings, to meet published numbers.

A preset replaces the measures of the catalog on which that program differs; all others stay. Where
ours differs by default, it is because the other choice depends on the order or on ties of samples,
or throws samples away; each preset's file says which. Of pictures a preset also says which network
sees them, and how they are prepared for it.
"""

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from genbench.ground.errors import unknown_name
from genbench.metric import Metric

MODULES = {
    "torch-fidelity": "torch_fidelity",
    "pytorch-fid": "pytorch_fid",
    "prdc": "prdc",
    "torchmetrics": "torchmetrics",
    "sbibm": "sbibm",
    "clean-fid": "clean_fid",
    "guided-diffusion": "guided_diffusion",
    "edm2": "edm2",
    "dgm-eval": "dgm_eval",
    "cmmd": "cmmd",
}


@dataclass(frozen=True, kw_only=True)
class Preset:
    """What a program does otherwise."""

    k: int | None = None  # neighbours that balls reach to, if others than ours
    metrics: tuple[Metric, ...] = ()  # in place of those of the same names
    features: str | None = None  # the network that it sees pictures by
    preparing: Mapping[str, str] = field(default_factory=dict)  # by the beginnings of networks

    @property
    def by_name(self) -> Mapping[str, Metric]:
        """The replaced metrics."""
        return {metric.name: metric for metric in self.metrics}

    def seen_by(self, features: str | None) -> str | None:
        """Return the network, and behind @ how pictures are prepared for it, as that program does.

        `features` is what a person asks for, if anything; what that says of preparing stays.
        """
        network = features or self.features
        if network is None or "@" in network:
            return network
        ways = (way for start, way in self.preparing.items() if network.startswith(start))
        prepared = next(ways, None)
        return network if prepared is None else f"{network}@{prepared}"


def find(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        BadInput: there is none.
    """
    if not isinstance(name, str) or name not in MODULES:
        raise unknown_name("preset", str(name), MODULES)
    preset: Preset = importlib.import_module(f"genbench.presets.{MODULES[name]}").PRESET
    return preset
