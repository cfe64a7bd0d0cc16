"""Where the large matrix products are done: on the processor, or on a GPU through torch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from numpy.typing import NDArray

from genbench.errors import BadInput

PROCESSOR = "cpu"

_current: ContextVar[str] = ContextVar("device", default=PROCESSOR)

Matrix = NDArray[Any]


@contextmanager
def on(device: str) -> Iterator[None]:
    """Do products on a device that torch knows, such as "cuda" or "cuda:1", until the end.

    Raises:
        BadInput: torch has no such device here.
    """
    if device != PROCESSOR:
        _check(device)
    before = _current.set(device)
    try:
        yield
    finally:
        _current.reset(before)


def current() -> str:
    """Return where products are done now."""
    return _current.get()


def times(right: Matrix) -> Callable[[Matrix], Matrix]:
    """Return the function from a matrix to its product with `right`, which moves there once."""
    device = current()
    if device == PROCESSOR:
        return lambda left: left @ right
    import torch

    there = torch.tensor(right, device=device)

    def product(left: Matrix) -> Matrix:
        found: Matrix = (torch.tensor(left, device=device) @ there).cpu().numpy()
        return found

    return product


def _check(device: str) -> None:
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadInput(f"There is no device {device!r} here ({reason}).") from error
