"""The sheet of pictures that `genbench score --sheet` writes beside the scores."""

from collections.abc import Mapping
from pathlib import Path

from genbench.ground.errors import BadInput
from genbench.ground.paths import shown
from genbench.images.image_folder import Tell
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


def draw(path: Path, sides: Mapping[str, Side], *, features: str, seed: int, told: Tell) -> None:
    """Write the sheet, and say so."""
    counts = [
        f"{len(sides[name].digests)} {word} ({sides[name].source.name})"
        for name, word in WORDS.items()
        if name in sides
    ]
    write(
        path,
        "Generated pictures beside real ones",
        f"{', '.join(counts)}. Features: {features}.",
        sections(sides, seed=seed),
        sides,
    )
    told(f"Wrote {shown(path)}.")
