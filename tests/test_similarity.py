"""Likeness of pictures: the definitions written out, window by window, and closed forms."""

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.similarity import (
    SCALE_WEIGHTS,
    multiscale_structural_similarity,
    n_scales,
    peak_signal_to_noise_ratio,
    sharpness_difference,
    structural_similarity,
)


def pictures(seed, shape=(2, 14, 13)):
    rng = np.random.default_rng(seed)
    first = rng.uniform(0, 255, size=shape)
    return first, np.clip(first + rng.normal(scale=40, size=shape), 0, 255)


def gaussian_window():
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    return weights / weights.sum()


def by_windows(a, b, data_range):
    """Luminance and structure of each window of one channel, (2, n_windows)."""
    weights, found = gaussian_window(), []
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    for i in range(a.shape[0] - 10):
        for j in range(a.shape[1] - 10):
            x, y = a[i : i + 11, j : j + 11], b[i : i + 11, j : j + 11]
            mx, my = (weights * x).sum(), (weights * y).sum()
            vx, vy = (weights * (x - mx) ** 2).sum(), (weights * (y - my) ** 2).sum()
            cov = (weights * (x - mx) * (y - my)).sum()
            found.append(
                ((2 * mx * my + c1) / (mx**2 + my**2 + c1), (2 * cov + c2) / (vx + vy + c2))
            )
    return np.transpose(found)


def test_structural_similarity_is_written_out():
    a, b = pictures(1)

    found = structural_similarity(a, b, data_range=255)

    expected = [by_windows(x, y, 255).prod(axis=0).mean() for x, y in zip(a, b, strict=True)]
    assert found == pytest.approx(expected, rel=1e-10)
    assert (found < 0.95).all()


def test_colours_are_averaged():
    a, b = pictures(2, (2, 12, 12, 3))

    found = structural_similarity(a, b, data_range=255)

    each = [structural_similarity(a[..., c], b[..., c], data_range=255) for c in range(3)]
    assert found == pytest.approx(np.mean(each, axis=0))


def test_equal_pictures_are_alike_and_negatives_opposite():
    a, _ = pictures(3)

    assert structural_similarity(a, a.copy(), data_range=255) == pytest.approx(1)
    assert (structural_similarity(a, 255 - a, data_range=255) < 0).all()


def test_structural_similarity_of_constants_has_a_closed_form():
    a, b = np.full((1, 11, 11), 100.0), np.full((1, 11, 11), 150.0)

    found = structural_similarity(a, b, data_range=255)

    c1 = 2.55**2
    assert found == pytest.approx((2 * 100 * 150 + c1) / (100**2 + 150**2 + c1))
    assert found == pytest.approx(0.923101, abs=1e-5)


def test_units_do_not_matter_to_structure_and_noise():
    a, b = pictures(4)

    for compare in (structural_similarity, peak_signal_to_noise_ratio):
        assert compare(a, b, data_range=255) == pytest.approx(
            compare(a / 255, b / 255, data_range=1)
        )


def test_an_offset_far_above_the_contrast_does_not_matter_to_structure():
    a, b = (1e-3 * part for part in pictures(4))

    far, near = (
        structural_similarity(a + offset, b + offset, data_range=1) for offset in (1e6, 1e3)
    )

    # Light is all but equal there, and structure knows of no offset.
    assert (far <= 1).all()
    assert far == pytest.approx(near, abs=1e-5)


def test_many_pictures_are_compared_as_one_by_one(monkeypatch):
    a, b = pictures(5, (7, 12, 12))
    together = structural_similarity(a, b, data_range=255)

    monkeypatch.setattr("genbench.similarity.BLOCK_ENTRIES", 300)

    assert structural_similarity(a, b, data_range=255) == pytest.approx(together, rel=1e-12)


def test_noise_ratio_of_a_shift_has_a_closed_form():
    a, _ = pictures(6)

    found = peak_signal_to_noise_ratio(a, a + 5, data_range=255)

    assert found == pytest.approx(20 * np.log10(255 / 5))
    assert found == pytest.approx(34.1514, abs=1e-4)


def test_noise_ratio_of_equal_pictures_is_infinite_but_for_rounding():
    a, _ = pictures(7)

    assert (peak_signal_to_noise_ratio(a, a, data_range=255) == np.inf).all()
    assert (sharpness_difference(a, (a + 0.1) + 1 / 3, data_range=255) == np.inf).all()


def test_sharpness_of_ramps_has_a_closed_form():
    rows, columns = np.indices((5, 6))
    steep, flat = 3.0 * rows + 2 * columns, rows + columns

    found = sharpness_difference(steep[None], flat[None], data_range=255)

    assert found == pytest.approx(10 * np.log10(255**2 / 3))
    assert found == pytest.approx(43.3596, abs=1e-4)


def test_sharpness_is_written_out():
    a, b = pictures(8, (1, 4, 5))

    found = sharpness_difference(a, b, data_range=255)

    differences = []
    for i in range(1, 4):
        for j in range(1, 5):
            steps = [abs(x[i, j] - x[i - 1, j]) + abs(x[i, j] - x[i, j - 1]) for x in (a[0], b[0])]
            differences.append(abs(steps[0] - steps[1]))
    assert found == pytest.approx(10 * np.log10(255**2 / np.mean(differences)))


def test_scales_are_as_many_as_hold_a_window():
    sizes = (10, 11, 21, 22, 44, 87, 88, 175, 176, 1000)

    assert [n_scales(size, 2000) for size in sizes] == [0, 1, 1, 2, 3, 3, 4, 4, 5, 5]


def test_several_scales_are_written_out():
    a, b = pictures(9, (1, 45, 44))

    found = multiscale_structural_similarity(a, b, data_range=255)

    weights = np.array(SCALE_WEIGHTS[:3]) / sum(SCALE_WEIGHTS[:3])
    x, y, product = a[0], b[0], 1.0
    for scale, weight in enumerate(weights):
        light, structure = by_windows(x, y, 255)
        product *= (structure if scale < 2 else light * structure).mean() ** weight
        x, y = (
            sum(
                z[i : z.shape[0] // 2 * 2 : 2, j : z.shape[1] // 2 * 2 : 2]
                for i in (0, 1)
                for j in (0, 1)
            )
            / 4
            for z in (x, y)
        )
    assert found == pytest.approx(product, rel=1e-10)


def test_at_one_scale_it_is_structural_similarity_if_that_is_not_negative():
    a, b = pictures(10)

    one = structural_similarity(a, b, data_range=255)
    assert multiscale_structural_similarity(a, b, data_range=255) == pytest.approx(one)
    assert (multiscale_structural_similarity(a, 255 - a, data_range=255) == 0).all()


def test_pictures_that_do_not_pair_or_are_too_small_are_refused():
    a, b = pictures(11)

    with pytest.raises(BadInput, match="in pairs"):
        structural_similarity(a, b[:, :-1], data_range=255)
    with pytest.raises(BadInput, match="in pairs"):
        peak_signal_to_noise_ratio(a[0], b[0], data_range=255)
    with pytest.raises(BadInput, match="at least 11"):
        structural_similarity(a[:, :10], b[:, :10], data_range=255)
