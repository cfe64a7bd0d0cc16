"""The sheet of pictures that `genbench score --sheet` writes beside the scores."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from genbench.cli.show import Show, telling
from genbench.ground.errors import BadInput
from genbench.ground.paths import shown
from genbench.images.pictures import Source
from genbench.images.sheets import Side, write
from genbench.images.sources import open_source
from genbench.scoring.sheet import sections

WORDS = {"generated": "generated", "test": "real", "train": "training"}


def opened(named: Mapping[str, Path | None]) -> dict[str, Source]:
    """Return the sets of a sheet as pictures.

    Raises:
        BadInput: one holds none.
    """
    found = {}
    for name in WORDS:
        path = named[name]
        if path is None:
            continue
        try:
            found[name] = open_source(path, told=lambda _: None)
            next(found[name].pictures()).read()  # whether numbers can be pixels
        except BadInput as error:
            raise BadInput(f"--sheet shows pictures: {error}") from error
    return found


def draw(
    console: Console,
    show: Show,
    path: Path,
    sides: Mapping[str, Side],
    *,
    features: str,
    seed: int,
) -> None:
    """Write the sheet, and say so.

    Raises:
        BadInput: a set has changed since it was scored.
    """
    counts = [
        f"{len(sides[name].digests)} {word} ({sides[name].source.name})"
        for name, word in WORDS.items()
        if name in sides
    ]
    said = f"{', '.join(counts)}. Features: {features}."
    with show.status(console, f"Drawing {path}"):
        chosen = sections(sides, seed=seed)
        write(path, "Generated pictures beside real ones", said, chosen, sides)
    telling(console, show)(f"Wrote {shown(path)}.")
