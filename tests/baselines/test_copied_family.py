"""A family's folder, with what it shares beside it, copied elsewhere, works without genbench."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from genbench.baselines import catalog

BASELINES = Path(catalog.__file__).parent

# Of each folder the model to train; of all the others the files are imported.
TRAINED = {
    "controls": "noisy_bootstrap",
    "samplers": "box_muller",
    "counts": "good_turing",
    "densities": "kernel_density",
    "chains": "langevin",
    "flows": "realnvp",
    "autoencoders": "autoencoder",
    "latent_variables": "vae",
    "quantization": "vq_vae",
    "gans": "gan",
    "autoregressive": "transformer",
    "diffusion": "flow_matching",
    "energy": "energy_based",
    "sequences": "interpolated",
}
# The only families that import another.
NEEDS = {"sequences": ["autoregressive"], "quantization": ["autoregressive"]}
SHARED = ("training.py", "pictures.py")

SCRIPT = """
import importlib, inspect, json, pkgutil, sys

import numpy as np

sys.modules["genbench"] = None  # whoever imports it fails
FEW = ("steps", "epochs", "max_steps", "max_epochs", "prior_steps")
train = np.random.default_rng(0).binomial(6, 0.3, size=(60, 4)).astype(float)
for family, (module, name, params) in json.loads(sys.argv[1]).items():
    package = importlib.import_module(f"mine.{family}.{family}")
    for file in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{file.name}")
    model = getattr(importlib.import_module(f"{package.__name__}.{module}"), name)
    knobs = inspect.signature(model).parameters
    model = model(**params, **{knob: 2 for knob in FEW if knob in knobs})
    model = model.fit(train, rng=np.random.default_rng(1))
    samples = model.sample(3, rng=np.random.default_rng(2))
    print(family, samples.shape == (3, 4) and bool(np.isfinite(samples).all()))
"""


@pytest.mark.long
def test_every_family_works_alone_with_what_it_shares_beside_it(tmp_path):
    models = {}
    for family, name in TRAINED.items():
        # In packages of their own, or one family could import another.
        for folder in (family, *NEEDS.get(family, [])):
            shutil.copytree(BASELINES / folder, tmp_path / "mine" / family / folder)
        for file in SHARED:
            shutil.copy(BASELINES / file, tmp_path / "mine" / family)
        spec = catalog.CATALOG[name]
        models[family] = (*spec.target.rpartition(".")[2].split(":"), dict(spec.params))

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(models)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert set(TRAINED) == {folder for _, folder in catalog.FAMILIES}
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{family} True" for family in TRAINED]
