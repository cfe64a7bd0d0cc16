"""A model's files are edited while its cell runs: numbers stand under what they were made by."""

import os
import time
from threading import Thread

import pytest

from genbench.models.find import find, source_hash
from genbench.runs.cells import Cell
from genbench.runs.jobs import Plan, do
from genbench.runs.run import standing
from genbench.runs.store import Store

# Waits before it imports what it draws with, and after.
MODEL = """
import pathlib, time
here = pathlib.Path(__file__).parent

def wait(step):
    (here / f"{step}.here").touch()
    while not (here / f"{step}.go").exists():
        time.sleep(0.01)

class M:
    def fit(self, train, *, rng):
        wait("fit")
        return self
    def sample(self, n, *, rng):
        import helper
        return helper.draw(n, rng) + SHIFT
"""
HELPER = "def draw(n, rng): return rng.normal(size=(n, 2)) + {}\n"


@pytest.mark.parametrize("moment", ["claimed", "fit"])
def test_what_was_hashed_is_what_runs(tmp_path, moment):
    model, helper = tmp_path / "model.py", tmp_path / "helper.py"
    model.write_text(MODEL.replace("SHIFT", "900"))
    helper.write_text(HELPER.format(90))
    (tmp_path / "fit.go").touch() if moment == "claimed" else None
    cell, store = Cell("ring", f"{model}:M", 0), Store(tmp_path / "board")
    plan = Plan(folder=store.folder, metrics=())
    key, source = cell.key(), source_hash(find(cell.model))

    def edit(*_):
        model.write_text(MODEL.replace("SHIFT", "100"))
        helper.write_text(HELPER.format(10))

    if moment == "claimed":  # before the process begins
        made = do(plan, [cell], on_start=edit)[0]
    else:
        Thread(target=at_fit, args=(tmp_path, edit), daemon=True).start()
        made = do(plan, [cell])[0]

    assert (made.status, made.reason) == ("ok", None)
    assert (made.key, made.source) == (key, source)
    assert min(min(point) for point in made.preview) > 980  # 900 + 90: of the old files
    assert standing(cell, store.records()[0], plan.metrics) == "stale"
    (tmp_path / "fit.go").touch()
    again = do(plan, [cell])[0]
    assert max(max(point) for point in again.preview) < 120
    assert again.key == cell.key() != key
    assert store.records() == [again]


def at_fit(folder, edit):
    while not (folder / "fit.here").exists():
        time.sleep(0.01)
    edit()
    (folder / "fit.go").touch()


def test_code_that_was_compiled_since_is_not_run(tmp_path, monkeypatch):
    """Of a file whose size and time are the same, Python would take what it compiled before."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    model = tmp_path / "model.py"
    code = (
        "import helper\nclass M:\n    def fit(self, train, *, rng): return self\n"
        "    def sample(self, n, *, rng): return rng.normal(size=(n, 2)) + helper.SHIFT\n"
    )
    model.write_text(code)
    plan, cell = Plan(folder=tmp_path / "board", metrics=()), Cell("ring", f"{model}:M", 0)
    for shift in (100, 200):
        (tmp_path / "helper.py").write_text(f"SHIFT = {shift}\n")
        os.utime(tmp_path / "helper.py", (1e9, 1e9))

        made = do(plan, [cell])[0]

        assert all(abs(x - shift) < 10 for point in made.preview for x in point)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_exported_generator_is_run_as_it_was_hashed(tmp_path):
    torch = pytest.importorskip("torch")

    class Shift(torch.nn.Module):
        def __init__(self, shift: float):
            super().__init__()
            self.shift = shift

        def forward(self, latents):
            return latents + self.shift

    path = tmp_path / "g.pt"
    torch.jit.script(Shift(100.0)).save(str(path))
    cell = Cell("ring", f"{path}:2", 0)
    key = cell.key()

    made = do(
        Plan(folder=tmp_path / "board", metrics=()),
        [cell],
        on_start=lambda _: torch.jit.script(Shift(200.0)).save(str(path)),
    )[0]

    assert (made.status, made.key) == ("ok", key)
    assert all(90 < x < 110 for point in made.preview for x in point)
