"""What tests share: a small world whose truth is known, and the ways a model can fail in it."""

import numpy as np
import pytest
from hypothesis import settings

from genbench.datasets.densities import GaussianMixture
from genbench.evidence import Comparison, Reference

settings.register_profile("steady", derandomize=True, deadline=None, max_examples=40)
settings.load_profile("steady")

N = 400

# Three Gaussians, near enough that noise between them leaves a classifier unsure.
ANGLES = 2 * np.pi * np.arange(3) / 3
WORLD = GaussianMixture(1.8 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1), width=0.5)


def locked(array):
    """Arrays as they are behind the doors: whoever writes to one fails at once."""
    array.flags.writeable = False
    return array


def drawn(n, rng):
    return WORLD.sample(n, rng=rng)[0]


@pytest.fixture(scope="session")
def reference():
    """Real samples of the small world, with every fact that a metric may ask for."""
    test, train = (locked(drawn(N, np.random.default_rng(seed))) for seed in (1, 2))
    return Reference(
        test=test,
        train=train,
        test_probabilities=locked(WORLD.posterior(test)),
        prior=locked(WORLD.posterior(train).mean(axis=0)),
        density=WORLD,
    )


@pytest.fixture(scope="session")
def compare(reference):
    """A function from generated samples to all evidence about them."""

    def compared(generated, *, seed=0):
        return Comparison(
            reference=reference,
            generated=locked(generated),
            generated_probabilities=locked(WORLD.posterior(generated)),
            test_log_prob=locked(WORLD.log_prob(reference.test)),
            seed=seed,
        )

    return compared


@pytest.fixture(scope="session")
def reals(compare):
    """Five models without a fault: fresh real samples."""
    return [compare(drawn(N, np.random.default_rng(10 + draw)), seed=draw) for draw in range(5)]


@pytest.fixture(scope="session")
def failed(compare, reference):
    """A function from a failure to a model that has it, made once each."""
    made = {}

    def failing(failure):
        if failure not in made:
            made[failure] = compare(FAILURES[failure](reference, np.random.default_rng(20)))
        return made[failure]

    return failing


def noise(reference, rng):
    """Real samples, blurred until most have left the modes."""
    return drawn(N, rng) + rng.normal(scale=1.5, size=(N, 2))


def shift(reference, rng):
    """Real samples, all moved by two widths of a mode."""
    return drawn(N, rng) + np.array([1.0, 0.0])


def collapse(reference, rng):
    """The middle of one mode again and again, hardly changed."""
    return WORLD.centres[0] + rng.normal(scale=0.01, size=(N, 2))


def dropped_mode(reference, rng):
    """Real samples, but for one mode."""
    samples, modes = WORLD.sample(2 * N, rng=rng)
    return samples[modes > 0][:N].copy()


def copying(reference, rng):
    """The training samples, in another order."""
    return rng.permutation(reference.train)


FAILURES = {
    "noise": noise,
    "shift": shift,
    "collapse": collapse,
    "dropped mode": dropped_mode,
    "copying": copying,
}
