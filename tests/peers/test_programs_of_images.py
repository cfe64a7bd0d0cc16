"""Presets of programs that look at pictures: their estimators, written out or run."""

import importlib

import numpy as np
import pytest

import genbench
from genbench.images.extractors import CATALOG
from genbench.images.preparing import CATALOG as WAYS
from genbench.presets import MODULES, find

RNG = np.random.default_rng(0)
TEST, GENERATED = RNG.normal(size=(60, 5)) + 1, RNG.normal(size=(50, 5)) * 1.2 + 1
SEEN_BY = {
    "torch-fidelity": "inception@tf1-bilinear-299",
    "pytorch-fid": "inception@torch-bilinear-299",
    "clean-fid": "inception@pil-bicubic-299",
    "guided-diffusion": "inception@tf1-bilinear-299",
    "torchmetrics": "inception@torch-antialiased-bilinear-299",
    "edm2": "dinov2-vitl14@torch-bicubic-224-imagenet",
    "dgm-eval": "dinov2-vitl14@pil-bicubic-224-imagenet",
    "cmmd": "clip-vit-l-14-336@clip-336",
}


def value(metric, preset, **settings):
    found = genbench.score(
        test=TEST, generated=GENERATED, metrics=metric, preset=preset, **settings
    )
    return found[metric].value


@pytest.mark.parametrize("name", MODULES)
def test_a_preset_binds_a_network_and_a_resize_unless_others_are_named(name):
    preset = find(name)

    assert preset.seen_by(None) == SEEN_BY.get(name)
    assert preset.seen_by("lite0-128") == "lite0-128"
    assert preset.seen_by("inception@clip-224") == "inception@clip-224"
    for start, way in preset.preparing.items():
        assert way in WAYS
        assert any(network.startswith(start) for network in CATALOG)


def test_earlier_layers_and_other_networks_are_prepared_as_that_program_does():
    assert find("clean-fid").seen_by("inception-64") == "inception-64@pil-bicubic-299"
    assert find("torch-fidelity").seen_by("vgg16") == "vgg16@tf1-bilinear-224-imagenet"
    assert find("edm2").seen_by("inception") == "inception@tf1-bilinear-299"


@pytest.mark.peers
@pytest.mark.parametrize("preset", ["clean-fid", "dgm-eval"])
def test_kid_is_clean_fids(preset, find_peer):
    program = find_peer("cleanfid.fid")
    state = np.random.get_state()  # noqa: NPY002  # that is what it draws from
    try:
        np.random.seed(3)  # noqa: NPY002
        theirs = program.kernel_distance(GENERATED, TEST)  # draws from the second first
    finally:
        np.random.set_state(state)  # noqa: NPY002

    assert value("kid", preset, seed=3) == pytest.approx(theirs, rel=1e-9)


def test_cmmd_is_as_its_authors_define_it():
    x, y = (each / np.linalg.norm(each, axis=1, keepdims=True) for each in (TEST, GENERATED))

    def mean_kernel(one, other):
        squares = ((one[:, None] - other) ** 2).sum(axis=2)
        return np.exp(-squares / (2 * 10**2)).mean()

    expected = 1000 * (mean_kernel(x, x) + mean_kernel(y, y) - 2 * mean_kernel(x, y))
    assert value("mmd", "cmmd") == pytest.approx(expected, rel=1e-6)
    assert expected > 0
    away = genbench.score(test=TEST, generated=np.zeros((9, 5)), metrics="mmd", preset="cmmd")
    assert away["mmd"].reason == "A point is all zeros: it has no direction."


def test_splits_of_guided_diffusion_follow_the_order(monkeypatch):
    module = importlib.import_module("genbench.presets.guided_diffusion")
    monkeypatch.setattr(module, "SPLIT_SIZE", 40)
    table = RNG.dirichlet(np.ones(4), size=100)

    found = genbench.score(generated_probabilities=table, metrics="is", preset="guided-diffusion")

    def of(part):
        return np.exp((part * np.log(part / part.mean(axis=0))).sum(axis=1).mean())

    expected = np.mean([of(table[:40]), of(table[40:80]), of(table[80:])])
    assert found["is"].value == pytest.approx(expected, rel=1e-9)


def test_guided_diffusion_looks_at_three_neighbours():
    assert value("precision", "guided-diffusion") == value("precision", "torch-fidelity")
