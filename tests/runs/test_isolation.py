"""What a model in a container may write to is one folder, and the run follows nothing in it."""

import os
import subprocess

import pytest

from genbench.ground.processes import Launcher
from genbench.runs.cells import Cell
from genbench.runs.fits import fit_and_sample
from genbench.runs.limits import Limits

# All is for reading only but the folder, as behind the docker command of the README.
JAIL = """#!/bin/sh
F="$1"; shift
exec unshare -m sh -c 'F="$1"; shift
mount --make-rprivate / && mount --bind "$F" "$F" && mount -o remount,bind,ro / && exec "$@"' \
sh "$F" "$@"
"""
MODEL = """
import os, pathlib, sys, time
import numpy as np

class Model:
    def fit(self, train, *, rng):
        folder, victim = pathlib.Path(sys.argv[1]), pathlib.Path(__file__).with_name("victim")
        try:
            victim.write_text("not a jail")
        except OSError as error:
            print("refused", error.errno)
        for path in folder.parent.iterdir():
            if path != folder:
                try:
                    path.unlink()
                except OSError as error:
                    print(path.name, "refused", error.errno)
        for name in ("output.txt", "points.tmp.npy", "record.json", "samples.npy", "outcome.json"):
            for at in (folder, folder.parent):
                try:
                    (at / name).symlink_to(victim)
                except OSError:
                    pass
        print("x" * 11_000_000, flush=True)  # over what is kept
        time.sleep(0.3)
        for name in ("samples.npy", "outcome.json"):
            (folder / name).unlink()
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, 2))
    def log_prob(self, samples):
        return np.zeros(len(samples))
"""


def test_the_run_writes_nowhere_that_a_model_in_a_container_points_it_to(tmp_path):
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        pytest.skip("needs a mount namespace")
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "model.py").write_text(MODEL)
    jail = tmp_path / "jail.sh"
    jail.write_text(JAIL)
    jail.chmod(0o755)
    limits = Limits(seconds=60, launcher=Launcher(isolate=(str(jail), "{folder}")))

    outcome = fit_and_sample(
        Cell("ring", f"{tmp_path / 'model.py'}:Model", 0), tmp_path / "cell", limits=limits
    )

    assert (outcome.status, outcome.reason) == ("ok", None)
    assert (tmp_path / "victim").read_text() == "precious"
    assert (tmp_path / "cell" / "output.txt").stat().st_size <= 10_000_000
    names = ["log_prob.npy", "outcome.json", "output.txt", "samples.npy"]
    assert sorted(path.name for path in (tmp_path / "cell").iterdir()) == names
    assert not any(path.is_symlink() for path in (tmp_path / "cell").iterdir())
