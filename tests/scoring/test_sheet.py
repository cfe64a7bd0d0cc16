"""What a sheet shows is what its definition says, written out."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence.comparison import Comparison, Reference
from genbench.evidence.typicality import typicality
from genbench.images.pictures import Source, as_rgb, digest_of
from genbench.images.sheets import Side
from genbench.images.sources import open_source
from genbench.scoring.sheet import HALF, MOST_CLASSES, PICKED, SHOWN, sections, side_of_pixels

D, N_MADE, N_COPIES = 6, 70, 10


def side(rng, n, labels=None):
    """Pictures that are all different, with features that lie anywhere."""
    pixels = rng.integers(256, size=(n, 4, 4, 3), dtype=np.uint8)
    source = open_source(pixels)
    source = Source(source.name, source.pictures, n, labels=labels)
    digests = [digest_of(as_rgb(each)) for each in pixels]
    return Side(source, rng.normal(size=(n, D)).astype(np.float32), digests)


@pytest.fixture
def sides():
    """Real, training and generated pictures; of these ten are training ones, one of them twice."""
    rng = np.random.default_rng(0)
    real, train, made = (side(rng, n) for n in (80, 60, N_MADE))
    for place, copied in zip([*range(3, 63, 6), 69], [*range(N_COPIES), 0], strict=True):
        made.digests[place] = train.digests[copied]
        made.points[place] = train.points[copied]
    return {"test": real, "generated": made, "train": train}


def named(sides, heading, **how):
    (found,) = (each for each in sections(sides, **{"seed": 0, **how}) if each.heading == heading)
    return found


def places(row):
    return [[tile.place for tile in group if tile is not None] for group in row.groups]


def test_planted_training_pictures_are_counted_and_all_shown(sides):
    found = named(sides, "Exact copies of training pictures")
    assert found.said == (
        "11 of 70 generated pictures are training pictures, pixel by pixel; 10 different ones."
    )
    shown = [place for row in found.rows for group in places(row) for place in group]
    assert shown == [*range(3, 63, 6)]


def test_more_copies_than_have_room_are_said(sides):
    copied = [f"{place}".encode() for place in range(N_MADE)]
    some = {name: Side(each.source, each.points, copied) for name, each in sides.items()}
    found = named(some, "Exact copies of training pictures")
    assert "70 of 70 generated" in found.said
    assert f"; the first {SHOWN} are shown" in found.said
    assert sum(len(row.tiles) for row in found.rows) == SHOWN


def test_the_nearest_stand_beside_their_neighbours_with_distances(sides):
    made, train = sides["generated"], sides["train"]
    apart = cdist(made.points, train.points)
    original = [i for i in range(N_MADE) if made.digests[i] not in train.digests]
    expected = sorted(original, key=lambda place: apart[place].min())[:PICKED]
    found = named(sides, "Nearest to training pictures")
    assert [places(row)[0] for row in found.rows] == [[place] for place in expected]
    for place, row in zip(expected, found.rows, strict=True):
        near = np.argsort(apart[place])[:4]
        assert places(row)[1] == near.tolist()
        assert [tile.said for tile in row.groups[1]] == [f"{apart[place, j]:.3g}" for j in near]
        assert {tile.side for tile in row.groups[1]} == {"train"}


def test_the_most_and_least_typical_are_those_of_the_measure(sides):
    made, real = sides["generated"], sides["test"]
    made.points[20], made.points[30] = (
        50,
        60,
    )  # farther out than all real ones: both are typical of none
    measured = typicality(
        Comparison(reference=Reference(test_points=real.points), generated_points=made.points)
    )
    reach = np.sort(cdist(made.points, real.points))[:, 4]
    most, least = named(sides, "Most and least typical").rows
    different = [place for place in range(N_MADE) if place != 69]  # which is shown before
    order = sorted(different, key=lambda place: reach[place])
    assert places(most)[0] == order[:PICKED]
    assert places(least)[0] == order[::-1][:PICKED]
    assert places(least)[0][:2] == [30, 20]
    for row in (most, least):
        for tile in row.tiles:
            assert tile.said == f"{measured[tile.place]:.2f}"


def test_too_few_real_pictures_are_a_reason(sides):
    few = side(np.random.default_rng(1), 4)
    found = named({**sides, "test": few}, "Most and least typical")
    assert "needs 6 test samples; there are 4" in found.said
    assert not found.rows


def test_the_seed_draws_who_stands_side_by_side(sides):
    first, again, other = (
        named(sides, "Real and generated", seed=seed) for seed in (0, 0, 1)
    )  # fmt: skip
    assert first == again
    assert first.rows != other.rows
    left = [place for row in first.rows for place in places(row)[0]]
    right = [place for row in first.rows for place in places(row)[1]]
    assert len(set(left)) == len(set(right)) == SHOWN
    assert left == sorted(left)
    assert set(left) != set(right)
    assert first.said == (
        "Left 32 of 80 real pictures, right 32 of 70 generated ones, drawn at random (seed 0)."
    )


def test_fewer_pictures_are_all_there_and_stay_on_their_side(sides):
    few = side(np.random.default_rng(1), 6)
    found = named({**sides, "test": few}, "Real and generated")
    assert [place for row in found.rows for place in places(row)[0]] == [*range(6)]
    assert {len(row.groups[0]) for row in found.rows} == {HALF}
    assert "Left all 6 real pictures" in found.said


def test_without_training_pictures_nothing_is_said_of_them(sides):
    del sides["train"]
    assert [each.heading for each in sections(sides, seed=0)] == [
        "Real and generated",
        "Most and least typical",
    ]


def test_classes_of_both_sets_have_a_row_each(sides):
    rng = np.random.default_rng(2)
    real = side(rng, 80, ["cat", "dog", "elk", "cat"] * 20)
    made = side(rng, 9, ["dog"] * 6 + ["cat"] + ["fox"] * 2)
    found = named({"test": real, "generated": made}, "Class by class")
    cat, dog = found.rows
    assert cat.title == "cat: 40 real, 1 generated"
    assert dog.title == "dog: 20 real, 6 generated"
    assert places(cat)[1] == [6]
    assert len(places(cat)[0]) == len(places(dog)[0]) == len(places(dog)[1]) == HALF
    assert {place % 4 for place in places(cat)[0]} <= {0, 3}
    assert set(places(dog)[1]) <= set(range(6))


def test_of_many_classes_it_is_said_how_many_are_shown():
    rng = np.random.default_rng(2)
    labels = [f"{place:02d}" for place in range(30)]
    both = {name: side(rng, 30, labels) for name in ("test", "generated")}
    found = named(both, "Class by class")
    assert f"Of 30 classes {MOST_CLASSES} are shown, drawn at random (seed 0)." in found.said
    assert len(found.rows) == MOST_CLASSES


def test_features_of_pixels_are_the_pixels():
    pixels = np.random.default_rng(0).integers(256, size=(5, 4, 3), dtype=np.uint8)
    found = side_of_pixels(open_source(pixels))
    assert (found.points == pixels.reshape(5, 12)).all()
    assert found.digests == [digest_of(as_rgb(each)) for each in pixels]
