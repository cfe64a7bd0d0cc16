"""Distances: equal to subtraction, whatever the blocks, the offset and the repeats."""

from unittest.mock import patch
from weakref import ref

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy
from scipy.spatial.distance import cdist

from genbench import distances
from genbench.distances import (
    later_distance_blocks,
    nearest,
    nearest_index,
    squared_distance_blocks,
    within,
)
from genbench.evidence.balls import ball_blocks
from genbench.ground.kept_tables import keeping_tables


@st.composite
def two_sets(draw):
    d = draw(st.integers(1, 4))
    numbers = st.floats(-1e3, 1e3, width=32)
    return tuple(
        draw(st_numpy.arrays(np.float64, (draw(st.integers(1, 12)), d), elements=numbers))
        for _ in range(2)
    )


def whole(points, others):
    """Every block put together, with the rows that each was said to be."""
    found = np.full((len(points), len(others)), np.nan)
    for rows, block in squared_distance_blocks(points, others):
        found[rows] = block
    return found


@given(sets=two_sets(), block_entries=st.integers(1, 200))
def test_blocks_are_squared_distances_whatever_their_size(sets, block_entries):
    points, others = sets

    with patch.object(distances, "BLOCK_ENTRIES", block_entries):
        found = whole(points, others)

    assert (found >= 0).all()
    assert found == pytest.approx(cdist(points, others) ** 2, rel=1e-9)


@given(sets=two_sets(), block_entries=st.integers(1, 200), k=st.integers(1, 4))
def test_nearest_neighbours_are_those_of_the_full_matrix(sets, block_entries, k):
    points, among = sets
    k = min(k, len(among))

    with patch.object(distances, "BLOCK_ENTRIES", block_entries):
        found, indices = nearest(points, among, k=k)

    apart = cdist(points, among)
    assert found == pytest.approx(np.sort(apart, axis=1)[:, :k], rel=1e-9, abs=1e-5)
    assert found == pytest.approx(np.take_along_axis(apart, indices, axis=1), rel=1e-9, abs=1e-12)


@given(sets=two_sets(), block_entries=st.integers(1, 200), repeats=st.booleans())
def test_balls_hold_what_subtraction_says(sets, block_entries, repeats):
    points, others = (np.rint(part / 300) * 300 if repeats else part for part in sets)
    apart = cdist(points, others)
    radii, other_radii = np.median(apart, axis=1), apart.max(axis=0)  # of pairs: on the surface

    with patch.object(distances, "BLOCK_ENTRIES", block_entries):
        blocks = list(ball_blocks(points, radii, others, other_radii))

    inside, held = (np.concatenate(part) for part in zip(*(b[1:] for b in blocks), strict=True))
    for found, limit in ((inside, radii[:, None]), (held, other_radii[None, :])):
        assert found[apart**2 <= limit**2].all()
        assert not found[apart**2 > limit**2 * (1 + 1e-12)].any()


@pytest.mark.parametrize("scale", [1e-120, 1e-30, 1.0, 1e30, 1e120])
def test_neighbours_and_balls_do_not_depend_on_the_scale(scale):
    rng = np.random.default_rng(5)
    points, others = rng.normal(size=(30, 3)) * scale, rng.normal(size=(40, 3)) * scale
    apart = cdist(points, others)

    found, indices = nearest(points, others, k=2)
    (balls,) = ball_blocks(points, np.full(30, scale), others, np.full(40, 2 * scale))

    assert (indices == np.argsort(apart, axis=1)[:, :2]).all()
    assert found == pytest.approx(np.sort(apart, axis=1)[:, :2], rel=1e-12)
    assert (balls.of_points == (apart <= scale)).all()
    assert (balls.of_others == (apart <= 2 * scale)).all()


