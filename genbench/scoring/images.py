"""From pictures to what `genbench.score` is given: features, classes, and what is to be said."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import torch

from genbench import presets
from genbench.ground.devices import PROCESSOR
from genbench.ground.errors import BadInput
from genbench.ground.paths import shown
from genbench.images import extractors
from genbench.images.cache import FeatureCache
from genbench.images.decoding import Colour
from genbench.images.embedding import WORKERS, embed
from genbench.images.extractors import Extractor
from genbench.images.fairness import remarks
from genbench.images.image_folder import Tell
from genbench.images.pictures import Source
from genbench.images.seen import Seen
from genbench.images.sheets import Side
from genbench.images.sources import Values, open_source
from genbench.images.sources.values import Layout
from genbench.images.weights import Wanted
from genbench.metric import Score
from genbench.scoring.evaluate import Scores, score, with_remarks
from genbench.scoring.image_statistics import ImageStatistics, is_statistics, load

NAMES = {"generated": "the generated pictures", "test": "the real pictures"}


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How pictures are read and seen.

    `cache` is where features are kept: a folder, the usual one (None), or nowhere (False).
    """

    features: Any = None  # as `genbench.images.extractors.find` takes it, or None
    weights: Wanted = field(default_factory=Wanted)
    values: Values = field(default_factory=Values)
    background: Colour | None = None
    cache: Path | str | Literal[False] | None = None
    workers: int = WORKERS
    device: str = PROCESSOR
    seed: int = 0
    show_progress: bool = True

    def extractor(self, preset: str | None) -> Extractor:
        """Return the network, which a preset may name, and how pictures are prepared for it."""
        wanted = self.features
        if preset is not None and (wanted is None or isinstance(wanted, str)):
            wanted = presets.find(preset).seen_by(wanted)
        return extractors.find(
            extractors.DEFAULT if wanted is None else wanted,
            weights=self.weights,
            device=self.device,
        )

    def source(self, given: Any, name: str, *, n: int | None, told: Tell | None) -> Source:
        """Open one set of pictures."""
        return open_source(
            given,
            name=NAMES.get(name, f"the {name} pictures"),
            n=n,
            values=self.values,
            background=self.background,
            seed=self.seed,
            told=told,
        )


@dataclass(frozen=True)
class Gathered:
    """What `score` is given, and what is to be said of every score."""

    inputs: dict[str, Any]
    remarks: list[str]
    about: dict[str, Any]  # what the numbers depend on
    pictures: dict[str, Side]  # the sets that are of pictures

    def tell(self, found: Score) -> Score:
        """Return a score that says so."""
        (said,) = with_remarks(Scores([found]), self.remarks).values()
        return replace(said, parameters={**said.parameters, **self.about})


def gather(
    sides: Mapping[str, Any],
    settings: Settings,
    *,
    preset: str | None = None,
    n: int | None = None,
    told: Tell | None = None,
) -> Gathered:
    """Embed the pictures of generated, test, train and fresh, as far as they are given.

    Args:
        sides: the sets by these names, each as `open_source` takes it, or statistics of features.
        settings: how they are seen.
        preset: another program, whose network and resize are taken, unless `settings` say others.
        n: how many generated pictures are looked at.
        told: is called with sentences on what was read.

    Raises:
        BadInput: a set cannot be read, or is not of the same network.
        MissingExtra: a package is not installed.
    """
    opened: dict[str, Any] = {}
    for name, given in sides.items():
        if given is None:
            continue
        if is_statistics(given):
            opened[name] = load(given)
        else:
            many = n if name == "generated" else None
            opened[name] = settings.source(given, name, n=many, told=told)
    extractor = settings.extractor(preset)
    cache = None if settings.cache is False else FeatureCache(_path(settings.cache))
    inputs: dict[str, Any] = {}
    seen: dict[str, Seen] = {}
    of_pictures: dict[str, Side] = {}
    try:
        for name, each in opened.items():
            source = _take(name, each, inputs, extractor, settings, told)
            if source is None:
                continue
            found = embed(
                source,
                extractor,
                cache=cache,
                workers=settings.workers,
                show_progress=settings.show_progress,
            )
            seen[name] = found.seen
            of_pictures[name] = Side(source, found.features, found.seen.digests)
            inputs[name] = found.features
            if found.probabilities is not None and name != "fresh":  # no metric is given its
                inputs[f"{name}_probabilities"] = found.probabilities
    finally:
        if cache is not None:
            cache.close()
    said = remarks(seen, size=extractor.preparing.size, published=preset is not None)
    about = {**extractor.described, "device": settings.device, "torch": torch.__version__}
    about |= {f"{name}_pictures": str(each) for name, each in seen.items()}
    return Gathered(inputs, said, about, of_pictures)


