"""Where the large matrix products are done: on the processor, or on a GPU through torch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief

PROCESSOR = "cpu"

_current: ContextVar[str] = ContextVar("device", default=PROCESSOR)

Matrix = NDArray[Any]


@contextmanager
def on(device: str) -> Iterator[None]:
    """Do products on a device that torch knows, such as "cuda" or "cuda:1", until the end.

    Raises:
        BadInput: torch has no such device here.
    """
    if not isinstance(device, str):
        raise BadInput(f"device must be a name such as 'cuda', not {brief(repr(device))}.")
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


def times(right: Matrix) -> Callable[[Matrix, slice], Matrix]:
    """Return the function from a matrix to its product with columns of `right`.

    `right` moves to the device once.
    """
    device = current()
    if device == PROCESSOR:
        return lambda left, columns: left @ right[:, columns]
    import torch

    there = torch.tensor(right, device=device)

    def product(left: Matrix, columns: slice) -> Matrix:
        before = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision("highest")  # the distances' error bounds rest on it
        try:
            found: Matrix = (torch.tensor(left, device=device) @ there[:, columns]).cpu().numpy()
        finally:
            torch.set_float32_matmul_precision(before)
        return found

    return product


def _check(device: str) -> None:
    import torch

    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        reason = str(error).strip().splitlines()[0]
        raise BadInput(
            f"There is no device {brief(repr(device))} here ({brief(reason)})."
        ) from error