@pytest.mark.parametrize("whole_numbers", [False, True])
def test_neighbours_among_many_are_those_of_the_full_matrix(whole_numbers):
    rng = np.random.default_rng(7)
    points, among = rng.normal(size=(50, 3)), rng.normal(size=(3001, 3))
    if whole_numbers:  # so that nearly all distances are ties
        points, among = np.rint(points), np.rint(among)

    found, indices = nearest(points, among, k=4)

    apart = cdist(points, among)
    assert found == pytest.approx(np.sort(apart, axis=1)[:, :4], rel=1e-12)
    assert found == pytest.approx(np.take_along_axis(apart, indices, axis=1), rel=1e-12)
    assert all(len(set(row)) == 4 for row in indices)


def test_close_calls_are_decided_in_double_precision():
    """A cluster far narrower than single precision tells apart, as seen from its outliers."""
    rng = np.random.default_rng(6)
    points = np.concatenate([1e-6 * rng.normal(size=(200, 2)), [[1e3, 0.0], [-1e3, 5.0]]])
    apart = cdist(points, points)
    np.fill_diagonal(apart, np.inf)

    found, indices = nearest(points, points, k=3, same=True)
    radii = np.sort(apart, axis=1)[:, 2]
    balls = np.concatenate([b.of_points for b in ball_blocks(points, radii, points, radii)])

    assert found == pytest.approx(np.sort(apart, axis=1)[:, :3], rel=1e-9)
    assert (indices == np.argsort(apart, axis=1)[:, :3]).all()
    np.fill_diagonal(apart, 0)
    assert found[:200].max() < 1e-5
    assert (balls == (apart <= radii[:, None])).all()


@pytest.mark.parametrize("far", [1e6, 1e12, 1e13])
def test_an_outlier_does_not_blur_the_others(far):
    """Neither as a neighbour that is looked for, nor as a ball or what it may hold."""
    rng = np.random.default_rng(8)
    points, others = rng.normal(size=(200, 3)), rng.normal(size=(300, 3))
    others[7] = far
    apart, within = cdist(points, others), cdist(others, others)
    np.fill_diagonal(within, np.inf)

    found, indices = nearest(points, others, k=2)
    own, _ = nearest(others, others, k=2, same=True)
    radii, other_radii = np.median(apart, axis=1), np.sort(within, axis=1)[:, 4]
    (balls,) = ball_blocks(points, radii, others, other_radii)

    assert (indices == np.argsort(apart, axis=1)[:, :2]).all()
    assert found == pytest.approx(np.sort(apart, axis=1)[:, :2], rel=1e-12)
    assert own == pytest.approx(np.sort(within, axis=1)[:, :2], rel=1e-12)
    assert (balls.of_points == (apart <= radii[:, None] * (1 + 1e-9))).all()
    assert (balls.of_others == (apart <= other_radii * (1 + 1e-15))).all()
    assert 0 < balls.of_others[:, 7].sum() < 50  # few are as near as its own fifth neighbour
    assert whole(points, others) == pytest.approx(apart**2, rel=1e-9, abs=1e-12)


def test_what_single_precision_cannot_tell_from_zero_is_measured_again(monkeypatch):
    rng = np.random.default_rng(9)
    points, others = rng.normal(size=(20, 3)), rng.normal(size=(30, 3))
    points[-1] = 1e25  # squares of the others are nothing beside its own
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", 30 * 5)
    apart = cdist(points, others)

    _, indices = nearest(points, others, k=2)
    balls = np.concatenate(
        [b.of_points for b in ball_blocks(points, np.ones(20), others, np.ones(30))]
    )

    assert (indices[:-1] == np.argsort(apart, axis=1)[:-1, :2]).all()
    assert (balls == (apart <= 1)).all()


def test_an_empty_ball_holds_nothing():
    points = np.zeros((3, 2))

    (balls,) = ball_blocks(points, np.full(3, np.nan), points, np.zeros(3))

    assert not balls.of_points.any()
    assert balls.of_others.all()


