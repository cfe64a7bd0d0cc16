"""MNIST, Fashion-MNIST and CIFAR-10 from files that you have; nothing is downloaded.

A data set's files lie in the folder of its name in the folder that GENBENCH_DATA names:
`mnist` and `fashion_mnist` in the format IDX, compressed by gzip or not, `cifar10` in the "binary
version" (that for Python is made of pickles, which can run any code: it is never read), or as two
folders, `train` and `test`, with a folder of pictures for each class. The files' own training part
is for training. Their test part is shuffled, since the two halves of MNIST's were written by
different people, and split into test and fresh. Copies of training pictures in it, if there are
any, are left in.

LeCun et al., "Gradient-based learning applied to document recognition", Proceedings of the IEEE,
1998. Xiao et al., "Fashion-MNIST: a novel image dataset for benchmarking machine learning
algorithms", https://arxiv.org/abs/1708.07747. Krizhevsky, "Learning multiple layers of features
from tiny images", 2009.
"""

import gzip
import math
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from genbench.datasets.class_folders import read_classes
from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for

VARIABLE = "GENBENCH_DATA"
N_CLASSES = 10
MOST = 100_000  # samples in a file: the usual ones hold 60,000 at most
IDX_BYTES = 0x08  # IDX's code for bytes without a sign
GREY, COLOUR = (28, 28), (32, 32, 3)
IDX_FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
CIFAR_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR_TEST = "test_batch.bin"

Bytes = NDArray[np.uint8]


class Labelled(NamedTuple):
    """Pictures, flattened (n, d), and their classes (n,)."""

    pictures: Array
    classes: Labels


def load_mnist(folder: Path | None = None) -> Dataset:
    """Handwritten digits, 28x28 pixels of 256 grey levels: 60,000 and 10,000 in the usual files.

    Raises:
        BadInput: the files are missing, or are not what they should be.
    """
    return _load_idx("mnist", folder)


def load_fashion_mnist(folder: Path | None = None) -> Dataset:
    """Pictures of clothes in the form of MNIST, as many in the usual files.

    Raises:
        BadInput: the files are missing, or are not what they should be.
    """
    return _load_idx("fashion_mnist", folder)


def load_cifar10(folder: Path | None = None) -> Dataset:
    """Photographs of ten kinds of things, 32x32 pixels in colour: 50,000 and 10,000.

    Raises:
        BadInput: the files are missing, or are not what they should be.
    """
    folder = folder_of("cifar10", folder)
    if (folder / "train").is_dir():
        return _load_classes("cifar10", folder)
    paths = _files("cifar10", folder, (*CIFAR_TRAIN, CIFAR_TEST), endings=("",))
    *batches, test = (_read_batch(path) for path in paths)
    train = Labelled(
        np.concatenate([batch.pictures for batch in batches]),
        np.concatenate([batch.classes for batch in batches]),
    )
    return _split("cifar10", train, test, picture=COLOUR)


def read_idx(path: Path, shape: tuple[int, ...]) -> Bytes:
    """Return the samples (n, *shape), of bytes, in an IDX file; .gz if it is compressed.

    Raises:
        BadInput: it cannot be read, or its header or its length is not that of such samples.
    """
    expected = 1 + len(shape)
    header = _read(path, 4 + 4 * expected)
    if len(header) < 4 + 4 * expected or header[:2] != b"\0\0":
        raise BadInput(f"{path} is not an IDX file of {expected} axes: its header is not.")
    if header[2:4] != bytes((IDX_BYTES, expected)):
        raise BadInput(
            f"{path} holds values of type 0x{header[2]:02x} along {header[3]} axes; expected bytes "
            f"(0x{IDX_BYTES:02x}) along {expected}."
        )
    n, *found = struct.unpack(f">{expected}I", header[4:])
    if tuple(found) != shape:
        raise BadInput(f"{path} has samples of shape {tuple(found)}; expected {shape}.")
    if not 0 < n <= MOST:
        raise BadInput(f"{path} says that it holds {n:,} samples; expected 1 to {MOST:,}.")
    # The header's number is small enough by now to be read at once, and a byte more tells the end.
    length = n * math.prod(shape)
    body = _read(path, len(header) + length + 1)[len(header) :]
    if len(body) != length:
        less = "fewer" if len(body) < length else "more"
        raise BadInput(f"{path} holds {less} than the {length:,} values that its header says.")
    return np.frombuffer(body, dtype=np.uint8).reshape(n, *shape)


