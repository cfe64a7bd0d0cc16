"""Coverage by density: by hand, with exact densities, and at its ideal."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import ndtr

from genbench.evidence import Comparison, Reference
from genbench.evidence.kernel_likelihood import kernel_log_density
from genbench.evidence.level_coverage import LevelCoverage
from genbench.ground.errors import Unavailable
from genbench.metrics.level_coverage import level_coverage


def densities(test, generated):
    return LevelCoverage.of(Comparison(reference=Reference(test=test, k=1), generated=generated))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(50, 2)) * 1.5, rng.normal(size=(40, 2))

    found = densities(test, generated)

    def density(points, centres):
        kernels = np.exp(-(cdist(points, centres) ** 2) / (2 * found.bandwidth**2))
        return kernels.mean(axis=1) / (2 * np.pi * found.bandwidth**2)

    own = [density(generated[[j]], np.delete(generated, j, axis=0))[0] for j in range(40)]
    assert np.exp(found.generated) == pytest.approx(own)
    least = np.sort(np.log(own))
    position = 0.05 * (len(own) + 1) - 1  # where another point lies below in 5 % of draws
    level = np.interp(position, np.arange(len(own)), least)
    for width in (0.9 * found.bandwidth, 1.1 * found.bandwidth):
        others = kernel_log_density(
            generated, generated, [width], itself=np.arange(len(generated))
        )[0]
        assert others.mean() < np.log(own).mean()
    expected = (np.log(density(test, generated)) >= level).mean()
    assert level_coverage(found) == expected < 1


@pytest.mark.parametrize(("scale", "share"), [(0.5, 0.6729), (1.0, 0.95), (2.0, 0.9999)])
def test_exact_densities_have_a_closed_form(scale, share):
    rng, n = np.random.default_rng(2), 20_000
    test, generated = rng.normal(size=n), scale * rng.normal(size=n)

    found = LevelCoverage(*(-(x**2) / (2 * scale**2) for x in (test, generated)), bandwidth=0.0)

    closed = 2 * ndtr(1.959964 * scale) - 1
    assert closed == pytest.approx(share, abs=1e-4)
    # Of the test samples, and of the level, whose own share moves the coverage by their slope.
    slope = scale * np.exp(1.92073 * (1 - scale**2))
    error = np.sqrt((closed * (1 - closed) + slope**2 * 0.95 * 0.05) / n)
    assert level_coverage(found) == pytest.approx(closed, abs=4 * error)


def test_ideal_is_met_by_samples_of_one_distribution():
    rng, n_draws = np.random.default_rng(3), 60

    found = [
        level_coverage(densities(rng.normal(size=(100, 8)), rng.normal(size=(100, 8))))
        for _ in range(n_draws)
    ]

    # A quantile of 100 samples is good to one of them.
    assert np.mean(found) == pytest.approx(0.95, abs=4 * np.std(found) / np.sqrt(n_draws) + 0.01)


def test_a_sample_is_not_among_its_own_neighbours():
    points = np.array([[0.0], [1.0], [100.0]])

    found = kernel_log_density(points, points, [1.0], itself=np.arange(3))[0]

    assert found[0] == pytest.approx(-0.5 - np.log(2) - 0.5 * np.log(2 * np.pi))
    assert found[2] == pytest.approx(-(99.0**2) / 2 - np.log(2) - 0.5 * np.log(2 * np.pi))


def test_samples_elsewhere_cover_nothing():
    rng = np.random.default_rng(4)

    assert level_coverage(densities(rng.normal(size=(50, 2)), rng.normal(size=(40, 2)) + 99)) == 0


def test_too_few_or_repeated_samples_are_refused():
    points = np.random.default_rng(5).normal(size=(10, 2))

    with pytest.raises(Unavailable, match="needs 2 generated samples; there are 1"):
        densities(points, points[:1])
    with pytest.raises(Unavailable, match="every generated sample is repeated"):
        densities(points, np.ones((10, 2)))
