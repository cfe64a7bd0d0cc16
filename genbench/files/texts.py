"""Texts, .txt: a line a sample, in UTF-8. Its characters are symbols, and its end is one, too."""

from collections.abc import Sequence
from pathlib import Path

from genbench.datasets import Dataset
from genbench.datasets.symbols import Symbols
from genbench.files import is_text, read_samples
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.limits import MOST_TEXT_BYTES, check_file_size, check_shape
from genbench.ground.paths import is_file, shown
from genbench.ground.utf8 import read_text
from genbench.images.image_folder import Tell

END = 0  # the symbol behind the last character of a line


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text, without their ends; an empty line is a sample that says nothing.

    Raises:
        BadInput: there is no such file, it is larger than the limits or has no lines, or it is not
            UTF-8; the message names the byte and the line, both from 1.
    """
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    check_file_size(path.stat().st_size, name=shown(path), most=MOST_TEXT_BYTES)
    lines = read_text(path).removesuffix("\n").split("\n")
    if lines == [""]:
        raise BadInput(f"{shown(path)} has no lines: it is empty.")
    return lines


def read_texts(paths: Sequence[Path], *, told: Tell | None = None) -> tuple[Symbols, list[Array]]:
    """Return the lines of text files as rows (n, length) of one width, and what they spell.

    Symbols are the characters of all files together, in the order of Unicode, and the end of a row,
    0. A row is as long as the longest line of all files, and an end.

    Args:
        paths: files that are compared.
        told: is called with a sentence for each file that says what was read.

    Raises:
        BadInput: as `read_lines`; or one of them is no text, or they hold nothing but line ends.
    """
    if other := next((path for path in paths if not is_text(path)), None):
        raise BadInput(f"{shown(other)} is not text, and cannot be compared with text: .txt files.")
    texts = [read_lines(path) for path in paths]
    characters = sorted(set().union(*(line for lines in texts for line in lines)))
    if not characters:
        raise BadInput(f"{shown(paths[0])} holds nothing but empty lines.")
    symbols = Symbols(("", *characters), end=END)
    length = 1 + max(len(line) for lines in texts for line in lines)
    for path, lines in zip(paths, texts, strict=True):
        check_shape((len(lines), length), name=shown(path))
        if told is not None:
            told(
                f"{shown(path)}: {len(lines)} samples, a line each, of at most "
                f"{max(map(len, lines))} characters."
            )
    return symbols, [symbols.encode(lines, length) for lines in texts]


def read_like(path: Path, dataset: Dataset, *, told: Tell | None = None) -> Array:
    """Return the samples in a file that are to be like those of a data set (n, ...).

    The lines of a text are rows of its symbols; all other files are read as `read_samples` does.

    Raises:
        BadInput: as `read_samples` and `read_lines`; or a line is no row of the data set's symbols,
            or its samples are not such that a line can be one.
        MissingExtra: a package that reads such files is not installed.
    """
    if not is_text(path):
        return read_samples(path, like=dataset.like, told=told)
    symbols = dataset.symbols
    if symbols is None or "\n" in "".join(symbols.vocabulary):
        what = "hold line ends" if symbols else "are numbers, not symbols"
        raise BadInput(f"{shown(path)}: a line is no sample of {dataset.name}: its samples {what}.")
    lines = read_lines(path)
    try:
        return symbols.encode(lines, dataset.test.shape[1])
    except BadInput as error:
        raise BadInput(f"{shown(path)}, a line a sample: {error}") from error