def _load_idx(name: str, folder: Path | None) -> Dataset:
    folder = folder_of(name, folder)
    paths = _files(name, folder, IDX_FILES, endings=("", ".gz"))
    train, test = (
        _labelled(pictures, classes)
        for pictures, classes in zip(paths[::2], paths[1::2], strict=True)
    )
    return _split(name, train, test, picture=GREY)


def _load_classes(name: str, folder: Path) -> Dataset:
    (train, of_train, names), (test, of_test, found) = (
        read_classes(folder / part, COLOUR[0], N_CLASSES) for part in ("train", "test")
    )
    if found != names:
        lacking = sorted(set(names) - set(found))
        raise BadInput(f"{folder / 'test'} lacks the class {lacking[0]} of {folder / 'train'}.")
    return _split(name, _flattened(train, of_train), _flattened(test, of_test), picture=COLOUR)


def _labelled(pictures_path: Path, classes_path: Path) -> Labelled:
    pictures, classes = read_idx(pictures_path, GREY), read_idx(classes_path, ())
    if len(classes) != len(pictures):
        raise BadInput(
            f"{classes_path} holds {len(classes):,} labels, but {pictures_path} {len(pictures):,} "
            "pictures."
        )
    return _as_labelled(classes_path, pictures, classes)


def _read_batch(path: Path) -> Labelled:
    """Read records of a byte for the class and a plane of pixels for each of three colours."""
    record = 1 + math.prod(COLOUR)
    size = path.stat().st_size
    n, rest = divmod(size, record)
    if rest or not 0 < n <= MOST:
        raise BadInput(
            f"{path} holds {size:,} bytes; expected {record:,} for each of 1 to {MOST:,} pictures."
        )
    records = np.frombuffer(_read(path, size), dtype=np.uint8).reshape(n, record)
    height, width, colours = COLOUR
    planes = records[:, 1:].reshape(n, colours, height, width)
    return _as_labelled(path, np.moveaxis(planes, 1, -1), records[:, 0])


def _as_labelled(path: Path, pictures: Bytes, classes: Bytes) -> Labelled:
    if classes.max() >= N_CLASSES:
        raise BadInput(f"{path} has a label {classes.max()}; labels go from 0 to {N_CLASSES - 1}.")
    return _flattened(pictures, classes.astype(np.int64))


def _flattened(pictures: Bytes, classes: Labels) -> Labelled:
    return Labelled(pictures.reshape(len(pictures), -1).astype(np.float64), classes)


def _split(name: str, train: Labelled, test: Labelled, *, picture: tuple[int, ...]) -> Dataset:
    if len(test.pictures) < 2:
        raise BadInput(f"{name}: a single test picture cannot be split into test and fresh.")
    order = rng_for(0, name).permutation(len(test.pictures))
    tested, fresh = np.array_split(order, 2)
    return Dataset(
        name=name,
        train=train.pictures,
        test=test.pictures[tested],
        fresh=test.pictures[fresh],
        train_labels=train.classes,
        test_labels=test.classes[tested],
        fresh_labels=test.classes[fresh],
        features="classifier",
        domain=Domain(whole=True, low=0, high=255),
        picture=picture,
    )


def folder_of(name: str, folder: Path | None) -> Path:
    """Return the folder that is given, or that of this name where GENBENCH_DATA says.

    Raises:
        BadInput: neither is given.
    """
    if folder is not None:
        return folder
    root = os.environ.get(VARIABLE)
    if not root:
        raise BadInput(
            f"{name} is read from files of yours: set {VARIABLE} to the folder that holds their "
            f"folder {name!r}."
        )
    return Path(root) / name


def _files(
    name: str, folder: Path, names: Sequence[str], *, endings: tuple[str, ...]
) -> list[Path]:
    """Return where each file is, under its name with the first of the endings that there is."""
    found = [
        next((path for end in endings if (path := folder / f"{file}{end}").is_file()), None)
        for file in names
    ]
    missing = [file for file, path in zip(names, found, strict=True) if path is None]
    if missing:
        or_compressed = " (or .gz)" if ".gz" in endings else ""
        pickles = ", of the binary version" if name == "cifar10" else ""
        raise BadInput(
            f"{name} is read from {folder} (${VARIABLE}/{name}, if not given), which lacks "
            f"{', '.join(missing)}{or_compressed}{pickles}."
        )
    return [path for path in found if path is not None]


def _read(path: Path, most: int) -> bytes:
    """Return at most so many bytes of a file's content: of what it holds, if it is compressed."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            return file.read(most)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{path} cannot be read: {error}.") from error
