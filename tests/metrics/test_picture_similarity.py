"""Likeness of pictures: means over pairs, and what is refused."""

import numpy as np
import pytest

from genbench import similarity
from genbench.evidence import Comparison, Reference
from genbench.evidence.pictures import PicturePairs, ReconstructedPictures
from genbench.ground.errors import Unavailable
from genbench.metrics.picture_similarity import (
    pairwise_structural_similarity,
    peak_signal_to_noise_ratio,
    real_pairwise_similarity,
    sharpness_difference,
    similarity_error,
    structural_similarity,
)

SIDE = 12


def textures(seed, n=20, side=SIDE):
    return np.random.default_rng(seed).uniform(size=(n, side, side))


def compared(test=None, *, picture=None, data_range=1.0, **of_model):
    picture = picture or test.shape[1:]
    reference = Reference(test=test, picture=picture, data_range=data_range)
    return Comparison(reference=reference, **of_model)


def test_reconstructions_are_compared_with_their_own_pictures():
    test = textures(1)
    made = test + 0.1 * textures(2)

    found = ReconstructedPictures.of(compared(test, test_reconstruction=made))

    for metric, compare in (
        (structural_similarity, similarity.structural_similarity),
        (peak_signal_to_noise_ratio, similarity.peak_signal_to_noise_ratio),
        (sharpness_difference, similarity.sharpness_difference),
    ):
        each = [compare(a[None], b[None], data_range=1)[0] for a, b in zip(test, made, strict=True)]
        assert metric(found) == pytest.approx(np.mean(each))
    assert similarity_error(found) == pytest.approx(
        np.std(found.structural_similarity, ddof=1) / np.sqrt(20)
    )
    shuffled = ReconstructedPictures.of(compared(test, test_reconstruction=made[::-1]))
    assert structural_similarity(shuffled) < 0.5 < structural_similarity(found)


def test_one_perfect_reconstruction_does_not_decide_the_mean():
    test = textures(3)
    made = test + 0.1
    made[0] = test[0]

    found = ReconstructedPictures.of(compared(test, test_reconstruction=made))

    assert peak_signal_to_noise_ratio(found) == pytest.approx((19 * 20 + 100) / 20)


def test_flat_samples_are_pictures_if_their_shape_is_known():
    test, made = textures(4), textures(5)
    flat = compared(
        test.reshape(20, -1), picture=(SIDE, SIDE), test_reconstruction=made.reshape(20, -1)
    )

    found = ReconstructedPictures.of(flat)

    square = ReconstructedPictures.of(compared(test, test_reconstruction=made))
    assert structural_similarity(found) == structural_similarity(square)


def test_pairs_are_of_different_pictures_of_one_set():
    test, one = textures(6), textures(7, n=1)

    found = PicturePairs.of(compared(test, generated=np.repeat(one, 9, axis=0)))

    assert pairwise_structural_similarity(found) == pytest.approx(1)
    every = [
        similarity.structural_similarity(test[[i]], test[[j]], data_range=1)[0]
        for i in range(20)
        for j in range(i)
    ]
    error = np.std(every) / np.sqrt(found.parameters["n_pairs"])
    assert found.parameters["n_pairs"] == 9 * 8 // 2
    assert real_pairwise_similarity(found) == pytest.approx(
        np.mean(np.maximum(every, 0)), abs=5 * np.std(every) / np.sqrt(len(found.test)) + error
    )


def test_two_pictures_are_one_pair():
    two = textures(8, n=2)

    found = PicturePairs.of(compared(textures(9), generated=two))

    pair = similarity.multiscale_structural_similarity(two[:1], two[1:], data_range=1)
    assert pairwise_structural_similarity(found) == pytest.approx(pair[0])


def test_fewer_scales_are_said():
    assert "1 of 5" in PicturePairs.of(compared(textures(10), generated=textures(11))).warnings[0]
    large = textures(12, n=2, side=176)
    assert PicturePairs.of(compared(large, generated=large)).warnings == ()


def test_what_is_no_picture_or_too_small_or_of_no_range_is_refused():
    test, points = textures(13), np.zeros((20, 5))
    for comparison, reason in (
        (compared(points, picture=(SIDE, SIDE), test_reconstruction=points), "not pictures of"),
        (Comparison(reference=Reference(test=points), test_reconstruction=points), "not known"),
        (compared(test[:, :10], test_reconstruction=test[:, :10]), "11 x 11 or more"),
        (compared(test, data_range=None, test_reconstruction=test), "data range"),
        (compared(test), "reconstructions"),
    ):
        with pytest.raises(Unavailable, match=reason):
            ReconstructedPictures.of(comparison)
    with pytest.raises(Unavailable, match="2 generated"):
        PicturePairs.of(compared(test, generated=test[:1]))


def test_pairs_of_either_set_are_averaged():
    found = PicturePairs(np.array([0.1, 0.2, 0.6]), np.array([0.3, 0.4, 0.8]), n_scales=5)

    assert real_pairwise_similarity(found) == pytest.approx(0.3)
    assert pairwise_structural_similarity(found) == pytest.approx(0.5)
