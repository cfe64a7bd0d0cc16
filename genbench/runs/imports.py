"""What a cell's process imports at first, by its code: what it is forked from may have it."""

from functools import cache
from pathlib import Path

from genbench.models.held import Held
from genbench.models.sources import Part, imported_at_once
from genbench.runs import worker

# That do nothing as they are imported that a fork would miss, or would share with another.
LIBRARIES = ("numpy", "scipy", "sklearn", "torch")


def imports_of(held: Held) -> set[str]:
    """Return the names of what a model's code imports of libraries, and of what its process does.

    Some are of no modules: of what `from torch import nn, Tensor` imports, one is.
    """
    named = imported_at_once(held.code)
    return _of_worker() | {name for name in named if name.partition(".")[0] in LIBRARIES}


@cache
def _of_worker() -> set[str]:
    path = Path(worker.__file__)
    return imported_at_once({worker.__name__: Part(path, path.read_bytes())})
