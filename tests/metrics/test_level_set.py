"""Share of samples where the true density is high."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.datasets.densities import GaussianMixture
from genbench.evidence import LevelSet
from genbench.evidence.level_set import N_DRAWS, SHARE
from genbench.metrics.level_set import high_density_share, share_error, share_of_real


def test_counts_samples_at_the_level_or_above():
    level_set = LevelSet(level=-1.0, share=0.95, log_densities=np.array([0.0, -1.0, -2.0, -3.0]))

    assert high_density_share(level_set) == 0.5
    assert share_error(level_set) == 0.25


def test_level_of_a_gaussian_has_a_closed_form():
    width = 0.3

    found, share = LevelSet.level_of(GaussianMixture(np.zeros((1, 2)), width))

    # Half the squared radius is exponential, so 1 - SHARE = exp(level - peak), and the error of
    # the quantile is sqrt(SHARE (1 - SHARE) / N_DRAWS) over the density 1 - SHARE.
    peak = -np.log(2 * np.pi * width**2)
    error = np.sqrt(SHARE / (1 - SHARE) / N_DRAWS)
    assert found == pytest.approx(peak + np.log(1 - SHARE), abs=4 * error)
    assert share == SHARE


@pytest.mark.parametrize("name", ["ring", "moons", "checkerboard"])
def test_real_samples_get_the_share_that_is_ideal_and_noise_does_not(name):
    rng, n = np.random.default_rng(1), 5000
    density = load(name).density
    real, _ = density.sample(n, rng=rng)
    known = LevelSet.level_of(density)

    perfect = LevelSet(*known, density.log_prob(real))
    noise = LevelSet(*known, density.log_prob(real + 5 * rng.normal(size=(n, 2))))

    ideal = share_of_real(perfect)
    error = np.sqrt(SHARE * (1 - SHARE) * (1 / n + 1 / N_DRAWS))
    assert high_density_share(perfect) == pytest.approx(ideal, abs=4 * error)
    assert ideal == (1 if name == "checkerboard" else SHARE)
    assert high_density_share(noise) < 0.3


def test_draws_of_many_dimensions_are_made_in_blocks_and_are_as_many():
    sizes = []

    class Line:
        def sample(self, n, *, rng):
            sizes.append(n)
            return rng.normal(size=(n, 1)), np.zeros(n, dtype=int)

        def log_prob(self, points):
            return -(points[:, 0] ** 2) / 2

    whole, parts = LevelSet.level_of(Line()), LevelSet.level_of(Line(), 3000)

    assert sizes[0] == N_DRAWS == sum(sizes[1:])
    assert max(sizes[1:]) * 3000 <= 5_000_000
    assert parts == whole
