"""Reconstruction error: by hand, and of a linear model in closed form."""

import numpy as np
import pytest

from genbench.evidence import Comparison, Reference
from genbench.evidence.reconstructions import Reconstructions
from genbench.ground.errors import Unavailable
from genbench.metrics.reconstruction import mean_error, reconstruction_error


def reconstructions(test, made):
    return Reconstructions.of(Comparison(reference=Reference(test=test), test_reconstruction=made))


def test_is_the_mean_over_samples_and_values():
    test, made = np.random.default_rng(1).normal(size=(2, 12, 3, 4))

    found = reconstructions(test, made)

    errors = [((a - b) ** 2).sum() / 12 for a, b in zip(test, made, strict=True)]
    assert reconstruction_error(found) == pytest.approx(np.mean(errors))
    assert mean_error(found) == pytest.approx(np.std(errors, ddof=1) / np.sqrt(12))


def test_what_a_plane_misses_of_a_normal_is_known():
    rng = np.random.default_rng(2)
    test = rng.normal(size=(5000, 6))
    A = rng.normal(size=(6, 2))

    found = reconstructions(test, test @ (A @ np.linalg.pinv(A)))

    assert reconstruction_error(found) == pytest.approx(4 / 6, abs=4 * mean_error(found))


def test_itself_has_no_error_and_nothing_has_none():
    test = np.ones((5, 2))

    assert reconstruction_error(reconstructions(test, test.copy())) == 0
    with pytest.raises(Unavailable, match="reconstructions"):
        reconstructions(test, None)
