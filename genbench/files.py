"""Sample files: .npy and .npz, read without unpickling anything."""

import zipfile
from pathlib import Path

import numpy as np

from genbench.arrays import Array, as_samples
from genbench.errors import BadInput

USUAL_NAMES = ("samples", "generated", "features", "arr_0")


def read_samples(path: Path, *, like: Array | None = None) -> Array:
    """Return the samples of a .npy file, or of a .npz file that holds one array or a usual name.

    Raises:
        BadInput: there is no such file, it is not what its name says, it holds pickled objects,
            or its array is not samples (like those of `like`).
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    if path.suffix not in {".npy", ".npz"}:
        raise BadInput(f"{path} must be a .npy or .npz file.")
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            array = loaded if path.suffix == ".npy" else _only_array(path, loaded)
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        if "pickle" in str(error).lower():
            raise BadInput(
                f"{path} holds pickled objects, which are never loaded; save plain numbers."
            ) from error
        raise BadInput(f"{path} is not a readable {path.suffix} file: {error}.") from error
    return as_samples(array, name=str(path), like=like)


def _only_array(path: Path, loaded: object) -> Array:
    if not isinstance(loaded, np.lib.npyio.NpzFile):
        raise BadInput(f"{path} is named .npz but is not one.")
    with loaded:
        names = loaded.files
        chosen = names if len(names) == 1 else [name for name in USUAL_NAMES if name in names]
        if not chosen:
            raise BadInput(
                f"{path} holds the arrays {', '.join(names) or 'none'}; expected one, or one named "
                f"{' or '.join(USUAL_NAMES)}."
            )
        return np.asarray(loaded[chosen[0]])
