"""Scores of pictures in a training loop: update, compute, reset, add, gather."""

import io
from collections.abc import Iterable
from copy import copy
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from genbench.ground.devices import PROCESSOR
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief
from genbench.images.embedding import Floats, softmax, stream
from genbench.images.sources import Values, open_source
from genbench.images.sources.values import Layout
from genbench.images.weights import Wanted
from genbench.loops.side import UNKNOWN, Rows, Side, order_of
from genbench.scoring.evaluate import Scores, score, with_remarks
from genbench.scoring.images import Settings

SIDES = {True: "test", False: "generated"}


class ImageScores:
    """Sums of features of real and of generated pictures, and some of the features themselves.

    Of more than `keep` pictures the Frechet distance is of all, every other measure of `keep`, the
    same ones whatever their order and however processes share them. `compute` talks to no other
    process; `gather` does, on all of them.

    >>> scores = ImageScores(metrics=["fid", "coverage"])  # doctest: +SKIP
    >>> scores.update(images, real=True, index=indices)  # doctest: +SKIP
    >>> scores.update(samples, real=False)  # doctest: +SKIP
    >>> scores.compute()["fid"].value  # doctest: +SKIP
    """

    def __init__(
        self,
        features: Any = None,
        *,
        metrics: Iterable[str] | str | None = None,
        keep: int = 10_000,
        preset: str | None = None,
        weights: Path | str | None = None,
        range: tuple[float, float] | None = None,  # noqa: A002  # as on the command line
        layout: Layout | None = None,
        device: str = PROCESSOR,
        seed: int = 0,
    ) -> None:
        """Make the network ready.

        Args:
            features: a network, as `genbench.score_images` takes it; "lite0-128" by default.
            metrics: names or acronyms; all by default.
            keep: features of each side that measures of neighbours look at.
            preset: another program, whose network, resize and estimators are taken.
            weights: the network's file.
            range: black and white of pictures of floating-point numbers, which are rounded to 256
                levels, such as (-1, 1).
            layout: "nhwc" or "nchw", where shapes do not tell.
            device: where the network and large products run.
            seed: of the measures that draw.

        Raises:
            BadInput: there is no such network, metric or number.
            MissingExtra: a package that the network needs is not installed.
        """
        if not isinstance(keep, int) or isinstance(keep, bool) or keep < 2:
            raise BadInput(f"keep must be a whole number from 2 up, not {brief(repr(keep))}.")
        self._settings = Settings(
            features=features,
            weights=Wanted(None if weights is None else Path(weights)),
            values=Values(range, layout),
            cache=False,
            device=device,
            seed=seed,
            show_progress=False,
        )
        self._extractor = self._settings.extractor(preset)
        self._metrics, self._preset = metrics, preset
        self._sides = {name: Side(keep) for name in SIDES.values()}

    def update(self, images: Any, *, real: bool, index: Any = None) -> None:
        """Take a batch in, (n, height, width[, channels]) or (n, channels, height, width).

        Args:
            images: bytes from 0 to 255, or floating-point numbers of the range that was named.
            real: whether they are real ones.
            index: which pictures of a data set they are, (n,): whatever comes again counts once.

        Raises:
            BadInput: they are no such pictures.
        """
        source = open_source(images, name="the pictures", values=self._settings.values)
        features: list[Floats] = []
        logits: list[Floats] = []

        def keep(points: Floats, classes: Floats | None) -> None:
            features.append(points)
            logits.append(points[:, :0] if classes is None else classes)

        seen = stream(source, self._extractor, keep, show_progress=False)
        indices = np.full(seen.n, UNKNOWN) if index is None else _indices(index, seen.n)
        # Without an index their content decides which of them are kept.
        order = [
            int.from_bytes(digest[:8], "little") if place == UNKNOWN else order_of(place)
            for digest, place in zip(seen.digests, indices.tolist(), strict=True)
        ]
        rows = Rows(
            np.array(order, dtype=np.uint64),
            indices,
            np.concatenate(features),
            np.concatenate(logits),
        )
        name = SIDES[bool(real)]
        self._sides[name] = self._sides[name].extended(rows)

    def __add__(self, other: Self) -> Self:
        """Return what one would have of the pictures of both."""
        if self._extractor.described != other._extractor.described:
            raise BadInput("Scores of different features or preprocessing cannot be added.")
        return self._with({name: side + other._sides[name] for name, side in self._sides.items()})

    def compute(self) -> Scores:
        """Return the scores of what has come to this process.

        Raises:
            BadInput: no picture has come on a side.
        """
        inputs: dict[str, Any] = {}
        remarks: list[str] = []
        for name, side in self._sides.items():
            if side.kept is None:
                raise BadInput(f"No {'real' if name == 'test' else name} picture has come yet.")
            inputs[name] = side.kept.features
            if side.kept.logits.shape[1]:
                inputs[f"{name}_probabilities"] = softmax(side.kept.logits)
            if side.n > len(side.kept):
                inputs[f"{name}_moments"] = side.moments()
                remarks.append(
                    f"the Frechet distance is of all {side.n} {name} pictures, every other measure "
                    f"of {len(side.kept)}."
                )
            if side.repeated:
                remarks.append(f"{side.repeated} {name} pictures counted twice.")
        settings = self._settings
        found = score(
            **inputs,
            metrics=self._metrics,
            preset=self._preset,
            seed=settings.seed,
            device=settings.device,
        )
        return with_remarks(found, remarks)

    def reset(self, *, keep_real: bool = False) -> None:
        """Forget all pictures, or all generated ones."""
        for name, side in self._sides.items():
            if name != "test" or not keep_real:
                self._sides[name] = Side(side.keep)

    def gather(self) -> Self:
        """Return the scores of all processes' pictures, on every process.

        All processes of `torch.distributed` must call it; where there are none, it is the same.
        """
        from torch import distributed

        if not (distributed.is_available() and distributed.is_initialized()):
            return self._with(self._sides)
        packed: list[Any] = [None] * distributed.get_world_size()
        distributed.all_gather_object(packed, self.pack())
        return self.merged(packed)

    def pack(self) -> bytes:
        """Return all that came as bytes, for `merged`."""
        buffer = io.BytesIO()
        sides = {
            name: np.frombuffer(side.pack(), dtype=np.uint8) for name, side in self._sides.items()
        }
        np.savez(buffer, **sides)  # type: ignore[arg-type]  # no name is allow_pickle
        return buffer.getvalue()

    def merged(self, packed: Iterable[bytes]) -> Self:
        """Return the scores of what was packed, in any number of processes."""
        total = self._with({name: Side(side.keep) for name, side in self._sides.items()})
        for content in packed:
            with np.load(io.BytesIO(content), allow_pickle=False) as file:
                sides = {name: Side.unpack(file[name].tobytes()) for name in file}
            total = total + self._with(sides)
        return total

    def _with(self, sides: dict[str, Side]) -> Self:
        other = copy(self)
        other._sides = dict(sides)
        return other

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        """Return a copy with the same network, which does not change."""
        return self._with(self._sides)


def _indices(index: Any, n: int) -> NDArray[np.int64]:
    array = np.asarray(index.detach().cpu() if hasattr(index, "detach") else index)
    if array.shape != (n,) or array.dtype.kind not in "ui" or (array < 0).any():
        raise BadInput(
            f"index must be whole numbers from 0 up, one for each of {n} pictures, not "
            f"{array.dtype} of shape {array.shape}."
        )
    return array.astype(np.int64)
