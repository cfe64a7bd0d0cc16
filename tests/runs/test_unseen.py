"""Nothing that a model is handed while it learns and draws holds a test sample."""

import ast
from pathlib import Path

import numpy as np
import pytest

import genbench.baselines
from genbench.runs.cells import Cell, load_once
from genbench.runs.fits import fit_and_sample
from genbench.scoring.dataset import read_outputs

SPY = """
import os, pathlib, sys
import numpy as np

class Spy:
    '''Draws how many of the rows that it looks for are in its files: of test, and of train.'''
    def look(self):
        rows = np.load(os.environ["GENBENCH_SPY"])
        files = [p.read_bytes() for p in pathlib.Path(sys.argv[1]).rglob("*") if p.is_file()]
        seen = [sum(row.tobytes() in file for row in part for file in files) for part in rows]
        self.seen = np.maximum(getattr(self, "seen", 0), seen)
    def fit(self, train, *, rng, labels=None):
        self.look()
        return self
    def sample(self, n, *, rng, labels=None):
        self.look()
        return np.tile(self.seen.astype(float), (n, 1))
    def log_prob(self, samples):
        self.look()
        return np.zeros(len(samples))
"""


def test_its_folder_holds_training_samples_and_no_test_sample(tmp_path, monkeypatch):
    ring = load_once("ring")
    np.save(tmp_path / "rows.npy", np.stack([ring.test[:50], ring.train[:50]]))
    monkeypatch.setenv("GENBENCH_SPY", str(tmp_path / "rows.npy"))
    (tmp_path / "spy.py").write_text(SPY)

    outcome = fit_and_sample(Cell("ring", f"{tmp_path / 'spy.py'}:Spy", 0), tmp_path / "cell")

    assert outcome.status == "ok", outcome.reason
    np.testing.assert_array_equal(read_outputs(tmp_path / "cell", ring).samples[0], [0, 50])


MODULES = sorted(
    path
    for path in Path(genbench.baselines.__path__[0]).rglob("*.py")
    if path.name != "catalog.py"  # which lists models, and is none
)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_baseline_can_reach_a_data_set_by_what_it_imports(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append("." * node.level + (node.module or ""))

    assert not [name for name in found if name.startswith(("genbench", "importlib", "..."))]
