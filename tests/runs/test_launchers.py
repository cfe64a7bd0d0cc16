"""Models in a Python of their own, and behind a command of their own."""

import site
import sys
import venv

import numpy as np
import pytest

from genbench.ground.processes import Launcher
from genbench.runs.cells import Cell
from genbench.runs.fits import fit_and_sample
from genbench.runs.limits import Limits

MODEL = """
import os, sys
import numpy as np
import genbench

class Model:
    def fit(self, train, *, rng):
        print("prefix", sys.prefix)
        print("package", genbench.__file__)
        print("marked", os.environ.get("MARK"))
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, 2))
"""


@pytest.fixture
def cell(tmp_path):
    (tmp_path / "model.py").write_text(MODEL)
    return Cell("ring", f"{tmp_path / 'model.py'}:Model", 0)


@pytest.fixture
def other(tmp_path):
    """Another Python, in which nothing is installed."""
    venv.create(tmp_path / "other", with_pip=False, symlinks=True)
    return tmp_path / "other"


def said(folder):
    lines = (folder / "output.txt").read_text().splitlines()
    return dict(line.split(" ", 1) for line in lines)


def test_a_model_runs_in_the_python_that_has_what_it_needs(cell, other, tmp_path):
    (packages,) = (other / "lib").glob("python*/site-packages")
    # What is installed here stands in for what would be installed there.
    (packages / "ours.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    limits = Limits(launcher=Launcher(python=str(other / "bin" / "python")))

    outcome = fit_and_sample(cell, tmp_path / "cell", limits=limits)
    here = fit_and_sample(cell, tmp_path / "here")

    assert (outcome.status, outcome.reason) == ("ok", None)
    assert said(tmp_path / "cell")["prefix"] == str(other)
    assert said(tmp_path / "here")["prefix"] == sys.prefix
    drawn = [np.load(tmp_path / name / "samples.npy") for name in ("cell", "here")]
    np.testing.assert_array_equal(*drawn)
    assert here.status == "ok"


@pytest.mark.parametrize("python", ["bin/python", "bin/not_there"])
def test_a_python_without_numpy_or_none_at_all_is_said_to_be_missing(cell, other, tmp_path, python):
    limits = Limits(launcher=Launcher(python=str(other / python)))

    outcome = fit_and_sample(cell, tmp_path / "cell", limits=limits)

    assert outcome.status == "missing"
    assert ("numpy" if python == "bin/python" else "not_there") in outcome.reason


def test_a_command_is_put_before_the_process_and_told_the_folder(cell, tmp_path):
    mark = ("sh", "-c", 'MARK={folder} exec "$@"', "--")

    outcome = fit_and_sample(
        cell, tmp_path / "cell", limits=Limits(launcher=Launcher(isolate=mark))
    )

    assert outcome.status == "ok", outcome.reason
    assert said(tmp_path / "cell")["marked"] == str(tmp_path / "cell" / "model")
    # Our files come as a copy, without what is installed beside them.
    assert "site-packages" not in said(tmp_path / "cell")["package"]
