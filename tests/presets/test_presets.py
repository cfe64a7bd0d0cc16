"""Presets: what they replace, and what they say when they cannot."""

import numpy as np
import pytest

import genbench
from genbench.ground.errors import BadInput
from genbench.metrics import CATALOG
from genbench.presets import MODULES, find

RNG = np.random.default_rng(0)
TEST, GENERATED = RNG.normal(size=(1100, 2)), RNG.normal(size=(1050, 2)) + 0.3


@pytest.mark.parametrize("name", MODULES)
def test_a_preset_replaces_measures_of_the_catalog_and_keeps_what_they_mean(name):
    for metric in find(name).metrics:
        ours = CATALOG[metric.name]
        assert (metric.aim, metric.inputs) == (ours.aim, ours.inputs)
        assert metric.meaning.endswith(".")


def test_an_unknown_preset_is_refused():
    with pytest.raises(BadInput, match="No preset named 'torch_fidelity'"):
        genbench.score(test=TEST, generated=GENERATED, preset="torch_fidelity")


@pytest.mark.parametrize("k", [0, 2.5, True])
def test_k_is_a_number_of_neighbours(k):
    with pytest.raises(BadInput, match="k must be a whole number"):
        genbench.score(test=TEST, generated=GENERATED, k=k)


def test_torch_fidelity_looks_at_three_neighbours_unless_told():
    default, other, told = (
        genbench.score(test=TEST, generated=GENERATED, metrics="precision", **settings)
        for settings in ({}, {"preset": "torch-fidelity"}, {"preset": "torch-fidelity", "k": 5})
    )

    assert other["precision"].parameters["k"] == 3
    assert told["precision"].value == default["precision"].value > other["precision"].value


@pytest.mark.parametrize("preset", ["torch-fidelity", "torchmetrics"])
def test_subsets_need_as_many_samples(preset):
    found = genbench.score(test=TEST, generated=GENERATED[:999], metrics="kid", preset=preset)

    assert found["kid"].reason == "Needs subsets of 1000; there are 999 generated samples."


def test_the_mean_over_subsets_is_near_the_whole():
    whole = genbench.score(test=TEST, generated=GENERATED, metrics="kid")["kid"].value
    for preset in ("torch-fidelity", "torchmetrics"):
        found = genbench.score(test=TEST, generated=GENERATED, metrics="kid", preset=preset)["kid"]
        error = found.parameters["spread_over_subsets"]  # subsets of nearly all samples

        assert found.value == pytest.approx(whole, abs=3 * error)


def test_inception_score_of_splits_is_lower_than_of_all():
    table = RNG.dirichlet(np.full(5, 0.2), size=200)
    whole = genbench.score(generated_probabilities=table, metrics="is")["is"].value

    for preset in ("torch-fidelity", "torchmetrics"):
        found = genbench.score(generated_probabilities=table, metrics="is", preset=preset)["is"]

        assert 1 < found.value < whole
        assert found.parameters["splits"] == 10


def test_with_prdc_the_surface_of_a_ball_is_outside():
    """Four points on a line, a unit apart: the nearest other lies on the surface of each ball."""
    line = np.arange(4.0)[:, None]

    closed, opened = (
        genbench.score(test=line, generated=line, k=1, metrics=["density", "coverage"], **settings)
        for settings in ({}, {"preset": "prdc"})
    )

    assert opened["density"].value == 1
    assert closed["density"].value == (2 + 3 + 3 + 2) / 4
    assert opened["coverage"].value == closed["coverage"].value == 1
