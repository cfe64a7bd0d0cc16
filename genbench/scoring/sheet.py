"""What a sheet of pictures shows: which of them, beside which, and what is said of them."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import numpy as np

from genbench.distances import nearest
from genbench.evidence.comparison import Comparison, Reference
from genbench.evidence.typicality import places, share_below
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.paths import shown
from genbench.ground.randomness import rng_for
from genbench.images.pictures import Source, as_rgb, digest_of
from genbench.images.sheets import ACROSS, LARGE, Row, Section, Side, Tile
from genbench.scoring.image_statistics import is_statistics, load
from genbench.scoring.standouts import different

SHOWN = 32  # of each set, and of exact copies
HALF = ACROSS // 2
PICKED = 8  # of the nearest, the most and the least typical
NEIGHBOURS = 4
MOST_CLASSES = 20
REAL, MADE, TRAIN = "test", "generated", "train"


def hold_pictures(sides: Mapping[str, Any]) -> None:
    """See that sets are of pictures, and not of what is known of them.

    Raises:
        BadInput: one is a file of statistics alone.
    """
    for given in sides.values():
        if is_statistics(given) and load(given).pictures is None:
            raise BadInput(
                f"--sheet shows pictures, and {shown(given)} holds statistics of them alone."
            )


def side_of_pixels(source: Source) -> Side:
    """Return a set whose features are its pixels, all pictures being of one size."""
    rows, digests = [], []
    for picture in source.pictures():
        pixels = picture.read()
        rows.append(pixels.ravel().astype(np.float32))
        digests.append(digest_of(as_rgb(pixels)))
    return Side(source, np.stack(rows), digests)  # of bytes single precision loses nothing


def sections(sides: Mapping[str, Side], *, seed: int) -> list[Section]:
    """Return the sections of a sheet.

    Args:
        sides: the sets `test` and `generated`, and `train` where it is known.
        seed: of what is drawn from them.
    """
    found = [_side_by_side(sides, seed=seed)]
    if TRAIN in sides:
        found += [_copies(sides), _nearest(sides)]
    found.append(_typical(sides))
    if sides[REAL].source.labels is not None and sides[MADE].source.labels is not None:
        found += _of_classes(sides, seed=seed)
    return found


def _side_by_side(sides: Mapping[str, Side], *, seed: int) -> Section:
    drawn = {
        name: _drawn(np.arange(len(sides[name].points)), SHOWN, seed, name) for name in (REAL, MADE)
    }
    left, right = (_of(drawn[name], sides[name]) for name in (REAL, MADE))
    said = f"Left {left} real pictures, right {right} generated ones"
    if any(len(drawn[name]) < len(sides[name].digests) for name in drawn):
        said += f", drawn at random (seed {seed})"
    return Section("Real and generated", f"{said}.", _halves(drawn[REAL], drawn[MADE]))


def _copies(sides: Mapping[str, Side]) -> Section:
    made, known = sides[MADE], set(sides[TRAIN].digests)
    copies = [place for place, digest in enumerate(made.digests) if digest in known]
    distinct = list(different(copies, made.digests))
    said = (
        f"{len(copies)} of {len(made.digests)} generated pictures are training pictures, pixel by "
        "pixel"
    )
    if len(distinct) < len(copies):
        said += f"; {len(distinct)} different ones"
    if len(distinct) > SHOWN:
        said += f"; the first {SHOWN} are shown"
    tiles = [Tile(MADE, place) for place in distinct[:SHOWN]]
    rows = [Row([tiles[start : start + ACROSS]]) for start in range(0, len(tiles), ACROSS)]
    return Section("Exact copies of training pictures", f"{said}.", rows)


def _nearest(sides: Mapping[str, Side]) -> Section:
    """Return those nearest to training pictures but exact copies, which have their own section."""
    made, train = sides[MADE], sides[TRAIN]
    many = min(NEIGHBOURS, len(train.points))
    distances, indices = nearest(made.points, train.points, k=many)
    known = set(train.digests)
    order = [
        place
        for place in np.argsort(distances[:, 0], kind="stable")
        if made.digests[place] not in known
    ]
    rows = [
        Row(
            [
                [Tile(MADE, place, named=True)],
                [
                    Tile(TRAIN, int(other), f"{distance:.3g}", named=True)
                    for other, distance in zip(indices[place], distances[place], strict=True)
                ],
            ]
        )
        for place in islice(different(order, made.digests), PICKED)
    ]
    return Section(
        "Nearest to training pictures",
        f"Left generated pictures, the nearest first, without exact copies; right the {many} "
        "training pictures nearest to each, with their distances in the features.",
        rows,
        LARGE,
    )


def _typical(sides: Mapping[str, Side]) -> Section:
    """Return the ends of the order by density, of which typicality is the share of real pictures.

    The share has ties where pictures lie farther out than all real ones: their distances have none.
    """
    made = sides[MADE]
    reference = Reference(test_points=sides[REAL].points)
    try:
        dense, real = places(Comparison(reference=reference, generated_points=made.points))
    except Unavailable as reason:
        return Section("Most and least typical", f"Cannot be told: {reason}.")
    shares = share_below(dense, real)
    order = np.argsort(-dense, kind="stable")
    rows = [
        Row(
            [
                [
                    Tile(MADE, place, f"{shares[place]:.2f}")
                    for place in islice(different(picked, made.digests), PICKED)
                ]
            ],
            title,
        )
        for title, picked in (("Most typical", order), ("Least typical", order[::-1]))
    ]
    return Section(
        "Most and least typical",
        "Below each, the share of real pictures in places at most as dense, by the distance to the "
        f"{reference.k}th nearest real picture: one half on average for real ones.",
        rows,
    )


def _of_classes(sides: Mapping[str, Side], *, seed: int) -> Iterator[Section]:
    """Return a row for each class of both sets."""
    labels = {name: np.array(sides[name].source.labels) for name in (REAL, MADE)}
    both = np.intersect1d(labels[REAL], labels[MADE])
    if not len(both):
        return
    said = (
        "Classes are the folders that pictures lie in, or the labels beside them. Left real "
        "pictures, right generated ones."
    )
    if len(both) > MOST_CLASSES:
        said += f" Of {len(both)} classes {MOST_CLASSES} are shown, drawn at random (seed {seed})."
    rows = []
    for label in _drawn(both, MOST_CLASSES, seed, "classes"):
        of_class = {name: np.flatnonzero(each == label) for name, each in labels.items()}
        counts = f"{len(of_class[REAL])} real, {len(of_class[MADE])} generated"
        drawn = [_drawn(of_class[name], HALF, seed, name, label) for name in (REAL, MADE)]
        rows += [row._replace(title=f"{label}: {counts}") for row in _halves(*drawn)]
    yield Section("Class by class", said, rows)


def _halves(real: Sequence[int], made: Sequence[int]) -> list[Row]:
    """Return rows with real pictures on the left and generated ones on the right."""
    rows = []
    for start in range(0, max(len(real), len(made)), HALF):
        some = slice(start, start + HALF)
        left: list[Tile | None] = [Tile(REAL, place) for place in real[some]]
        left += [None] * (HALF - len(left))
        rows.append(Row([left, [Tile(MADE, place) for place in made[some]]]))
    return rows


def _drawn(values: Any, n: int, seed: int, *purpose: str) -> list[Any]:
    """Return n of the values at random, or all if there are fewer, in their order."""
    rng = rng_for(seed, "sheet", *purpose)
    chosen = rng.choice(len(values), size=min(n, len(values)), replace=False)
    return [value.item() for value in values[np.sort(chosen)]]


def _of(drawn: Sequence[int], side: Side) -> str:
    n = len(side.digests)
    return f"all {n}" if len(drawn) == n else f"{len(drawn)} of {n}"
