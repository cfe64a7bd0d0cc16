"""Commands about pictures: statistics of their features, and the features that are kept."""

from pathlib import Path
from typing import Any

import click

from genbench.cli.options import CONSOLE
from genbench.cli.picture_options import looking, settings_from
from genbench.ground.errors import BadInput

RAW = "pixels"  # compared as they are, without a network
SMALLEST = 16  # pixels a side, from which on a network has something to see


def is_set(target: str, *, n: int | None) -> bool:
    """Return whether a target of `genbench score` is a set of samples; else it is a model.

    A generator that is exported to a file is a set once it is told how many to draw.
    """
    from genbench.files import holds_samples
    from genbench.images.sources import EXPORTED, holds_pictures
    from genbench.scoring.image_statistics import is_statistics

    if EXPORTED.fullmatch(target):
        return n is not None
    return holds_samples(target) or is_statistics(target) or holds_pictures(Path(target))


def are_pictures(target: str, against: Path, *, features: str | None, preset: str | None) -> bool:
    """Return whether two sets are to be compared by a network that looks at pictures.

    They are where a network is named, by itself or by a preset, and where both are pictures that
    are large enough.
    """
    from genbench import presets
    from genbench.images.sources import EXPORTED, holds_pictures
    from genbench.scoring.image_statistics import is_statistics

    if features is not None:
        return features != RAW
    both = [
        is_statistics(each) or holds_pictures(Path(each)) or bool(EXPORTED.fullmatch(str(each)))
        for each in (target, against)
    ]
    if not all(both):
        return False
    if preset is not None and presets.find(preset).features is not None:
        return True
    return all(_is_large(each) for each in (target, against))


def _is_large(place: str | Path) -> bool:
    """Return whether the first picture is as large as a network needs."""
    from genbench.images.sources import EXPORTED, open_source
    from genbench.scoring.image_statistics import is_statistics

    if is_statistics(place) or EXPORTED.fullmatch(str(place)):
        return True
    source = open_source(Path(place), told=lambda _: None)
    first = next(iter(source.pictures()))
    if first.facts is not None:
        facts = first.facts()
        smaller = min(facts.height, facts.width)
    else:
        smaller = min(first.read().shape[:2])
    return smaller >= SMALLEST


@click.command()
@click.argument("source")
@click.option(
    "--out", "-o", type=click.Path(dir_okay=False, path_type=Path), required=True, help="An .npz."
)
@looking
@click.option("--preset", help="Network and resize of another program, such as pytorch-fid.")
@click.option("--device", default="cpu", help="Where the network runs: cuda.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def stats(
    source: str, out: Path, preset: str | None, device: str, seed: int, **looked: Any
) -> None:
    """Write mean and covariance of the features of pictures to a file, for --against.

    Other programs read it, too: pytorch-fid, clean-fid, EDM.

    \b
    genbench stats real/ -o real.npz
    genbench stats real.zip -o real.npz --preset pytorch-fid --weights FILE
    genbench score generated/ --against real.npz -m fid --preset pytorch-fid --weights FILE
    """
    from genbench.images.cache import FeatureCache
    from genbench.images.embedding import stream
    from genbench.scoring.image_statistics import Accumulator, save

    if out.suffix != ".npz":
        raise BadInput(f"--out must end in .npz, not {out.name!r}.")
    settings = settings_from(looked, device=device, seed=seed)
    opened = settings.source(Path(source), "given", n=looked["n"], told=_say)
    extractor = settings.extractor(preset)
    kept = None if settings.cache is False else FeatureCache(settings.cache)
    found = Accumulator()
    try:
        seen = stream(opened, extractor, found, cache=kept, workers=settings.workers)
    finally:
        if kept is not None:
            kept.close()
    save(out, found, extractor, seen)
    _say(f"Wrote {out}: {seen.n} pictures, {', '.join(extractor.described.values())}.")


@click.command()
@click.option("--cache", "folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--clear", is_flag=True, help="Remove all that is kept.")
def cache(folder: Path | None, clear: bool) -> None:
    """Show how much of the features of pictures is kept, and where."""
    from genbench.images.cache import FeatureCache

    kept = FeatureCache(folder)
    if clear:
        kept.clear()
    n, size = kept.size()
    _say(f"{kept.folder}: {n} batches of features, {size / 2**20:.1f} MiB.")


def _say(sentence: str) -> None:
    CONSOLE.print(sentence, markup=False, highlight=False, soft_wrap=True)
