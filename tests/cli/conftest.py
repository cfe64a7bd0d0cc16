"""A board that was made by hand, for the commands that read one."""

from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.metric import Score
from genbench.runs import records
from genbench.runs.records import REAL, Record

AIMS = {"precision": "high", "coverage": "high"}
AIMS |= {"authenticity": "match", "bayesian_surprise": "match"}
HOSTILE = r"50%_of {a} \b & c#$~^"

# model -> how far it is from noise (0) to real samples (1), and its share of originals
MODELS = {
    REAL: (1.0, 0.5),
    "noise": (0.0, 0.9),
    "copycat": (0.99, 0.0),
    "first": (0.97, 0.5),
    "second": (0.9, 0.4),
    "level": (0.9, 0.5),
    "copyist": (0.98, 0.01),
    HOSTILE: (0.5, 0.5),
}


def record(model, seed, dataset, way, originals):
    """Return a cell whose model is so far on the way from noise to real samples."""
    values = {
        "frechet_distance": 10 - 9 * way,
        "precision": 0.1 + 0.8 * way,
        "coverage": 0.1 + 0.8 * way,
        "authenticity": originals,
        "bayesian_surprise": 0.6 - 0.2 * way,
    }
    return Record(
        key=f"{dataset}{model}{seed}",
        dataset=dataset,
        model=model,
        family="control" if model in (REAL, "noise", "copycat") else "yours",
        seed=seed,
        status="ok",
        version="0.1.0",
        finished=f"2024-05-0{seed + 1}T00:00:00",
        n_train=1000,
        n_test=500,
        n_generated=400,
        fit_seconds=1.5,
        scores={
            name: Score(
                metric=name, aim=AIMS.get(name, "low"), bounds=(0, 1), status="ok", value=value
            )
            for name, value in values.items()
        },
    )


def cells(*datasets, seeds=3, spread=1e-3):
    """Return every model with every seed; seeds of a model lie at other places for each."""
    return [
        record(model, seed, dataset, float(way + shift), originals)
        for dataset in datasets
        for model, (way, originals) in MODELS.items()
        for seed, shift in enumerate(
            spread * np.random.default_rng([*map(ord, model + dataset)]).normal(size=seeds)
        )
    ]


def refused(model, dataset):
    """Return a cell whose model could not learn from the data set."""
    return replace(
        record(model, 0, dataset, 0.0, 0.0), status="skipped", reason="too wide", scores={}
    )


@pytest.fixture
def boards(tmp_path):
    """A folder with the board `mine`, on which `narrow` was refused, and `once`, of one seed."""
    found = cells("moons", "ring")
    levels = [cell for cell in found if cell.model == "level" and cell.dataset == "ring"]
    found += [replace(cell, model="narrow", key=f"narrow{cell.seed}") for cell in levels]
    found += [refused("narrow", "moons")]
    for name, kept in (("mine", found), ("once", cells("ring", seeds=1))):
        records.write(tmp_path / name / "records.jsonl", records.newest(kept))
    return tmp_path


@pytest.fixture
def call(boards, monkeypatch):
    """Run a command on these boards, in their folder."""
    monkeypatch.chdir(boards)

    def run(*arguments):
        return CliRunner().invoke(main, [*map(str, arguments), "--folder", str(boards)])

    return run
