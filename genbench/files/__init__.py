"""Samples from files: arrays, tables and pictures, whoever made them.

What a file says of itself is not trusted: sizes are held to the limits of `genbench.files.limits`
before memory is taken, nothing is unpickled, and nothing is unpacked to the disk.
"""

from collections.abc import Callable
from pathlib import Path

from genbench.files import arrays, pictures, tables
from genbench.files.limits import check_file_size
from genbench.ground.arrays import Array, as_table
from genbench.ground.errors import BadInput
from genbench.ground.paths import is_file, is_folder, readable, shown

READERS: dict[str, Callable[[Path], Array]] = {
    ".npy": arrays.read_npy,
    ".npz": arrays.read_npz,
    ".csv": tables.read_csv,
    ".parquet": tables.read_parquet,
    ".zip": pictures.read_zip,
}


def read_samples(path: Path, *, like: Array | None = None) -> Array:
    """Return the samples that a file or a folder holds, read-only, in double precision.

    Those of a table are a `Table` (`genbench.ground.columns`): they know the names of its columns.

    Args:
        path: which kind of file it is, its name says:
            .npy: one array (n, ...);
            .npz: one array, or one of a usual name (see `genbench.files.arrays`);
            .csv: numbers, a row a sample (n, d); the first row may name the columns;
            .parquet: columns of numbers, a row a sample (n, d); needs the extra `tables`;
            .zip, or a folder: pictures, .png or .jpg, all of one size, grey or RGB, ordered by
            name: (n, height, width) or (n, height, width, 3) from 0 to 255; needs Pillow.
        like: samples of the shape that those of the file must have; if the columns of both have
            names, those of the file are put in the same order.

    Raises:
        BadInput: there is no such file, it is not what its name says, it is larger than the limits,
            it holds pickled objects, or what it holds is no samples (like those of `like`).
        MissingExtra: a package that reads such files is not installed.
    """
    path = Path(path)
    return as_table(_read(path), name=shown(path), like=like)


def holds_samples(target: str) -> bool:
    """Return whether a target of `genbench score` is samples, by its name; else it is a model."""
    path = Path(target)
    return path.suffix.lower() in READERS or is_folder(path)


def _read(path: Path) -> Array:
    reader: Callable[[Path], Array]
    if is_folder(path):
        reader, kind = pictures.read_folder, "folder of pictures"
    elif not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    else:
        kind = f"{path.suffix.lower()} file"
        check_file_size(path.stat().st_size, name=shown(path))
        if path.suffix.lower() not in READERS:
            *most, last = READERS
            raise BadInput(
                f"{shown(path)} must be a {', '.join(most)} or {last} file, or a folder of "
                "pictures."
            )
        reader = READERS[path.suffix.lower()]
    with readable(path, kind):
        return reader(path)