def test_a_block_holds_as_many_rows_as_fit_and_at_least_one(monkeypatch):
    points, others = np.zeros((7, 1)), np.zeros((4, 1))

    sizes = {}
    for block_entries in (1, 8, 10**6):
        monkeypatch.setattr(distances, "BLOCK_ENTRIES", block_entries)
        blocks = squared_distance_blocks(points, others)
        sizes[block_entries] = [len(block) for _, block in blocks]

    assert sizes == {1: [1] * 7, 8: [2, 2, 2, 1], 10**6: [7]}


@pytest.mark.parametrize("offset", [0.0, 1e6, 1e9])
def test_neighbours_are_exact_far_from_the_origin(offset):
    rng = np.random.default_rng(1)
    # Multiples of 1/64: representable at every offset, so that the truth does not change.
    points, among = (np.rint(64 * rng.normal(size=(n, 3))) / 64 for n in (40, 60))

    found, indices = nearest(points + offset, among + offset, k=3)

    apart = cdist(points, among)
    assert (found == np.sort(apart, axis=1)[:, :3]).all()
    assert (np.take_along_axis(apart, indices, axis=1) == found).all()


@pytest.mark.parametrize("offset", [0.0, 1e8])
def test_copies_are_at_distance_zero(offset):
    points = np.random.default_rng(2).normal(size=(50, 5)) + offset

    found, indices = nearest(points, points[::-1])

    assert (found == 0).all()
    assert (indices[:, 0] == np.arange(50)[::-1]).all()


def test_a_point_is_not_its_own_neighbour_but_its_repeats_are():
    points = np.array([[0.0], [0.0], [3.0], [7.0]])

    found, _ = nearest(points, points, k=2, same=True)

    assert found.tolist() == [[0, 3], [0, 3], [3, 3], [4, 7]]


def test_a_point_is_not_its_own_neighbour_in_any_block(monkeypatch):
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", 30)
    points = np.random.default_rng(3).normal(size=(17, 2))

    found, indices = nearest(points, points, k=2, same=True)

    assert found == pytest.approx(np.sort(cdist(points, points), axis=1)[:, 1:3])
    assert (indices != np.arange(17)[:, None]).all()


def test_as_many_neighbours_as_there_are_can_be_asked_for():
    points = np.array([[0.0], [1.0], [4.0]])

    found, _ = nearest(points, points, k=2, same=True)

    assert found.tolist() == [[1, 4], [1, 3], [3, 4]]


def test_pairs_of_one_set_are_met_once(monkeypatch):
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", 40)
    points = np.random.default_rng(5).normal(size=(11, 2)) + 100
    seen = np.full((11, 11), np.nan)

    for rows, columns, block in distances.later_distance_blocks(points):
        seen[rows, columns] = block

    upper = np.triu_indices(11)
    assert seen[upper] == pytest.approx((cdist(points, points) ** 2)[upper], abs=1e-12)
    assert np.isnan(seen[4:, :3]).all()


@pytest.mark.parametrize("gap", [1e2, 1e4, 1e6, 1e7, 1e10])
@pytest.mark.parametrize("share", [0.5, 0.02])
def test_far_clusters_are_measured_as_if_each_were_alone(gap, share, monkeypatch):
    """As with a column of two values, unscaled, or a value that stands for missing ones."""
    monkeypatch.setattr(distances, "BLOCK_ENTRIES", 9000)
    rng = np.random.default_rng(10)
    points, others = rng.normal(size=(200, 4)), rng.normal(size=(150, 4))
    for part in (points, others):
        part[: int(share * len(part)), 0] += gap
    apart, own = cdist(points, others), cdist(points, points)
    np.fill_diagonal(own, np.inf)

    found, indices = nearest(points, points, k=5, same=True)
    radii = np.median(apart, axis=1)
    other_radii = np.sort(apart, axis=0)[7]  # of pairs: on the surface
    balls = list(ball_blocks(points, radii, others, other_radii))

    assert found == pytest.approx(np.sort(own, axis=1)[:, :5], rel=1e-12)
    assert (indices == np.argsort(own, axis=1)[:, :5]).all()
    assert whole(points, others) == pytest.approx(apart**2, rel=1e-8)
    held = np.concatenate([block.of_points for block in balls])
    assert (held == (apart <= radii[:, None] * (1 + 1e-13))).all()
    held = np.concatenate([block.of_others for block in balls])
    assert (held == (apart <= other_radii * (1 + 1e-13))).all()


