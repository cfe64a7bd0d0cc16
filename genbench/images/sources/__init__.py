"""Every form in which pictures may come, as one: a name, and pictures one after another."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.limits import check_file_size
from genbench.ground.paths import brief, is_file, is_folder, shown
from genbench.images.decoding import Colour
from genbench.images.image_folder import Tell
from genbench.images.pictures import Source
from genbench.images.sources import arrays, batches, cifar, files, idx
from genbench.images.sources.values import Values

__all__ = ["EXPORTED", "Values", "holds_pictures", "open_source"]

EXPORTED = re.compile(r".+\.(pt|onnx):\d+", re.IGNORECASE)


def open_source(
    given: Any,
    *,
    name: str | None = None,
    n: int | None = None,
    values: Values = Values(),  # noqa: B008  # it cannot be changed
    background: Colour | None = None,
    seed: int = 0,
    told: Tell | None = None,
) -> Source:
    """Return where the pictures come from.

    Args:
        given: a folder or .zip of picture files; .npy, or .npz with one array or `arr_0`; IDX,
            gzipped or not; a file of CIFAR-10, binary or a batch of Python's; `generator.onnx:64`;
            an array or tensor (n, height, width[, channels]) or (n, channels, height, width); a
            Dataset, whose items are pictures or begin with one; a DataLoader or any iterable of
            batches; or a function `make(n, rng)`.
        name: what to call it.
        n: how many pictures, from the first on; all of them if None. A generator needs it.
        values: how numbers are pixels.
        background: what pictures that can be seen through lie on.
        seed: of what a generator draws.
        told: is called with a sentence that says what was left out of a folder or archive.

    Raises:
        BadInput: it is none of these, or holds no pictures.
    """
    if isinstance(given, str | Path):
        name, exported = str(given), EXPORTED.fullmatch(str(given))
        if not exported or is_file(Path(given)):
            path = Path(given)
            return _of_path(path, values=values, background=background, told=told).first(n)
        given = _exported(name)
    name = name or "the pictures"
    if isinstance(given, Source):
        found = given
    elif isinstance(given, np.ndarray) or hasattr(given, "detach"):
        found = arrays.of_array(given, name, values=values)
    elif hasattr(given, "__getitem__") and hasattr(given, "__len__"):
        found = batches.of_items(given, name, values=values, background=background)
    elif isinstance(given, Iterable):
        found = batches.of_batches(given, name, values=values)
    elif callable(given):
        found = batches.of_generator(given, name, n=n, values=values, seed=seed)
    else:
        raise BadInput(
            f"{name} must be pictures in one of the forms known, not {brief(repr(given))}."
        )
    return found.first(n)


def holds_pictures(path: Path) -> bool:
    """Return whether a file or folder is a source of pictures, by its name and its first bytes.

    An .npy or .npz file is one if its array is of whole bytes, of three axes or four.
    """
    suffix = path.suffix.lower()
    if is_folder(path) or suffix == ".zip":
        return True
    if not is_file(path):
        return bool(EXPORTED.fullmatch(str(path)))
    if suffix in arrays.SUFFIXES:
        return arrays.are_pictures(path)
    return idx.is_idx(path) or cifar.is_cifar(path)


def _of_path(path: Path, *, values: Values, background: Colour | None, told: Tell | None) -> Source:
    if is_folder(path):
        return files.of_folder(path, background=background, told=told)
    if not is_file(path):
        raise BadInput(f"There is no file or folder {shown(path)}.")
    suffix = path.suffix.lower()
    check_file_size(path.stat().st_size, name=shown(path))
    if suffix == ".zip":
        return files.of_zip(path, background=background, told=told)
    if suffix in arrays.SUFFIXES:
        return arrays.of_file(path, values=values)
    if idx.is_idx(path):
        return idx.of_idx(path)
    if cifar.is_cifar(path):
        return cifar.of_cifar(path)
    raise BadInput(
        f"{shown(path)} holds no pictures that can be read: expected a folder or .zip of picture "
        "files, .npy, .npz, IDX or CIFAR-10."
    )


def _exported(text: str) -> Callable[..., Any]:
    """Return `make(n, rng)` of an exported generator."""
    from genbench.models.find import find

    model = find(text).make()

    def make(n: int, rng: np.random.Generator) -> Any:
        return model.sample(n, rng=rng)

    return make
