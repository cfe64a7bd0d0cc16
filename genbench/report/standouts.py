"""Pictures that stand out, on the page: nearest to training, the most and the least typical."""

from collections.abc import Iterator, Sequence

import numpy as np

from genbench.ground.arrays import Array
from genbench.report.excerpts import listed
from genbench.report.html_parts import Look
from genbench.report.leaderboard import Row, Table
from genbench.report.sprites import Sprite, arrays_of, joined, shades, strip
from genbench.scoring.standouts import N_EACH, Picture, Standouts

HIGH = 36  # pixels of the page, up to which small pictures are enlarged
GAP = 3  # pixels of a picture, between one or a pair and the next
NAMES = ("nearest to training pictures, each beside its nearest", "most typical", "least typical")
TOLD = (
    f"Of the first seed. For each model first the {N_EACH} pictures nearest to training ones, each "
    f"left of the training picture it is nearest to; then its {N_EACH} most typical pictures, and "
    f"its {N_EACH} least typical: where real ones lie densest, and where least. Near is near by "
    "the features of the data set. In no group does a picture stand twice."
)


def standouts(index: int, table: Table, look: Look) -> str:
    """Return the pictures that stand out of each model of a table; nothing where none are kept.

    `index` is the table's place on the page.
    """
    kept = [(row, found) for row in table.rows if (found := _first(row))]
    pictures = arrays_of({row.model: _all(found) for row, found in kept})
    if not pictures:
        return ""
    drawn = shades(pictures)
    groups = [list(_groups(drawn[row.model], found)) for row, found in kept]
    sprite = joined(
        [255 * np.concatenate(each, axis=1) for each in groups],
        tuple(drawn),
        pictures=True,
    )
    zoom = max(1, HIGH // sprite.height)
    widths = [zoom * group.shape[1] for group in groups[0]]
    rows = ((row, _parts(place, widths)) for place, (row, _) in enumerate(kept))
    return f"{_style(index, sprite, zoom)}{listed('Pictures that stand out', TOLD, rows, look)}"


def _first(row: Row) -> Standouts | None:
    return next((record.standouts for record in row.records if record.standouts), None)


def _all(found: Standouts) -> Sequence[Picture]:
    pairs = (picture for pair in found.nearest for picture in pair)
    return (*pairs, *found.most_typical, *found.least_typical)


def _groups(pictures: Array, found: Standouts) -> Iterator[Array]:
    """Yield each group of a model's pictures (n, side, side, channels) as one picture."""
    near, most = 2 * len(found.nearest), len(found.most_typical)
    for part, together in zip(np.split(pictures, [near, near + most]), (2, 1, 1), strict=True):
        _, side, _, channels = part.shape
        wide = together * (side + 1) - 1
        whole = np.ones((side, N_EACH, wide + GAP, channels))  # white where there are fewer
        for place, some in enumerate(part.reshape(-1, together, side, side, channels)):
            whole[:, place, :wide] = strip(some)
        yield whole.reshape(side, -1, channels)


def _parts(place: int, widths: Sequence[int]) -> Iterator[str]:
    """Yield the groups of a model, which has this place in the picture of all."""
    for name, width, left in zip(NAMES, widths, np.cumsum([0, *widths]), strict=False):
        where = f"--i:{place};--x:{left}px;width:{width}px"
        yield f'<s role=img aria-label="{name}" style="{where}"></s>'


def _style(index: int, sprite: Sprite, zoom: int) -> str:
    width, height = zoom * sprite.width, zoom * sprite.height
    return (
        f"<style>.d{index} .texts dd s{{background-image:url({sprite.source});--h:{height}px;"
        f"background-size:{width}px auto;height:{height}px}}</style>"
    )
