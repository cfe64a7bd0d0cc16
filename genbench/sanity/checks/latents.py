"""Latent codes that turn away from the factors of variation; decoders more and more wild."""

from typing import Any

import numpy as np

from genbench.metric import Metric
from genbench.sanity.check import Check, Desideratum, sound_name
from genbench.sanity.expectations import AsDeclared, Stays, Worsens

N, N_LEVELS = 500, 10
STEP = 1e-3  # of the way from one latent to another
CODES = {
    "mutual_information_gap",
    "separated_attribute_predictability",
    "modularity",
    "code_disentanglement",
    "code_completeness",
}
OF_CODES = (*sorted(CODES), "code_informativeness")


def rotated_codes(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Turn four factors by an angle in two planes."""
    factors = real.integers(N_LEVELS, size=(N, 4))
    cos, sin = np.cos(np.radians(level)), np.sin(np.radians(level))
    turn = np.kron(np.eye(2), np.array([[cos, -sin], [sin, cos]]))
    return {"test_factors": factors, "test_codes": (factors - (N_LEVELS - 1) / 2) @ turn.T}


def random_codes(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Draw codes that have nothing to do with the factors."""
    factors = real.integers(N_LEVELS, size=(N, 4))
    return {"test_factors": factors, "test_codes": model.normal(size=(N, 4))}


def renamed_codes(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Give the same codes, level 0, or put them into another order and turn their signs."""
    inputs = rotated_codes(real, model, 20.0)
    order, signs = real.permutation(4), real.choice([-1.0, 1.0], size=4)
    return inputs | ({"test_codes": signs * inputs["test_codes"][:, order]} if level else {})


def wild_paths(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Walk between latents of a decoder that turns them into sines of this frequency."""
    start, end, weights = (real.normal(size=shape) for shape in ((N, 4), (N, 4), (4, 8)))
    along = start + STEP * (end - start)
    paths = {name: np.sin(level * z) @ weights for name, z in (("starts", start), ("ends", along))}
    return {f"path_{name}": points for name, points in paths.items()} | {"path_step": STEP}


def _of_paths(metric: Metric) -> bool:
    return "path_step" in metric.inputs


CHECKS = (
    Check(
        name="rotated_codes",
        asks="Does it count that each code mixes two factors?",
        desideratum=Desideratum.LATENTS,
        knob="angle in degrees",
        levels=(0.0, 10.0, 20.0, 30.0, 45.0),
        only=OF_CODES,
        expects=Worsens(role=lambda metric: sound_name(metric.name) in CODES),
        make=rotated_codes,
        source="Chen et al., NeurIPS 2018, https://arxiv.org/abs/1802.04942",
    ),
    Check(
        name="renamed_codes",
        asks="Is it all one in which order codes come, and with which sign?",
        desideratum=Desideratum.LATENTS,
        knob="names",
        levels=(0.0, 1.0),
        only=OF_CODES,
        expects=Stays(),
        make=renamed_codes,
    ),
    Check(
        name="random_codes",
        asks="Do codes that say nothing get what the metric declares as chance?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=4,
        only=OF_CODES,
        expects=AsDeclared(of="one that knows nothing"),
        make=random_codes,
    ),
    Check(
        name="wild_paths",
        asks="Does it count that samples change abruptly along latents?",
        desideratum=Desideratum.LATENTS,
        knob="frequency",
        levels=(1.0, 2.0, 4.0, 8.0),
        expects=Worsens(role=_of_paths),
        make=wild_paths,
        source="Karras et al., CVPR 2019, https://arxiv.org/abs/1812.04948",
    ),
)
