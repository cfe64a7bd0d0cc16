"""Bundles: samples that go to another machine, arrive as they were, and are trusted in nothing."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.report.folder import report
from genbench.runs.boards import Board
from genbench.runs.bundles import add_bundle, write_bundle
from genbench.runs.records import REAL
from genbench.runs.run import run
from genbench.runs.store import Store

BOARD = Board(
    summary="", datasets=("ring",), models=("gaussian",), metrics=("recall", "log_likelihood")
)
MODELS = """
import numpy as np
class Failing:
    def fit(self, train, *, rng):
        raise ValueError("cannot learn this")
    def sample(self, n, *, rng):
        return None
"""


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A board that was run, and the bundle of one of its models."""
    folder = tmp_path_factory.mktemp("mine")
    (folder / "failing.py").write_text(MODELS)
    board = replace(BOARD, models=("gaussian", str(folder / "failing.py")))
    found = run(board, folder / "board")
    store = Store(folder / "board")
    chosen = [record for record in found if record.model == "gaussian"]
    path = write_bundle(folder / "mine.zip", store, chosen, name="Mine", family="yours")
    return folder, found, path


def repacked(source, path, change):
    """The bundle with its members changed by a function of them."""
    with zipfile.ZipFile(source) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def manifest(change):
    def changed(members):
        values = json.loads(members["manifest.json"])
        change(values)
        members["manifest.json"] = json.dumps(values).encode()

    return changed


def test_a_bundle_scores_elsewhere_as_it_did_here(mine, tmp_path):
    _, found, path = mine
    (ours,) = (record for record in found if record.model == "gaussian")
    store = Store(tmp_path)

    (landed,) = add_bundle(path, BOARD, store)

    values = [{n: s.value for n, s in r.scores.items()} for r in (ours, landed)]
    assert values[0] == values[1]
    assert values[1]["log_likelihood"] is not None
    assert (landed.model, landed.family, landed.verified) == ("Mine", "yours", False)
    assert (landed.fit_seconds, landed.source) == (ours.fit_seconds, ours.source)
    assert store.records() == [landed]
    (again,) = add_bundle(path, BOARD, store)
    assert store.records() == [again]

    report(tmp_path)
    assert "genbench was handed the samples of Mine" in (tmp_path / "README.md").read_text()


def test_a_failure_goes_along_as_a_failure(mine, tmp_path):
    folder, found, _ = mine
    failed = [record for record in found if record.failed]

    path = write_bundle(
        tmp_path / "f.zip", Store(folder / "board"), failed, name="Failing", family="yours"
    )
    (landed,) = add_bundle(path, BOARD, Store(tmp_path))

    assert (landed.status, landed.phase) == ("error", "fit")
    assert landed.reason == "ValueError: cannot learn this"
    assert landed.scores == {}


def test_nothing_to_submit_and_samples_that_are_gone_are_said(mine, tmp_path):
    _, found, _ = mine
    (ours,) = (record for record in found if record.model == "gaussian")

    with pytest.raises(BadInput, match="nothing to submit"):
        write_bundle(tmp_path / "b.zip", Store(tmp_path), [], name="Mine", family="yours")
    with pytest.raises(BadInput, match=r"samples\.npy is gone"):
        write_bundle(tmp_path / "b.zip", Store(tmp_path), [ours], name="Mine", family="yours")
    with pytest.raises(BadInput, match="name must be text"):
        write_bundle(tmp_path / "b.zip", Store(tmp_path), [ours], name="a\nb", family="yours")
    assert list(tmp_path.iterdir()) == []


def samples(array, *, honest):
    """Other samples, with the checksum that they have or with that of those before."""

    def change(members):
        file = io.BytesIO()
        np.save(file, array, allow_pickle=True)
        members["samples/0.npy"] = file.getvalue()
        if honest:
            values = json.loads(members["manifest.json"])
            values["cells"][0]["files"]["samples/0.npy"] = hashlib.sha256(
                file.getvalue()
            ).hexdigest()
            members["manifest.json"] = json.dumps(values).encode()

    return change


