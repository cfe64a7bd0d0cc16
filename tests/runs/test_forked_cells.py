"""Cells of a run are forked of processes that have imported what they need: all else is as ever."""

import sys

import numpy as np
import pytest

from genbench.ground.templates import Templates
from genbench.models.find import find
from genbench.models.held import take
from genbench.runs.cells import Cell, take_together
from genbench.runs.fits import Part, fit_once
from genbench.runs.imports import imports_of

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has pidfds")

PLAIN = """
import os, pathlib, signal, sys
import numpy as np

class Plain:
    def fit(self, train, *, rng):
        self.mean = train.mean(axis=0)
        return self
    def sample(self, n, *, rng):
        return rng.normal(self.mean, 1, size=(n, 2))

class Tells(Plain):
    def fit(self, train, *, rng):
        print("forked" if "genbench.ground.template" in command(template()) else "started")
        return super().fit(train, rng=rng)

class KillsItsTemplate(Tells):
    def fit(self, train, *, rng):
        super().fit(train, rng=rng)
        if "genbench.ground.template" in command(template()):
            pathlib.Path(__file__).with_name("killed").touch()
            os.kill(template(), signal.SIGKILL)
            signal.pause()
        return self

def template():
    status = pathlib.Path(f"/proc/{os.getppid()}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])

def command(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
"""
LEARNS = """
import numpy as np
import torch
from torch import nn

class Learns:
    def fit(self, train, *, rng):
        assert torch.get_num_threads() == 1
        torch.manual_seed(int(rng.integers(2**31)))
        np.random.seed(int(rng.integers(2**31)))
        self.net = nn.Sequential(nn.Linear(2, 32), nn.SiLU(), nn.Dropout(0.1), nn.Linear(32, 2))
        optimizer = torch.optim.Adam(self.net.parameters())
        train = torch.as_tensor(train, dtype=torch.float32)
        for _ in range(20):
            batch = train[np.random.permutation(len(train))[:64]]
            loss = (self.net(torch.randn_like(batch)) - batch).square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        return self
    def sample(self, n, *, rng):
        with torch.no_grad():
            return self.net(torch.randn(n, 2)).numpy() + np.random.normal(size=(n, 2))
"""


@pytest.fixture
def part(tmp_path):
    """A function from a model and a place to what is to be done."""
    (tmp_path / "plain.py").write_text(PLAIN)
    (tmp_path / "learns.py").write_text(LEARNS)

    def made(name, where):
        path = tmp_path / ("learns.py" if name == "Learns" else "plain.py")
        (taken,) = take_together([Cell("ring", f"{path}:{name}", 0)])
        return Part(taken, tmp_path / where)

    return made


def done(part, templates=None):
    (outcome,) = fit_once([part], templates=templates).values()
    assert (outcome.status, outcome.reason) == ("ok", None)
    return outcome


def test_numbers_are_those_of_a_process_that_is_started(part, tmp_path):
    done(part("Learns", "started"))
    with Templates() as templates:
        for where in ("first", "second"):
            done(part("Learns", where), templates)

    started, first, second = (
        np.load(tmp_path / where / "samples.npy") for where in ("started", "first", "second")
    )
    np.testing.assert_array_equal(first, started)
    np.testing.assert_array_equal(second, started)


def test_a_cell_does_not_take_what_others_need(part):
    started = done(part("Plain", "started"))
    with Templates() as templates:
        done(part("Learns", "learns"), templates)
        forked = done(part("Plain", "forked"), templates)

    assert forked.peak_memory < 1.1 * started.peak_memory


def test_the_end_of_a_template_is_no_fault_of_a_model(part, tmp_path):
    def said(where):
        return (tmp_path / where / "output.txt").read_text()

    with Templates() as templates:
        done(part("Tells", "before"), templates)
        done(part("KillsItsTemplate", "kills"), templates)
        done(part("Tells", "after"), templates)

    assert (tmp_path / "killed").exists()
    assert [said(where) for where in ("before", "kills", "after")] == [
        "forked\n",
        "started\n",
        "started\n",
    ]


def test_what_is_imported_beforehand_is_of_libraries_and_what_a_model_needs_at_once(tmp_path):
    (tmp_path / "beside.py").write_text("from scipy import special\nimport json, click\n")
    (tmp_path / "model.py").write_text(
        "import beside\n"
        "try:\n    import torch.optim as o\nexcept ImportError:\n    o = None\n"
        "class M:\n    def fit(self, train, *, rng):\n        import sklearn\n"
    )
    theirs = imports_of(take(find(f"{tmp_path / 'model.py'}:M")))

    assert {"torch", "torch.optim", "scipy", "scipy.special"} <= theirs
    assert not {"beside", "click", "sklearn"} & theirs
    ours = imports_of(take(find("vae")))
    assert "torch" in ours
    assert not [name for name in ours if name.startswith("genbench.baselines")]
    assert {"numpy", "genbench.models.find"} <= theirs & ours  # that every cell needs
