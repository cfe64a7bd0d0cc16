"""Known manifold: by hand, on a noisy circle, and the harmonic mean's error."""

import numpy as np
import pytest

from genbench.evidence import Comparison, Reference
from genbench.evidence.known_manifold import KnownManifold, OnManifold, Reconstructed
from genbench.ground.errors import Unavailable
from genbench.metrics.manifold import (
    f1_error,
    manifold_f1,
    manifold_precision,
    manifold_recall,
    precision_error,
)


def from_circle(points):
    """Distance of each point to the circle about the origin of radius 1."""
    return np.abs(np.linalg.norm(points, axis=1) - 1)


def compared(generated=None, test=None, reconstruction=None, manifold=from_circle):
    return Comparison(
        reference=Reference(test=test, manifold=manifold),
        generated=generated,
        test_reconstruction=reconstruction,
    )


def test_matches_the_definition_written_out():
    generated = np.array([[1.05, 0.0], [0.0, 0.92], [0.5, 0.0], [-3.0, 0.0]])
    test = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    reconstruction = np.array([[0.94, 0.07], [0.0, 0.7], [-1.08, 0.08]])

    found = KnownManifold.of(compared(generated, test, reconstruction))

    assert manifold_precision(found.on_manifold) == 2 / 4
    assert manifold_recall(found.reconstructed) == 1 / 3  # 0.092, but then 0.3 and 0.113
    assert manifold_f1(found) == pytest.approx(2 / (2 + 3))
    assert found.parameters == {"tolerance": 0.1}


def test_on_a_noisy_circle_precision_is_that_of_a_gaussian():
    rng, n = np.random.default_rng(1), 5000
    angles, radii = rng.uniform(0, 2 * np.pi, size=n), 1 + 0.1 * rng.normal(size=n)
    generated = (radii * [np.cos(angles), np.sin(angles)]).T

    found = OnManifold.of(compared(generated))

    assert manifold_precision(found) == pytest.approx(0.6827, abs=4 * precision_error(found))


def test_pictures_are_handed_to_the_manifold_as_points():
    found = OnManifold.of(compared(np.ones((3, 2, 2)), manifold=lambda points: points.sum(axis=1)))

    assert manifold_precision(found) == 0
    assert manifold_precision(OnManifold.measure(np.full(3, 4.0), tolerance=4.0)) == 1


def test_errors_are_the_spread_over_many_models():
    rng = np.random.default_rng(2)

    found = [
        KnownManifold(
            OnManifold.measure(rng.uniform(0, 0.12, size=200)),
            Reconstructed.measure(rng.uniform(0, 0.3, size=100)),
        )
        for _ in range(1000)
    ]

    spread = np.std([manifold_f1(one) for one in found])
    assert np.mean([f1_error(one) for one in found]) == pytest.approx(spread, rel=0.1)


def test_nothing_right_is_zero():
    far = np.full(5, 9.0)

    found = KnownManifold(OnManifold.measure(far), Reconstructed.measure(far))

    assert manifold_f1(found) == f1_error(found) == 0


def test_what_is_not_known_is_refused():
    points = np.zeros((5, 2))

    with pytest.raises(Unavailable, match="no distances to a known manifold"):
        OnManifold.of(compared(points, manifold=None))
    with pytest.raises(Unavailable, match="no reconstructions of test samples"):
        Reconstructed.of(compared(points, points))


def test_equal_shares_have_half_the_error_of_either():
    generated = np.array([[1.0, 0.0], [0.5, 0.0], [0.0, 1.0], [0.0, 0.5]])
    test = np.zeros((4, 2))

    found = KnownManifold.of(compared(generated, test, np.array([[0.0], [1.0]] * 2) + test))

    assert manifold_precision(found.on_manifold) == manifold_recall(found.reconstructed) == 0.5
    assert f1_error(found) == pytest.approx(np.hypot(0.5, 0.5) / 2 * np.sqrt(0.5 * 0.5 / 4) / 0.5)
