"""Samples from files: arrays, tables, pictures and texts, whoever made them.

What a file says of itself is not trusted: sizes are held to the limits of `genbench.ground.limits`
before memory is taken, nothing is unpickled, and nothing is unpacked to the disk.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from genbench.files import arrays, pictures, tables
from genbench.ground.arrays import Array, as_table
from genbench.ground.columns import columns_of
from genbench.ground.errors import BadInput
from genbench.ground.limits import check_file_size
from genbench.ground.paths import brief, is_file, is_folder, readable, shown
from genbench.images.image_folder import Tell

READERS: dict[str, Callable[[Path], Array]] = {
    ".npy": arrays.read_npy,
    ".npz": arrays.read_npz,
    ".csv": tables.read_csv,
    ".parquet": tables.read_parquet,
}
ZIP = ".zip"  # of pictures, as a folder
TEXT = ".txt"  # a line a sample: `genbench.files.texts`


def read_samples(path: Path, *, like: Array | None = None, told: Tell | None = None) -> Array:
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
        told: is called with a sentence that says what was read and what was left out; without it, a
            warning is given where pictures are left out.

    Raises:
        BadInput: there is no such file, it is not what its name says, it is larger than the limits,
            it holds pickled objects, or what it holds is no samples (like those of `like`).
        MissingExtra: a package that reads such files is not installed.
    """
    path = Path(path)
    name = shown(path)
    reader, kind = _reader(path, told)
    with readable(path, kind):
        read = reader(path)
    samples = as_table(read, name=name, like=like)
    if told is not None and reader in READERS.values():  # of pictures all has been said
        columns = columns_of(samples)
        titled = f" ({brief(', '.join(columns))})" if columns else ""
        told(f"{name}: {len(samples)} samples of shape {samples.shape[1:]}{titled}.")
    return samples


def holds_samples(target: str) -> bool:
    """Return whether a target of `genbench score` is samples, by its name; else it is a model."""
    path = Path(target)
    return path.suffix.lower() in {*READERS, ZIP, TEXT} or is_folder(path)


def is_text(path: Path) -> bool:
    """Return whether samples are lines of text, by the name of their file."""
    return path.suffix.lower() == TEXT


def _reader(path: Path, told: Tell | None) -> tuple[Callable[[Path], Array], str]:
    """Return what reads such a file, and what kind of file it is."""
    if is_folder(path):
        return partial(pictures.read_folder, told=told), "folder of pictures"
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    suffix = path.suffix.lower()
    check_file_size(path.stat().st_size, name=shown(path))
    if suffix == ZIP:
        return partial(pictures.read_zip, told=told), f"{ZIP} file"
    if suffix == TEXT:
        raise BadInput(f"{shown(path)} is text, and can only be compared with text: {TEXT} files.")
    if suffix not in READERS:
        raise BadInput(
            f"{shown(path)} must be a {', '.join(READERS)}, {TEXT} or {ZIP} file, or a folder of "
            "pictures."
        )
    return READERS[suffix], f"{suffix} file"
