"""Windows of text of your own, from files that you have."""

from pathlib import Path

import numpy as np

from genbench.datasets.dataset import Dataset
from genbench.datasets.local import folder_of
from genbench.datasets.windows import characters_of, dealt, windows_of
from genbench.ground.errors import BadInput
from genbench.ground.utf8 import read_text

LENGTH = 128  # characters of a window


def load(folder: Path | None = None) -> Dataset:
    """Windows of 128 characters of the .txt files in a folder, in UTF-8, ordered by name.

    A window is of one file. 70 % are to train on, 15 % each for test and fresh; of windows that are
    the same, only one is kept. All characters that the files hold are symbols.

    Args:
        folder: where the files are; `text` in the folder that GENBENCH_DATA names, if not given.

    Raises:
        BadInput: there are no such files, one is not UTF-8, or they are too short.
    """
    folder = folder_of("text", folder)
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise BadInput(
            f"text is read from {folder} ($GENBENCH_DATA/text), which has no .txt files."
        )
    whole = [text[: len(text) // LENGTH * LENGTH] for text in map(read_text, paths)]
    if not any(whole):
        raise BadInput(f"text: no .txt file in {folder} has {LENGTH} characters, as a window has.")
    symbols, texts = characters_of(whole)
    rows = np.concatenate([windows_of(text, LENGTH) for text in texts])
    return dealt("text", np.unique(rows, axis=0), symbols)
