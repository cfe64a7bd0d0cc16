"""What the constructions make is what they say: shares, moments, radii, divergences."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.stats import chi2

from genbench.metrics import find
from genbench.sanity.cell import compare
from genbench.sanity.checks import CATALOG, closed_forms, divergences, invention, small_moves
from genbench.sanity.checks.disjoint import OVERLAPS
from genbench.sanity.checks.sizes import TESTS
from genbench.sanity.expectations import Proportional, Worsens
from genbench.sanity.worlds import MIXTURE, N

pytestmark = pytest.mark.long  # minutes, all together

PROPORTIONAL = [c.name for c in CATALOG.values() if isinstance(c.expects, Proportional)]
HIGH = ["overlap_of_cubes_8d", "overlap_of_cubes_64d"]


def made(name, level, seed=0):
    """Test and generated points of a check."""
    comparison = compare(CATALOG[name], seed, level)
    return comparison.reference.test, comparison.generated


def many(name, level, seeds=40):
    """The same, of many seeds together."""
    pairs = [made(name, level, seed) for seed in range(seeds)]
    return tuple(np.concatenate(part) for part in zip(*pairs, strict=True))


@pytest.mark.parametrize(
    "name",
    [
        "too_wide",
        "too_narrow",
        "larger_circle",
        "smaller_circle",
        "larger_sphere",
        "smaller_sphere",
        "mode_invention",
        "shift_beside_heavy_tail",
        "order_of_divergence",
        "rounded",
        "filled_hole",
    ],
)
def test_the_first_level_is_without_fault(name):
    """No mean of a coordinate, or of its size, then differs: medians, as tails may be heavy."""
    test, generated = many(name, CATALOG[name].levels[0])

    assert len(test) == len(generated)
    for of in (np.asarray, np.abs):
        one, other = (np.sort(of(points), axis=0) for points in (test, generated))
        largest = np.abs(one - other)[len(one) // 10 : -len(one) // 10]  # between the tenths
        assert (largest < 0.15 * np.quantile(np.abs(one), 0.9, axis=0)).all()


@pytest.mark.parametrize("name", ["mode_drop_refilled", "gamed_moments", "gamed_classes"])
def test_the_first_level_of_the_mixture_is_without_fault(name):
    densities = MIXTURE.log_prob(many(name, 0.0, seeds=5)[1])
    truth = MIXTURE.log_prob(MIXTURE.sample(20_000, rng=np.random.default_rng(1))[0])

    error = densities.std() / np.sqrt(len(densities))
    assert abs(densities.mean() - truth.mean()) < 3.5 * error


@pytest.mark.parametrize("name", ["larger_circle", "smaller_sphere"])
def test_spheres_have_their_radii(name):
    level = CATALOG[name].levels[-1]
    test, generated = (np.linalg.norm(points, axis=1) for points in made(name, level))

    assert np.allclose(test, 1)
    assert np.allclose(generated, 1 + level if "larger" in name else 1 - level)


@pytest.mark.parametrize("check", CATALOG.values(), ids=CATALOG)
def test_levels_of_a_trend_rise(check):
    """The strength is the correlation of losses with levels: falling ones would turn it round."""
    if isinstance(check.expects, Worsens):
        assert list(check.levels) == sorted(check.levels)


def test_ball_and_torus_do_not_touch():
    ball, torus = made("ball_and_torus", 1000.0)
    ring = np.hypot(torus[:, 0], torus[:, 1])

    assert 0.79 < np.linalg.norm(ball, axis=1).max() <= 0.8
    assert (np.hypot(ring - 1, torus[:, 2]) <= 0.1).all()
    assert np.linalg.norm(torus, axis=1).min() >= 0.9


def test_one_dimension_has_no_point_in_common_and_the_others_are_alike():
    test, generated = made("one_disjoint_dimension", 16.0)

    assert test.shape == generated.shape == (N, 17)
    assert generated[:, 0].min() - test[:, 0].max() > 2.5
    assert test[:, 0].std() == pytest.approx(1, abs=0.1)
    assert np.allclose(generated[:, 1:].mean(axis=0), 0, atol=0.3)


def test_what_overlaps_declares_its_level_without_overlap():
    assert [find(name).chance for name in OVERLAPS] == [0.0] * len(OVERLAPS)


def test_invented_modes_are_far_from_real_ones_and_leave_these_alone():
    test, plain = made("mode_invention", 5.0)
    same, more = made("mode_invention", 8.0)

    assert (test == same).all()
    assert (plain == more[: len(plain)]).all()
    assert len(more) / len(plain) == 8 / invention.N_REAL
    assert cdist(more[len(plain) :], test).min() > 2


def test_refills_are_copies_of_samples_of_modes_that_are_left():
    generated = made("mode_drop_refilled", 4.0)[1]
    modes = MIXTURE.posterior(generated).argmax(axis=1)

    # Hardly any sample is nearer to another mode than to its own.
    assert sorted(np.bincount(modes, minlength=6) > N // 10) == [False] * 4 + [True] * 2
    assert len(generated) == N
    assert len(np.unique(generated, axis=0)) < N / 2


def test_classes_are_dropped_and_sizes_are_equal():
    comparison = compare(CATALOG["class_drop"], 0, 6.0)
    plain = compare(CATALOG["class_drop"], 0, 0.0)
    labels = [
        {_digit_of(picture) for picture in pictures}
        for pictures in (plain.generated, comparison.generated)
    ]

    assert [len(found) for found in labels] == [10, 4]
    assert len(plain.generated) == len(comparison.generated) == 80


def _digit_of(picture):
    from genbench.datasets import load

    data = load("digits")
    for pictures, labels in ((data.test, data.test_labels), (data.fresh, _fresh_labels())):
        same = (pictures == picture).all(axis=1)
        if same.any():
            return int(labels[same.argmax()])
    raise AssertionError


def _fresh_labels():
    from genbench.datasets import load
    from genbench.sanity.digits import classes_of

    return classes_of(load("digits").fresh)


@pytest.mark.parametrize("level", [0.4, 1.0])
def test_modes_that_come_nearer_keep_their_moments(level):
    test, generated = many("one_mode_for_two", level, seeds=100)

    assert np.allclose(np.cov(test.T), [[10, 0], [0, 1]], atol=0.25)
    assert np.allclose(np.cov(generated.T), [[10, 0], [0, 1]], atol=0.25)
    assert (np.abs(test[:, 0]) < 1).mean() < 0.03 < (np.abs(generated[:, 0]) < 1).mean()


def test_two_modes_are_two_modes_at_first():
    test, generated = (points[:, 0] for points in many("one_mode_for_two", 0.0, seeds=100))

    assert np.mean(generated**4) / np.mean(test**4) == pytest.approx(1, abs=0.03)
    assert (np.abs(generated) < 1).mean() == pytest.approx((np.abs(test) < 1).mean(), abs=0.005)


def test_one_mode_is_a_gaussian_in_the_end():
    generated = many("one_mode_for_two", 1.0, seeds=400)[1][:, 0]

    assert np.mean(generated**4) / np.mean(generated**2) ** 2 == pytest.approx(3, abs=0.06)


@pytest.mark.parametrize("d", [1, 8, 64])
@pytest.mark.parametrize("level", [0.2, 0.8])
def test_cubes_have_so_much_of_their_volume_in_common(d, level):
    test, generated = many(f"overlap_of_cubes_{d}d", level, seeds=20)
    start = 1 - level ** (1 / d)

    inside = (test >= start).all(axis=1)  # the other cube begins there, and ends beyond
    assert inside.mean() == pytest.approx(level, abs=0.015)
    assert ((generated <= 1).all(axis=1)).mean() == pytest.approx(level, abs=0.015)


@pytest.mark.parametrize("name", PROPORTIONAL)
def test_known_proportions_hold(name, verdicts):
    names = list(CATALOG[name].expects.shares)
    found = verdicts(name, names)

    if name in HIGH:  # where balls about neighbours reach beyond all of a cube's faces
        assert set(found.values()) == {"-"}
    else:
        assert set(found.values()) == {"+"}


def test_recall_takes_other_modes_for_no_fault(verdicts):
    assert verdicts("recall_beside_invention", ["recall", "coverage"]) == {
        "recall": "+",
        "coverage": "+",
    }


def test_pictures_hardly_differ_that_are_hardly_moved():
    for name, level in (("small_shift", 0.25), ("small_rotation", 5.0)):
        (_, plain), (_, moved), (_, noise) = (
            made(name, at) for at in (0.0, level, small_moves.FAKES)
        )
        little, much = (np.abs(pictures - plain).mean() for pictures in (moved, noise))

        assert 0 < little < 0.2 * much
        assert moved.min() >= 0
        assert moved.max() <= 16


def test_a_whole_pixel_is_a_whole_pixel():
    from genbench.sanity.digits import digits

    real = digits(np.random.default_rng(0))
    moved = small_moves.shifted(real, 1.0, np.random.default_rng(1)).reshape(-1, 8, 8)
    plain = real.fresh.reshape(-1, 8, 8)
    centres = np.arange(8)

    def middle(pictures):
        weights = pictures[:, 2:-2, 2:-2].sum(axis=(1, 2))
        return weights, pictures.sum(axis=1) @ centres / pictures.sum(axis=(1, 2))

    gaps = middle(moved)[1] - middle(plain)[1]
    assert np.abs(gaps).max() < 1.3
    assert np.sqrt(2 * (gaps**2).mean()) == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("name", ["outlier_in_test", "outlier_in_generated"])
def test_one_outlier_is_all_that_changes(name):
    plain, other = made(name, 0.0), made(name, 1.0)

    changed = [(a != b).any(axis=1).sum() for a, b in zip(plain, other, strict=True)]
    assert sorted(changed) == [0, 1]
    assert changed[0] == (name == "outlier_in_test")


def test_outliers_are_as_many_in_both_sets():
    for points in made("matched_outliers", 0.03):
        assert (points.min(axis=1) > 5).sum() == 7


def test_the_tail_is_alike_in_both_sets_and_heavy():
    test, generated = (points[:, -1] for points in many("shift_beside_heavy_tail", 4.0))

    assert np.median(test) == pytest.approx(2 ** (1 / 1.01), rel=0.05)
    assert np.median(generated) == pytest.approx(np.median(test), rel=0.05)
    assert test.max() > 1000


def test_noise_has_exactly_the_test_sets_moments():
    for level in (0.2, 1.0):
        test, generated = made("gamed_moments", level)

        assert np.abs(generated.mean(axis=0) - test.mean(axis=0)).max() < 1e-10
        assert np.abs(np.cov(generated.T) - np.cov(test.T)).max() < 1e-10
    test, generated = made("gamed_moments", 0.0)
    assert np.abs(generated.mean(axis=0) - test.mean(axis=0)).max() > 0.01


def test_samples_beyond_their_class_are_surely_of_it_and_of_no_density():
    comparison = compare(CATALOG["gamed_classes"], 0, 1.0)
    classes = comparison.generated_probabilities.argmax(axis=1)

    assert comparison.generated_probabilities.max(axis=1).min() > 0.999
    assert (classes == comparison.reference.test_labels).all()
    real, beyond = map(MIXTURE.log_prob, (comparison.reference.test, comparison.generated))
    assert np.median(beyond) < real.min() - 10


@pytest.mark.parametrize("nats", CATALOG["order_of_divergence"].levels[1:])
@pytest.mark.parametrize("turn", [0.1, 1.5, 3.0, 4.7, 6.0])
def test_gaussians_have_their_divergence(nats, turn):
    moved, width = divergences.gaussian_at(nats, turn=turn)

    x = np.random.default_rng(0).normal(size=(200_000, divergences.D))
    of_model = -((x - moved / np.sqrt(divergences.D)) ** 2).sum(axis=1) / (2 * width**2)
    gaps = -(x**2).sum(axis=1) / 2 - of_model + divergences.D * np.log(width)
    assert gaps.mean() == pytest.approx(nats, abs=4 * gaps.std() / np.sqrt(len(gaps)))
    assert divergences.divergence(moved, width) == pytest.approx(nats)


def test_rounded_coordinates_are_multiples_of_the_step():
    generated = made("rounded", 0.5)[1]

    assert np.allclose(2 * generated, np.round(2 * generated))
    assert generated.std() == pytest.approx(1, abs=0.15)


def test_closed_forms_are_those_of_many_samples():
    rng = np.random.default_rng(0)
    n, d = 1_000_000, closed_forms.D
    (x, other_x), (y, other_y) = (
        middle + width * rng.normal(size=(2, n, d))
        for middle, width in ((0, 1), (closed_forms.MOVED, closed_forms.WIDTH))
    )
    distances = [np.linalg.norm(a - b, axis=1).mean() for a, b in
                 ((x, y), (x, other_x), (y, other_y))]  # fmt: skip
    cubes = [(((a * b).sum(axis=1) / d + 1) ** 3).mean() for a, b in
             ((x, other_x), (y, other_y), (x, y))]  # fmt: skip

    assert 2 * distances[0] - distances[1] - distances[2] == pytest.approx(
        closed_forms.energy(), abs=0.008
    )
    assert cubes[0] + cubes[1] - 2 * cubes[2] == pytest.approx(closed_forms.kernel(), abs=0.3)
    means, sds = (np.array([of(axis=0) for of in (s.mean, s.std)]) for s in (x, y))
    assert ((means - sds) ** 2).sum() == pytest.approx(closed_forms.frechet(), abs=0.02)


def test_the_length_of_straight_paths_is_a_trimmed_mean_of_chi_squared():
    found = np.sort(chi2.rvs(8, size=1_000_000, random_state=0))
    trimmed = found[10_000:-10_000].mean()

    assert closed_forms.straight_length(8.0) == pytest.approx(8 * trimmed, rel=2e-3)
    assert closed_forms.straight_length(8.0) < 8 * 8  # 2 tr(W W^T) of all paths


def test_the_channel_carries_its_capacity_if_used_evenly():
    assert closed_forms.carried(0.5) == pytest.approx(0.368064, abs=1e-6)
    assert closed_forms.carried(0.1) < closed_forms.carried(0.25) < closed_forms.carried(0.5)


def test_the_ring_is_a_disc_when_its_hole_is_full():
    test, disc = (np.linalg.norm(points, axis=1) for points in many("filled_hole", 1.0))

    assert test.min() >= 0.5
    assert (disc < 0.5).mean() == pytest.approx(0.25, abs=0.02)
    assert np.median(disc) == pytest.approx(np.sqrt(0.5), abs=0.01)


def test_every_test_with_a_p_value_is_asked_for_its_size():
    assert {"neighbour_two_sample_accuracy", "data_copying", "kernel_stein_discrepancy",
            "classifier_two_sample_p_value"} <= set(TESTS)  # fmt: skip
    assert set(CATALOG["size_of_tests"].measures) == set(TESTS)


def test_tests_keep_their_size(verdicts):
    names = ["neighbour_two_sample_accuracy", "kernel_stein_discrepancy"]

    assert verdicts("size_of_tests", names, seeds=3) == dict.fromkeys(names, "+")
