"""Trees find the neighbours, and the members of balls, that all pairs have."""

import numpy as np
import pytest

from genbench.distances import nearest
from genbench.evidence.balls import members
from genbench.evidence.overlap import Overlap
from genbench.ground import trees


@pytest.fixture
def by_tree(monkeypatch):
    def use(wanted):
        monkeypatch.setattr(trees, "FEWEST_PAIRS", 0 if wanted else np.inf)

    return use


def spread(rng, n, d):
    return rng.normal(size=(n, d)) + 1e6


def whole(rng, n, d):
    return rng.integers(4, size=(n, d)).astype(float)  # ties and repeats


LAWS = [spread, whole]


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("d", [1, 2, 8])
@pytest.mark.parametrize("same", [True, False])
def test_neighbours_are_those_of_all_pairs(law, d, same, by_tree):
    rng = np.random.default_rng(0)
    points = law(rng, 60, d)
    among = points if same else law(rng, 50, d)
    found = {}
    for wanted in (False, True):
        by_tree(wanted)
        found[wanted] = nearest(points, among, k=3, same=same)

    assert (found[True][0] == found[False][0]).all()
    if law is spread:
        assert (found[True][1] == found[False][1]).all()
    if same:
        assert (found[True][1] != np.arange(60)[:, None]).all()


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("d", [1, 3])
def test_members_of_balls_are_those_of_all_pairs(law, d, by_tree):
    rng = np.random.default_rng(1)
    sets = [law(rng, n, d) for n in (80, 70)]
    radii = [nearest(points, points, k=2, same=True)[0][:, -1] for points in sets]
    radii[0][3] = np.nan  # no ball
    found = {}
    for wanted in (False, True):
        by_tree(wanted)
        found[wanted] = Overlap.measure(sets[0], radii[0], sets[1], radii[1], k=2, held=None)

    assert found[True].test_balls_around.sum() > 0
    for name in ("test_balls_around", "generated_balls_around", "test_ball_occupied"):
        assert (getattr(found[True], name) == getattr(found[False], name)).all(), name
    assert not found[True].test_ball_occupied[3]


def test_balls_that_hold_many_are_looked_at_in_blocks(by_tree, monkeypatch):
    by_tree(True)
    rng = np.random.default_rng(2)
    points, others, radii = spread(rng, 90, 2), spread(rng, 90, 2), np.full(90, 0.5)
    assert members(points, radii, others, radii) is not None

    monkeypatch.setattr(trees, "MOST_MEMBERS", 2)

    assert members(points, radii, others, radii) is None


def test_repeats_beyond_all_candidates_hide_no_point(by_tree):
    by_tree(True)

    distances, indices = nearest(np.zeros((40, 2)), np.zeros((40, 2)), k=2, same=True)

    assert (distances == 0).all()
    assert (indices != np.arange(40)[:, None]).all()