ATTACKS = {
    "other samples": (samples(np.zeros((1000, 2)), honest=False), "not the file of its checksum"),
    "too few": (samples(np.zeros((9, 2)), honest=True), r"float64 \(9, 2\); expected float64"),
    "other type": (samples(np.zeros((1000, 2), np.float32), honest=True), "holds float32"),
    "no numbers": (samples(np.full((1000, 2), np.nan), honest=True), "1000 of 1000 samples hold"),
    "pickles": (samples(np.array([[print]] * 100), honest=True), "not a readable bundle"),
    "too large": (samples(np.zeros((9000, 2)), honest=True), "the limit is"),
    "no manifest": (lambda members: members.pop("manifest.json"), "holds no manifest.json"),
    "no samples": (lambda members: members.pop("samples/0.npy"), "holds no file samples/0.npy"),
    "no JSON": (lambda members: members.update({"manifest.json": b"{"}), "not a readable bundle"),
    "another way out": (lambda members: members.update({"../x": b""}), "leads out of the archive"),
    "a list": (lambda members: members.update({"manifest.json": b"[]"}), "must have schema 1"),
    "new schema": (manifest(lambda v: v.update(schema=2)), "must have schema 1"),
    "old protocol": (manifest(lambda v: v.update(protocol=1)), "made by protocol 1"),
    "no cells": (manifest(lambda v: v.update(cells=[])), "must have 1 to"),
    "twice": (manifest(lambda v: v.update(cells=v["cells"] * 2)), "two cells of one data set"),
    "our name": (manifest(lambda v: v.update(name="gaussian")), "on the board already"),
    "the real": (manifest(lambda v: v.update(name=REAL)), "on the board already"),
    "long name": (manifest(lambda v: v.update(name="a" * 81)), "81 characters; the limit is 80"),
    "odd name": (manifest(lambda v: v.update(name="\u202e")), "name must be text"),
    "no family": (manifest(lambda v: v.update(family=None)), "family must be text"),
    "odd cell": (
        manifest(lambda v: v["cells"][0].update(more=1)),
        "cell of its manifest is none",
    ),
    "other data": (
        manifest(lambda v: v["cells"][0].update(dataset="moons")),
        "no data set",
    ),
    "other seed": (manifest(lambda v: v["cells"][0].update(seed=7)), "no seed of this board"),
    "true seed": (manifest(lambda v: v["cells"][0].update(seed=[0])), "no seed of this board"),
    "odd status": (manifest(lambda v: v["cells"][0].update(status="best")), "is no status"),
    "old data": (manifest(lambda v: v["cells"][0].update(dataset_hash="0")), "another version"),
    "odd time": (manifest(lambda v: v["cells"][0].update(fit_seconds=-1)), "seconds must be"),
    "odd reason": (manifest(lambda v: v["cells"][0].update(reason=[1])), "reasons must be text"),
    "ok but empty": (manifest(lambda v: v["cells"][0].update(files={})), "if and only if"),
    "failed but full": (manifest(lambda v: v["cells"][0].update(status="error")), "if and only if"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_bundle_that_is_not_as_it_should_be_is_refused_whole(mine, tmp_path, attack):
    change, reason = ATTACKS[attack]
    path = repacked(mine[2], tmp_path / "bundle.zip", change)

    with pytest.raises(BadInput, match=reason):
        add_bundle(path, BOARD, Store(tmp_path / "board"))

    assert not (tmp_path / "board").exists()


def test_what_is_no_zip_is_said(tmp_path):
    (tmp_path / "b.zip").write_bytes(b"no zip")

    with pytest.raises(BadInput, match="not a readable bundle"):
        add_bundle(tmp_path / "b.zip", BOARD, Store(tmp_path / "board"))
    with pytest.raises(BadInput, match="There is no file"):
        add_bundle(tmp_path / "c.zip", BOARD, Store(tmp_path / "board"))