def test_blocks_are_exact_to_a_share_of_each_distance():
    rng = np.random.default_rng(4)
    points, others = rng.normal(size=(100, 20)) + 1e3, rng.normal(size=(80, 20)) + 1e3
    others[:10] = points[:10] + 1e-6 * rng.normal(size=(10, 20))
    others[10] = points[10]

    found = whole(points, others)

    assert found == pytest.approx(cdist(points, others) ** 2, rel=distances.SURE)
    assert found[10, 10] == 0


def test_what_lies_near_a_limit_is_decided_by_subtraction():
    rng = np.random.default_rng(11)
    points, others = rng.normal(size=(50, 6)), rng.normal(size=(40, 6))
    apart = ((points[:, None] - others) ** 2).sum(axis=2)
    limits = apart[3]  # a tie in every column

    blurred = apart * (1 + 1e-9 * rng.choice([-1, 1], size=apart.shape))

    assert (within(blurred, points, others, limits) == (apart <= limits * (1 + 1e-13))).all()
    assert not within(blurred, points, others, limits * (1 - 1e-10))[3].any()


@pytest.mark.parametrize("d", [3, 300])
def test_the_nearest_by_index_is_the_nearest(d):
    rng = np.random.default_rng(31)
    points, among = rng.normal(size=(200, d)), rng.normal(size=(40, d))
    points[:5] = (among[:5] + among[5:10]) / 2 + 1e-9 * among[:5]  # too close for rounding

    assert (nearest_index(points, among) == nearest(points, among)[1][:, 0]).all()


def test_tables_are_found_once_within_a_call(monkeypatch):
    rng = np.random.default_rng(32)
    points, others = rng.normal(size=(2, 30, 256))
    alone = [block for _, block in squared_distance_blocks(points, others)]
    found = []
    monkeypatch.setattr(distances, "_computed", _noting(distances._computed, found))

    with keeping_tables():
        for _ in range(2):
            (blocks,) = [block.copy() for _, block in squared_distance_blocks(points, others)]
            (turned,) = [block for _, block in squared_distance_blocks(others, points)]
            assert (blocks == alone[0]).all()
            assert (turned == blocks.T).all()
            turned[:] = 0  # blocks may be written to
        assert len(found) == 1
        for _ in later_distance_blocks(points):
            pass
        assert len(found) == 2
        list(squared_distance_blocks(points[:, :255], others[:, :255]))  # few dimensions are not
        list(squared_distance_blocks(points.copy(), others))  # kept; nor are other points these
    assert len(found) == 4
    list(squared_distance_blocks(points, others))
    assert len(found) == 5


def test_tables_keep_no_points_and_those_that_take_their_place_in_memory_have_their_own():
    rng = np.random.default_rng(0)
    with keeping_tables():
        points = rng.normal(size=(20, 300))
        gone = ref(points)
        list(squared_distance_blocks(points, points[5:]))
        del points
        assert gone() is None
        places = set()
        for _ in range(10):
            points = rng.normal(size=(20, 300))
            places.add(points.ctypes.data)
            (found,) = [block.copy() for _, block in squared_distance_blocks(points, points[5:])]
            assert found == pytest.approx(cdist(points, points[5:], "sqeuclidean"), abs=1e-9)
            del points
    assert len(places) < 10  # some took the place of others


def _noting(compute, found):
    def noting(*args, **more):
        found.append(args)
        return compute(*args, **more)

    return noting
