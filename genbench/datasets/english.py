"""English text: the help of Python's standard library, as it was in one version.

The text is shipped, since each version of Python has another; how it was made, and its licence,
stand beside it in `data`. Windows, not paragraphs, are dealt out: paragraphs of one topic are
alike, and fresh and test would differ by their topics.
"""

import bz2
from importlib import resources

from genbench.datasets.byte_pairs import merged, pairs_of
from genbench.datasets.dataset import Dataset
from genbench.datasets.symbols import Symbols
from genbench.datasets.windows import characters_of, dealt, windows_of

LENGTH = 128  # characters of a window
N_SYMBOLS, PAIRS_LENGTH = 256, 64  # of byte pairs


def load() -> Dataset:
    """2,611 windows of 128 characters; 1,827 to train on, 392 each for test and fresh."""
    symbols, (numbers,) = characters_of([frozen_text()])
    return dealt("english", windows_of(numbers, LENGTH), symbols)


def load_pairs() -> Dataset:
    """The same text in 256 symbols of a few characters each, in windows of 64 of them.

    Pairs of symbols that are frequent in the training rows of `english`, and of these alone, became
    symbols. Then windows were cut from the whole text, and dealt out anew.
    """
    symbols, (numbers,) = characters_of([frozen_text()])
    spelled = list(symbols.vocabulary)
    pairs = pairs_of(load().train, n_symbols=len(spelled), more=N_SYMBOLS - len(spelled))
    numbers = merged(numbers, pairs, len(spelled))
    for first, second in pairs:
        spelled.append(spelled[first] + spelled[second])
    return dealt("english_pairs", windows_of(numbers, PAIRS_LENGTH), Symbols(tuple(spelled)))


def frozen_text() -> str:
    """Return the whole text, in ASCII; a paragraph is a line."""
    packed = resources.files(__package__) / "data" / "english.txt.bz2"
    return bz2.decompress(packed.read_bytes()).decode("ascii")
