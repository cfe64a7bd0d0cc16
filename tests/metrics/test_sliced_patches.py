"""Sliced Wasserstein distance of patches: the pyramid, the draws and the distances."""

import numpy as np
import pytest
from scipy.ndimage import convolve
from scipy.special import gamma
from scipy.stats import wasserstein_distance

from genbench.evidence import Comparison, Reference, patches
from genbench.evidence.patches import Patches, apart, draw, laplacian_pyramid
from genbench.ground.errors import Unavailable
from genbench.ground.randomness import rng_for
from genbench.metrics.sliced_patches import sliced_patch_distance


def noise(seed, n=12, side=16, channels=1):
    return np.random.default_rng(seed).normal(size=(n, side, side, channels))


def found_in(test, generated, *, seed=0):
    reference = Reference(test=test, picture=test.shape[1:])
    return Patches.of(Comparison(reference=reference, generated=generated, seed=seed))


@pytest.fixture
def few_directions(monkeypatch):
    monkeypatch.setattr(patches, "DIRECTIONS", 40)
    monkeypatch.setattr(patches, "DIRECTIONS_AT_ONCE", 16)


def test_a_pyramid_is_written_out_and_sums_to_the_pictures():
    kernel = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    picture = noise(1, n=1, side=64)[0, :, :, 0]

    finest, middle, coarsest = (scale[0, :, :, 0] for scale in laplacian_pyramid(noise(1, 1, 64)))

    def enlarged(small):
        spread = np.zeros((2 * len(small), 2 * len(small)))
        spread[::2, ::2] = small
        return convolve(spread, 4 * kernel, mode="mirror")

    half = convolve(picture, kernel, mode="mirror")[::2, ::2]
    quarter = convolve(half, kernel, mode="mirror")[::2, ::2]
    assert coarsest == pytest.approx(quarter)
    assert middle == pytest.approx(half - enlarged(quarter))
    assert finest + enlarged(middle + enlarged(coarsest)) == pytest.approx(picture)


def test_a_constant_picture_is_all_in_the_coarsest_scale():
    finest, coarsest = laplacian_pyramid(np.full((1, 32, 32, 1), 3.0))

    assert finest[:, 4:-4, 4:-4] == pytest.approx(0, abs=1e-12)
    assert coarsest == pytest.approx(3)


def test_scales_end_at_sixteen_pixels():
    shapes = [scale.shape[1:3] for scale in laplacian_pyramid(np.zeros((1, 65, 130, 1)))]

    assert shapes == [(65, 130), (33, 65), (17, 33)]


def test_patches_are_cut_out_of_every_picture():
    pictures = np.arange(3 * 20 * 18 * 2.0).reshape(3, 20, 18, 2)

    found = draw(pictures, np.random.default_rng(2))

    assert found.shape == (3 * 128, 7, 7, 2)
    corners = found[:, 0, 0, 0].astype(int) // 2
    of, tops, lefts = np.unravel_index(corners, (3, 20, 18))
    assert (np.bincount(of) == 128).all()
    assert set(tops) == set(range(14))
    assert set(lefts) == set(range(12))
    for patch, i, top, left in zip(found, of, tops, lefts, strict=True):
        assert (patch == pictures[i, top : top + 7, left : left + 7]).all()


def test_many_pictures_give_fewer_patches_each(monkeypatch):
    monkeypatch.setattr(patches, "MOST_PATCHES", 50)

    assert len(draw(noise(3, n=20), np.random.default_rng(4))) == 40
    assert len(draw(noise(5, n=60), np.random.default_rng(6))) == 50


@pytest.mark.parametrize("n_generated", [60, 45])
def test_distances_are_those_of_projections(few_directions, n_generated):
    rng = np.random.default_rng(7)
    test, generated = rng.normal(size=(60, 5)), rng.normal(size=(n_generated, 5)) + 0.3

    found = apart(test, generated)

    directions = rng_for(0, "patch directions").normal(size=(40, 5))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    expected = [wasserstein_distance(test @ u, generated @ u) for u in directions]
    assert found == pytest.approx(expected, rel=1e-10)


def test_a_shift_has_a_closed_form():
    test, d = np.random.default_rng(8).normal(size=(50, 49)), 49

    found = apart(test, test + 0.2)

    expected = 0.2 * np.sqrt(d) * gamma(d / 2) / (np.sqrt(np.pi) * gamma((d + 1) / 2))
    assert found.mean() == pytest.approx(expected, abs=4 * found.std() / np.sqrt(len(found)))


def test_colours_are_measured_by_the_test_sets_own_spread(few_directions):
    test = noise(9, channels=2) * np.array([1.0, 5.0])

    for wrong in (test + np.array([0.0, 5.0]), test * np.array([1.0, 0.2])):
        distance = sliced_patch_distance(found_in(test, wrong))
        assert distance > 3 * sliced_patch_distance(found_in(test, test))
    units = np.array([7.0, 0.1])
    found = sliced_patch_distance(found_in(test * units + 3, noise(10, channels=2) * units + 3))
    assert found == pytest.approx(sliced_patch_distance(found_in(test, noise(10, channels=2))))


def test_scales_count_alike(few_directions):
    found = found_in(noise(11, n=4, side=32), 2 * noise(12, n=4, side=32))

    assert found.parameters["sides"] == (32, 16)
    assert sliced_patch_distance(found) == pytest.approx(np.mean(found.parameters["by_side"]))


def test_a_channel_of_one_value_does_no_harm(few_directions):
    test = noise(13, channels=2) * np.array([1.0, 0.0])

    assert np.isfinite(sliced_patch_distance(found_in(test, noise(14, channels=2))))


def test_small_pictures_are_refused():
    with pytest.raises(Unavailable, match="16 x 16 or more"):
        found_in(noise(15, side=15), noise(16, side=15))


@pytest.mark.parametrize(("height", "width"), [(64, 32), (32, 64)])
def test_the_shorter_side_says_how_many_scales_there_are(height, width):
    assert len(laplacian_pyramid(np.zeros((1, height, width, 1)))) == 2
