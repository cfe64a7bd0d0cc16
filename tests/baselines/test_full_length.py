"""Every built-in model at its full length: it draws in time, and better than noise does."""

import time

import numpy as np
import pytest

from genbench.baselines.controls.noise import UniformNoise
from genbench.baselines.training import energy_distance
from genbench.datasets import load
from genbench.models.find import Selective, baselines

DEADLINE = 300.0  # seconds, as on the boards
pytestmark = pytest.mark.long


def first_that_can_be_learned(model, family):
    """Digits, or else the ring: there a model that knows no dependence is no better than noise.

    To a model of sequences digits are rows of a text, so it gets sentences, or else series.
    """
    names = ("grammar", "ar_process") if family == "sequence model" else ("digits", "ring")
    for data in map(load, names):
        if not (isinstance(model, Selective) and model.refuses(data.train)):
            return data
    raise AssertionError("The model can learn from neither.")


@pytest.mark.parametrize("name", [name for name in baselines() if name != "noise"])
def test_a_baseline_draws_in_time_and_nearer_to_real_samples_than_noise_does(name):
    spec = baselines()[name]
    model = spec.make()
    data = first_that_can_be_learned(model, spec.family)
    n = len(data.test)
    noise = UniformNoise().fit(data.train, rng=np.random.default_rng(0))

    start = time.process_time()
    model = model.fit(data.train, rng=np.random.default_rng(0)) or model
    samples = model.sample(n, rng=np.random.default_rng(1))
    seconds = time.process_time() - start

    assert seconds < DEADLINE
    of_noise = energy_distance(noise.sample(n, rng=np.random.default_rng(1)), data.test)
    assert energy_distance(samples, data.test) < 0.5 * of_noise
