"""The store of a board: what lands is there, whole, and what was once written can be read."""

import ast
import json
import os
import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from genbench.ground.errors import BadInput
from genbench.runs import records
from genbench.runs.environments import name_of, this_environment
from genbench.runs.records import Record
from genbench.runs.store import Store

FROZEN = Path(__file__).parent / "frozen"
RECORD = Record(key="abc", dataset="ring", model="m", family="f", seed=0, status="skipped")


def test_what_has_landed_is_published_beside_what_was_there(tmp_path):
    store = Store(tmp_path)
    records.write(store.published, [RECORD, replace(RECORD, seed=1)])
    newer = replace(RECORD, key="def", status="error", finished="2026")
    store.land(newer)

    assert store.landed("def") == newer
    assert store.landed("abc") is None
    assert store.publish() == [newer, replace(RECORD, seed=1)]
    assert records.read(store.published) == [newer, replace(RECORD, seed=1)]

    before = store.published.stat().st_mtime_ns
    store.publish()
    assert store.published.stat().st_mtime_ns == before  # nothing new, nothing written


def test_an_environment_is_kept_once_and_published_with_what_was_made_in_it(tmp_path):
    store = Store(tmp_path)
    name = store.keep_environment()
    assert store.keep_environment() == name
    store.publish()
    assert not (tmp_path / "environments.json").exists()

    store.land(replace(RECORD, environment=name))
    store.publish()

    (environment,) = json.loads((tmp_path / "environments.json").read_text()).values()
    assert environment == this_environment()
    assert name_of(environment) == name != name_of(environment | {"python": "2.7"})
    assert environment["packages"]["torch"]
    assert environment["cores"] >= 1


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the kernels are named for x86")
def test_an_environment_says_which_kernels_linear_algebra_runs_on():
    """Numbers differ from about the eleventh digit on from one processor's kernels to another's."""
    told = {}
    for kernel in ("Haswell", "Nehalem"):
        code = "from genbench.runs.environments import this_environment as e; print(e())"
        surroundings = os.environ | {"OPENBLAS_CORETYPE": kernel}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=surroundings,
            capture_output=True,
            check=True,
            text=True,
        )
        told[kernel] = ast.literal_eval(done.stdout).get("linear_algebra", [])

    if not any("openblas" in line for line in told["Haswell"]):
        pytest.skip("numpy has no OpenBLAS here")
    assert all(f"openblas for {kernel}" in lines for kernel, lines in told.items())


def test_an_empty_store_publishes_nothing(tmp_path):
    assert Store(tmp_path).publish() == []
    assert list(tmp_path.iterdir()) == []


def test_environments_that_are_no_json_are_named(tmp_path):
    (tmp_path / "environments.json").write_text("[")

    with pytest.raises(BadInput, match=r"environments\.json is not JSON"):
        Store(tmp_path).environments()


@pytest.mark.parametrize("path", sorted(FROZEN.glob("*.jsonl")), ids=lambda path: path.stem)
def test_records_that_were_once_written_are_read_for_ever(path, tmp_path):
    found = records.read(path)

    first, *_ = path.read_text().splitlines()
    assert len(found) == len(path.read_text().splitlines())
    assert f"schema_{json.loads(first)['schema']}" == path.stem
    good = [record for record in found if record.status == "ok"]
    assert {"ok"} < {record.status for record in found}
    assert all(record.value("recall") is not None for record in good)
    assert all(record.failed or record.status in ("ok", "skipped") for record in found)

    # And written as they are now, they say the same.
    records.write(tmp_path / "new.jsonl", found)
    assert records.read(tmp_path / "new.jsonl") == found


def test_every_schema_that_can_be_read_is_frozen():
    assert {f"schema_{schema}" for schema in records.READABLE} == {
        path.stem for path in FROZEN.glob("*.jsonl")
    }
