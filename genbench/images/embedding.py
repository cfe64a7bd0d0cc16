"""One pass over a source: pictures are read, looked at, prepared, seen by a network, and kept."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from rich.console import Console

from genbench.ground.errors import BadInput
from genbench.ground.meter import meter
from genbench.ground.paths import brief
from genbench.images.cache import FeatureCache, key_of
from genbench.images.decoding import Facts, Pixels
from genbench.images.extractors import BATCH_SIZE, Extractor
from genbench.images.pictures import Picture, Source
from genbench.images.seen import Look, Seen

Floats: TypeAlias = NDArray[np.float32]
Each: TypeAlias = Callable[[Floats, Floats | None], None]  # is called with every batch

WORKERS = 2  # threads that decode and resize while the network runs
AHEAD = 2  # batches
NAMED = 10  # broken files


@dataclass(frozen=True, eq=False)
class Embedded:
    """Features of a set of pictures, a row a picture, and what is known of it beside."""

    features: Floats  # (n, d)
    logits: Floats | None  # (n, classes)
    seen: Seen

    @property
    def probabilities(self) -> NDArray[np.float64] | None:
        """Class probabilities (n, classes), if there are classes."""
        return None if self.logits is None else softmax(self.logits)


class _Read(NamedTuple):
    """A picture that was looked at; its pixels, unless what it shows was known before."""

    picture: Picture
    look: Look
    pixels: Pixels | None


def softmax(logits: Floats) -> NDArray[np.float64]:
    """Return class probabilities (n, classes) in double precision."""
    values = logits.astype(np.float64)
    values -= values.max(axis=1, keepdims=True)
    np.exp(values, out=values)
    values /= values.sum(axis=1, keepdims=True)
    return values


def embed(
    source: Source,
    extractor: Extractor,
    *,
    cache: FeatureCache | None = None,
    workers: int = WORKERS,
    show_progress: bool = True,
) -> Embedded:
    """Return the features of all pictures of a source.

    Raises:
        BadInput: there is no picture, some cannot be read (the first ten are named), or the network
            cannot take them.
    """
    features: list[Floats] = []
    logits: list[Floats] = []

    def keep(points: Floats, classes: Floats | None) -> None:
        features.append(points)
        if classes is not None:
            logits.append(classes)

    seen = stream(
        source, extractor, keep, cache=cache, workers=workers, show_progress=show_progress
    )
    return Embedded(np.concatenate(features), np.concatenate(logits) if logits else None, seen)


def stream(
    source: Source,
    extractor: Extractor,
    each: Each,
    *,
    cache: FeatureCache | None = None,
    workers: int = WORKERS,
    show_progress: bool = True,
) -> Seen:
    """Hand the features and logits of every batch on, in their order; nothing else is kept of them.

    Raises:
        BadInput: as `embed`.
    """
    check_heads(source, cache)
    seen, width = Seen(source.name), 0
    # On standard error, so that piped output stays clean.
    with (
        meter(Console(stderr=True, quiet=not show_progress)) as progress,
        ThreadPoolExecutor(workers) as pool,
    ):
        task = progress.add_task(f"{extractor.name}: {source.name}", total=source.n)
        for batch in _batches_read(source, cache, pool):
            for one in batch:
                seen.add(one.look, one.picture.name)
            key = key_of(extractor.described, (one.look.digest for one in batch))
            kept = None if cache is None else cache.get(key)
            if kept is None:
                points, classes = _see(batch, extractor, pool)
                if cache is not None:
                    cache.put(key, _side_by_side(points, classes))
            else:
                seen.n_kept += len(batch)
                points, classes = _apart(kept)
            width = width or points.shape[1]
            if points.shape[1] != width:
                raise BadInput(
                    f"{source.name}: pictures differ in size, and so do their features "
                    f"{extractor.name}: {width} and {points.shape[1]}."
                )
            each(points, classes)
            progress.advance(task, len(batch))
    if not seen.n:
        raise BadInput(f"{source.name}: there is no image to embed.")
    return seen


def _see(batch: Sequence[_Read], extractor: Extractor, pool: ThreadPoolExecutor) -> tuple[
    Floats, Floats | None
]:  # fmt: skip
    import torch

    def prepared(one: _Read) -> torch.Tensor:
        return extractor.preparing(one.picture.read() if one.pixels is None else one.pixels)

    tensors = list(pool.map(prepared, batch))
    if len({tensor.shape for tensor in tensors}) > 1:
        shapes = sorted({tuple(tensor.shape[1:]) for tensor in tensors})
        raise BadInput(
            f"{extractor.name} takes pictures of one size, not of {brief(shapes)}: they are "
            f"prepared {extractor.preparing.name}."
        )
    points, classes = extractor(torch.stack(tensors))
    return points.numpy(), None if classes is None else classes.numpy()


def _side_by_side(points: Floats, classes: Floats | None) -> Floats:
    """Return one array of features and logits, behind a column that says how many features."""
    widths = np.full((len(points), 1), points.shape[1], dtype=np.float32)
    parts = [widths, points] if classes is None else [widths, points, classes]
    return np.concatenate(parts, axis=1)


def _apart(kept: Floats) -> tuple[Floats, Floats | None]:
    width = int(kept[0, 0]) + 1
    return kept[:, 1:width], kept[:, width:] if kept.shape[1] > width else None


def _batches_read(
    source: Source, cache: FeatureCache | None, pool: ThreadPoolExecutor
) -> Iterator[list[_Read]]:
    """Yield batches of pictures that were looked at, while the next ones are being read."""
    with closing(_of_source(source)) as pictures:
        waiting: deque[list[Future[_Read]]] = deque()
        while True:
            while len(waiting) < AHEAD and (batch := list(islice(pictures, BATCH_SIZE))):
                waiting.append([pool.submit(_look_at, one, cache) for one in batch])
            if not waiting:
                return
            batch_read = _all_of(waiting.popleft(), waiting, pictures, source.name)
            if cache is not None:
                cache.remember(
                    (one.picture.stamp, one.look.digest, list(_plain(one.look)))
                    for one in batch_read
                    if one.picture.stamp is not None and one.pixels is not None
                )
            yield batch_read


def _of_source(source: Source) -> Generator[Picture, None, None]:
    yield from source.pictures()


def _all_of(
    futures: Sequence[Future[_Read]],
    waiting: Iterable[Sequence[Future[_Read]]],
    pictures: Iterator[Picture],
    name: str,
) -> list[_Read]:
    """Return what is read.

    Raises:
        BadInput: some cannot be; all others are tried too, to say at once which ones.
    """
    wrong = [str(error) for each in futures if (error := _error_of(each)) is not None]
    if not wrong:
        return [each.result() for each in futures]
    wrong += [str(e) for each in waiting for f in each if (e := _error_of(f)) is not None]
    for picture in pictures:
        try:
            picture.read()
        except BadInput as error:
            wrong.append(str(error))
    raise broken(name, wrong)


def _error_of(future: Future[_Read]) -> BadInput | None:
    error = future.exception()
    if error is not None and not isinstance(error, BadInput):
        raise error
    return error


def _look_at(picture: Picture, cache: FeatureCache | None) -> _Read:
    known = None if cache is None else cache.known(picture.stamp)
    if known is not None:
        digest, (facts, grey, constant) = known
        return _Read(picture, Look(digest, Facts(*facts), grey, constant), None)
    pixels = picture.read()
    facts = None if picture.facts is None else picture.facts()
    return _Read(picture, Look.at(pixels, facts), pixels)


def _plain(look: Look) -> tuple[list[object], bool, bool]:
    return list(look.facts), look.grey, look.constant


def check_heads(source: Source, cache: FeatureCache | None) -> None:
    """Read the head of every file that is not known yet: what is wrong is then known in seconds.

    Raises:
        BadInput: some are no such pictures; the first ten are named.
    """
    wrong = []
    for picture in source.pictures() if source.in_files else ():
        known = cache is not None and cache.known(picture.stamp) is not None
        if known or picture.facts is None:
            continue
        try:
            picture.facts()
        except BadInput as error:
            wrong.append(str(error))
    if wrong:
        raise broken(source.name, wrong)


def broken(name: str, wrong: Sequence[str]) -> BadInput:
    """Return what is said of pictures that cannot be read: all reasons, up to ten, and a count."""
    if len(wrong) == 1:
        return BadInput(wrong[0])
    listed = " ".join(wrong[:NAMED])
    more = f" And {len(wrong) - NAMED} more." if len(wrong) > NAMED else ""
    return BadInput(f"{name}: {len(wrong)} pictures cannot be read. {listed}{more}")
