"""Bundles: samples that go to another machine, arrive as they were, and are trusted in nothing."""

import hashlib
import io
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.report.folder import report
from genbench.runs import bundles
from genbench.runs.boards import Board
from genbench.runs.bundles import add_bundle, add_samples, write_bundle
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
    "false seed": (manifest(lambda v: v["cells"][0].update(seed=False)), "no seed of this board"),
    "half a seed": (manifest(lambda v: v["cells"][0].update(seed=0.0)), "no seed of this board"),
    "long time": (manifest(lambda v: v["cells"][0].update(fit_seconds=10**400)), "seconds must be"),
    "endless time": (
        lambda members: members.update(
            {
                "manifest.json": re.sub(
                    rb'"fit_seconds": [^,]*', b'"fit_seconds": 1e999', members["manifest.json"]
                )
            }
        ),
        "seconds must be",
    ),
    "NaN time": (
        manifest(lambda v: v["cells"][0].update(fit_seconds=float("nan"))),
        "seconds must be",
    ),
    "true time": (manifest(lambda v: v["cells"][0].update(fit_seconds=True)), "seconds must be"),
    "odd phase": (manifest(lambda v: v["cells"][0].update(phase="<b>")), "is no phase"),
    "phase that is no text": (
        manifest(lambda v: v["cells"][0].update(phase="\ud800")),
        "is no phase",
    ),
    "name that is no text": (manifest(lambda v: v.update(name="\ud800")), "name must be text"),
    "source that is no text": (manifest(lambda v: v.update(source="\ud800")), "be a checksum"),
    "source that is no source": (manifest(lambda v: v.update(source={"a": 1})), "be a checksum"),
    "true schema": (manifest(lambda v: v.update(schema=True)), "must have schema 1"),
    "like our name": (manifest(lambda v: v.update(name="Gaussian")), "on the board already"),
    "like the real": (manifest(lambda v: v.update(name="(Real  samples)")), "on the board already"),
    "like ours, Cyrillic": (
        manifest(lambda v: v.update(name="g\u0430ussian")),
        r"holds '\u0430' \(U\+0430 CYRILLIC SMALL LETTER A\); expected the letters a to z",
    ),
    "like ours, Greek and dotless": (
        manifest(lambda v: v.update(name="c\u03bfpycat g\u0131n")),
        r"U\+03BF GREEK SMALL LETTER OMICRON\), '\u0131' \(U\+0131 LATIN SMALL LETTER DOTLESS I\)",
    ),
    "heaps of marks": (
        manifest(lambda v: v.update(name="Z" + "\u0335\u0321" * 9)),
        r"U\+0335 COMBINING SHORT STROKE OVERLAY",
    ),
    "odd family": (
        manifest(lambda v: v.update(family="fl\u043ews")),
        r"The family .* holds .*U\+043E CYRILLIC SMALL LETTER O",
    ),
    "data set like another": (
        manifest(lambda v: v["cells"][0].update(dataset="r\u0456ng")),
        r"'r\\u0456ng' is no data set of this board",
    ),
    "far away": (
        samples(np.full((1000, 2), 1e155), honest=True),
        r"generated holds numbers beyond 1e\+40",
    ),
    "like ours, wide": (manifest(lambda v: v.update(name="ｇaussian")), "on the board already"),
    "out of the race": (manifest(lambda v: v.update(family="control")), "do not compete"),
    "depth": (lambda members: members.update({"manifest.json": b"[" * 10**5}), "not a readable"),
    "density of a failure": (
        manifest(
            lambda v: v["cells"][0].update(
                status="error", files={"log_prob/0.npy": v["cells"][0]["files"]["log_prob/0.npy"]}
            )
        ),
        "if and only if",
    ),
    "samples twice": (
        lambda members: (
            members.update({"samples/1.npy": members["samples/0.npy"]}),
            manifest(
                lambda v: v["cells"][0].update(
                    files=dict.fromkeys(
                        ("samples/0.npy", "samples/1.npy"), v["cells"][0]["files"]["samples/0.npy"]
                    )
                )
            )(members),
        ),
        "two files of samples",
    ),
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


def test_reasons_come_as_text_that_can_be_kept(mine, tmp_path):
    folder, found, _ = mine
    failed = [record for record in found if record.failed]
    write_bundle(tmp_path / "f", Store(folder / "board"), failed, name="F", family="yours")
    odd = manifest(lambda v: v["cells"][0].update(reason="\ud800\n\x1b[2J" + "x" * 999))

    add_bundle(repacked(tmp_path / "f", tmp_path / "g", odd), BOARD, Store(tmp_path / "b"))

    (landed,) = Store(tmp_path / "b").publish()
    assert landed.reason.startswith("\\ud800 \\x1b[2J")
    assert len(landed.reason) <= 500


# What comes under the name of a model that is there already.
USURPERS = {
    "other samples": (samples(np.zeros((1000, 2)), honest=True), "with other samples of ring"),
    "another source": (manifest(lambda v: v.update(source="0" * 64)), "stands for another source"),
    "another case": (manifest(lambda v: v.update(name="mine")), "stands for another source"),
    "accents": (manifest(lambda v: v.update(name="Mi\u0301ne")), "stands for another source"),
    "blanks": (manifest(lambda v: v.update(name="M ine")), "stands for another source"),
    "a failure": (
        manifest(lambda v: v["cells"][0].update(status="error", files={})),
        "with other samples of ring",
    ),
}


@pytest.mark.parametrize("usurper", USURPERS)
def test_a_name_belongs_to_what_it_first_stood_for(mine, tmp_path, usurper):
    change, reason = USURPERS[usurper]
    store = Store(tmp_path / "board")
    (first,) = add_bundle(mine[2], BOARD, store)
    store.publish()
    before = snapshot(store.folder)

    with pytest.raises(BadInput, match=reason):
        add_bundle(repacked(mine[2], tmp_path / "b.zip", change), BOARD, store)

    assert snapshot(store.folder) == before
    assert store.publish() == [first]


TAKEN = r"stands for another source|characters; the limit"


def test_a_bundle_never_stands_in_for_a_model_that_was_run(mine, tmp_path):
    folder, found, path = mine
    (failing,) = (record for record in found if record.failed)
    taken = repacked(path, tmp_path / "b.zip", manifest(lambda v: v.update(name=failing.model)))

    with pytest.raises(BadInput, match=TAKEN):
        add_bundle(taken, BOARD, Store(folder / "board"))
    zeros = np.zeros((1000, 2))
    with pytest.raises(BadInput, match=TAKEN):
        add_samples(zeros, "ring", BOARD, Store(folder / "board"), name=failing.model)

    assert failing in Store(folder / "board").records()


def test_nothing_lands_unless_it_would_be_read_as_it_is(mine, tmp_path, monkeypatch):
    def refuse(_):
        raise ValueError("it would not be read as it was written")

    monkeypatch.setattr(bundles, "check", refuse)

    with pytest.raises(BadInput, match="it would not be read"):
        add_bundle(mine[2], BOARD, Store(tmp_path / "board"))

    assert not (tmp_path / "board").exists()


def snapshot(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
