"""DINOv2's network against the same one written out with numpy, on weights drawn at random."""

import numpy as np
import pytest
import torch
from scipy.special import erf

from genbench.ground.errors import BadInput
from genbench.images.extractors import dinov2, find
from genbench.images.extractors.dinov2 import HEAD, LEARNED, PATCH, SHAPES, VisionTransformer
from genbench.images.weights import Wanted

NAME = "dinov2-vits14"
DEPTH = 3  # of the twelve blocks, which are all alike


@pytest.fixture(scope="module")
def state():
    """Random weights under the names of the published file, whose features are of order one."""
    rng = np.random.default_rng(0)
    width = SHAPES[NAME].width
    network = VisionTransformer(width, DEPTH)
    drawn = {
        name: torch.tensor(rng.normal(size=tuple(value.shape)), dtype=torch.float32)
        * (value.shape[-1] ** -0.5 if value.ndim > 1 and "embed" not in name else 0.5)
        for name, value in network.state_dict().items()
    }
    return drawn | {"mask_token": torch.zeros(1, width)}


@pytest.fixture
def extractor(state, tmp_path, monkeypatch):
    monkeypatch.setitem(SHAPES, NAME, SHAPES[NAME]._replace(depth=DEPTH))
    torch.save(state, tmp_path / "w.pth")
    return find(NAME, weights=Wanted(tmp_path / "w.pth"))


def cubic(x):
    """Keys' kernel with a = -3/4, as torch has it."""
    x = np.abs(x)
    near = 1.25 * x**3 - 2.25 * x**2 + 1
    far = -0.75 * (x**3 - 5 * x**2 + 8 * x - 4)
    return np.where(x < 1, near, np.where(x < 2, far, 0))


def positions(learned, step):
    """Resize along both axes: cell i lies at (i + 1/2) step - 1/2, and edges go on for ever."""
    for axis in (0, 1):
        places = (np.arange(16) + 0.5) * step - 0.5
        low = np.floor(places).astype(int)
        taps = low[:, None] + np.arange(-1, 3)
        weights = cubic(places[:, None] - taps)
        gathered = np.take(learned, np.clip(taps, 0, LEARNED - 1), axis=axis)
        shape = (16, 4, 1, 1) if axis == 0 else (1, 16, 4, 1)
        learned = (gathered * weights.reshape(shape)).sum(axis=axis + 1)
    return learned


def written_out(state, picture, step):
    """The class token of one picture (3, 224, 224)."""
    w = {name: value.double().numpy() for name, value in state.items()}

    def normalised(x, name):
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 1e-6)
        return centred / deviation * w[f"{name}.weight"] + w[f"{name}.bias"]

    def linear(x, name):
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    cut = picture.reshape(3, 16, PATCH, 16, PATCH).transpose(1, 3, 0, 2, 4).reshape(256, -1)
    kernel = w["patch_embed.proj.weight"].reshape(len(w["patch_embed.proj.bias"]), -1)
    patches = cut @ kernel.T + w["patch_embed.proj.bias"]
    learned = w["pos_embed"][0, 1:].reshape(LEARNED, LEARNED, -1)
    patches = patches + positions(learned, step).reshape(256, -1)
    x = np.concatenate([w["cls_token"][0] + w["pos_embed"][0, :1], patches])
    for block in range(DEPTH):
        name = f"blocks.{block}"
        packed = linear(normalised(x, f"{name}.norm1"), f"{name}.attn.qkv")
        query, key, value = np.split(packed, 3, axis=1)
        heads = []
        for start in range(0, query.shape[1], HEAD):
            some = slice(start, start + HEAD)
            logits = query[:, some] @ key[:, some].T / np.sqrt(HEAD)
            weights = np.exp(logits - logits.max(axis=1, keepdims=True))
            heads.append(weights / weights.sum(axis=1, keepdims=True) @ value[:, some])
        mixed = linear(np.concatenate(heads, axis=1), f"{name}.attn.proj")
        x = x + mixed * w[f"{name}.ls1.gamma"]
        hidden = linear(normalised(x, f"{name}.norm2"), f"{name}.mlp.fc1")
        hidden = hidden * (1 + erf(hidden / np.sqrt(2))) / 2
        x = x + linear(hidden, f"{name}.mlp.fc2") * w[f"{name}.ls2.gamma"]
    return normalised(x, "norm")[0]


@pytest.fixture(scope="module")
def picture():
    return np.random.default_rng(1).normal(size=(3, 224, 224)).astype(np.float32)


def test_it_is_the_network_written_out_with_the_offset_of_a_tenth(extractor, state, picture):
    found = extractor(torch.tensor(picture)[None])[0][0].double().numpy()

    expected = written_out(state, picture, LEARNED / 16.1)
    assert found.shape == (384,)
    assert np.abs(found - expected).max() < 1e-5 * np.abs(expected).max()


def test_resized_otherwise_it_would_be_another(extractor, state, picture):
    found = extractor(torch.tensor(picture)[None])[0][0].double().numpy()

    without_offset = written_out(state, picture, LEARNED / 16)

    assert np.abs(found - without_offset).max() > 1e-4 * np.abs(found).max()


def test_other_weights_are_refused(state, tmp_path):
    torch.save(state, tmp_path / "w.pth")  # of three blocks

    with pytest.raises(
        BadInput, match=r"w.pth does not hold the weights of dinov2-vits14: Missing"
    ):
        find(NAME, weights=Wanted(tmp_path / "w.pth"))
    with pytest.raises(BadInput, match="not hold the weights of dinov2-vitb14"):
        find("dinov2-vitb14", weights=Wanted(tmp_path / "w.pth"))


def test_its_widths_are_those_of_the_catalog():
    from genbench.images.extractors import CATALOG

    assert {name: CATALOG[name].dimensions for name in SHAPES} == {
        name: str(shape.width) for name, shape in dinov2.SHAPES.items()
    }