def _path(cache: Path | str | None) -> Path | None:
    return None if cache is None else Path(cache)


def _take(
    name: str,
    opened: Source | ImageStatistics,
    inputs: dict[str, Any],
    extractor: Extractor,
    settings: Settings,
    told: Tell | None,
) -> Source | None:
    """Put statistics among the inputs, and return the source of pictures, if there are any.

    Raises:
        BadInput: statistics are of another network, or can be no such set.
    """
    if isinstance(opened, Source):
        return opened
    if name not in ("test", "generated"):
        raise BadInput(f"{opened.name} holds statistics: {name} must be pictures.")
    opened.hold(extractor.described)
    d = extractor.dimensions
    found = opened.moments.mean if opened.moments is not None else opened.features
    if found is not None and d is not None and found.shape[-1] != d:
        raise BadInput(
            f"{opened.name} is of {found.shape[-1]} features, and {extractor.name} makes {d}."
        )
    if opened.features is not None:
        inputs[name] = opened.features
    if opened.moments is not None:
        inputs[f"{name}_moments"] = opened.moments
    if opened.pictures is None:
        return None
    if told is not None:
        told(
            f"{shown(opened.pictures)}: its moments go to the Frechet distance, its pictures to "
            "all other measures."
        )
    return settings.source(opened.pictures, name, n=None, told=told)


def score_images(
    generated: Any,
    *,
    against: Any,
    train: Any = None,
    fresh: Any = None,
    features: Any = None,
    preset: str | None = None,
    n: int | None = None,
    weights: Path | str | None = None,
    sha256: str | None = None,
    download: bool = False,
    range: tuple[float, float] | None = None,  # noqa: A002  # as on the command line
    layout: Layout | None = None,
    background: Colour | None = None,
    cache: Path | str | Literal[False] | None = None,
    workers: int = WORKERS,
    device: str = PROCESSOR,
    seed: int = 0,
    show_progress: bool = False,
    **others: Any,
) -> Scores:
    """Score generated pictures against real ones on the features of a network.

    Args:
        generated: the model's pictures: a folder, .zip, .npy, .npz, IDX or CIFAR-10 file, an array
            or tensor, a Dataset, a DataLoader or other batches, a function `make(n, rng)`, or
            `generator.onnx:64`.
        against: real pictures in any of these forms, or statistics of their features.
        train: what the model learned from: shows copying.
        fresh: more real pictures, to say beside every score what real ones get.
        features: a network by its name ("lite0-128" by default, "inception", "dinov2-vitl14", ...),
            "inception@pil-bicubic-299" with another preprocessing, `file.py:function`,
            `network.onnx@clip-224`, or (module, "clip-224").
        preset: take network, resize and estimators of another program, such as "pytorch-fid".
        n: how many generated pictures; a generator needs it.
        weights: the network's file; else it is looked for (see `genbench.images.weights`).
        sha256: the checksum that it must have.
        download: whether weights may be downloaded.
        range: black and white of pictures of floating-point numbers, such as (-1, 1).
        layout: "nhwc" or "nchw", where shapes do not tell where channels are.
        background: the colour, from 0 to 255, that transparent pictures lie on.
        cache: where features are kept: a folder, the usual one (None), or nowhere (False).
        workers: threads that read and resize.
        device: where the network and large products run, such as "cuda".
        seed: of all that is drawn.
        show_progress: show a bar on standard error.
        others: as `genbench.score` takes them: metrics, k.

    Returns:
        The scores, which say in their parameters what made the features, and among their warnings
        what makes the comparison unfair.

    Raises:
        BadInput: pictures cannot be read, or do not fit each other.
        MissingExtra: a package that the network needs is not installed.
    """
    settings = Settings(
        features=features,
        weights=Wanted(None if weights is None else Path(weights), sha256, download),
        values=Values(range, layout),
        background=background,
        cache=cache,
        workers=workers,
        device=device,
        seed=seed,
        show_progress=show_progress,
    )
    sides = {"generated": generated, "test": against, "train": train, "fresh": fresh}
    found = gather(sides, settings, preset=preset, n=n)
    scores = score(**found.inputs, preset=preset, seed=seed, device=device, **others)
    return Scores(found.tell(each) for each in scores.values())
