"""Every metric on 200 pictures of 64 x 64: the smaller of n and d is squared, none is cubed."""

import json
import os
import subprocess
import sys

import pytest

from genbench.metrics import CATALOG

pytestmark = pytest.mark.long  # nearly a minute
# What pictures are not: rows of symbols or series, or models that play against each other.
ELSEWHERE = {"pool", "symbols", "series"}
OF_OTHERS = {name for name, metric in CATALOG.items() if ELSEWHERE & set(metric.inputs)}
SECONDS, BYTES = 60, 10**9  # the sets that are given included: seven of 20 MB

PROGRAM = """
import json, time
import numpy as np
import ot, sklearn.ensemble, torch  # what libraries take is not what metrics take
from scipy.ndimage import gaussian_filter
import genbench
from genbench.ground.processes import peak_memory

imported = peak_memory()
n, shape = 200, (64, 64, 3)
d = 64 * 64 * 3
rng = np.random.default_rng(0)

class Normal:
    def sample(self, n, *, rng):
        return rng.standard_normal((n, d)), np.zeros(n, dtype=int)

    def log_prob(self, points):
        return -np.einsum("ij,ij->i", points, points) / 2

def pictures():
    return np.clip(0.5 + 1.2 * gaussian_filter(rng.normal(size=(n, *shape)), (0, 2, 2, 0)), 0, 1)

def near(samples):
    return np.clip(samples + 1e-2 * rng.normal(size=samples.shape), 0, 1)

sets = "test", "train", "generated"
given = {name: pictures() for name in sets}
given |= {f"{name}_probabilities": rng.dirichlet(np.ones(10), n) for name in sets}
given |= {f"{name}_labels": np.arange(n) % 10 for name in sets}
given |= {
    "test_factors": rng.integers(0, 4, (n, 3)),
    "density": Normal(),
    "manifold": lambda points: np.abs(points).mean(axis=1),
    "data_range": 1.0,
    "test_log_prob": rng.normal(size=n),
    "train_log_prob": rng.normal(size=n),
    "test_score": -given["test"].reshape(n, d),
    "test_reconstruction": near(given["test"]),
    "test_log_weights": rng.normal(size=(n, 8)),
    "test_codes": rng.normal(size=(n, 10)),
    "generated_quality": rng.normal(size=n),
    "generated_latents": rng.normal(size=(n, 64)),
    "path_starts": given["test"],
    "path_ends": near(given["test"]),
    "path_step": 1e-3,
    "token_log_prob": np.log(rng.uniform(0.1, 0.9, 50)),
    "test_bytes": 200.0,
}
start = time.process_time()
scores = genbench.score(**given)
print(json.dumps({
    "seconds": time.process_time() - start,
    "each": {name: [score.status, score.reason, score.seconds] for name, score in scores.items()},
    "bytes": peak_memory() - imported,
}))
"""


@pytest.fixture(scope="module")
def done():
    """What all metrics took, in a process of their own."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        timeout=600,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def test_all_metrics_of_pictures_of_64_x_64_finish_in_a_minute_of_one_core(done):
    slowest = sorted(done["each"].items(), key=lambda item: -item[1][2])[:5]

    assert done["seconds"] < SECONDS, slowest
    assert done["bytes"] < BYTES


def test_none_of_them_is_left_out(done):
    left_out = {name: found for name, found in done["each"].items() if found[0] != "ok"}

    assert set(left_out) <= OF_OTHERS, left_out
