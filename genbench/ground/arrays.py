"""The only checker of arrays: every door of genbench calls it, nothing behind a door does."""

import math
import weakref
from collections.abc import Iterable
from decimal import Decimal
from numbers import Real
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from genbench.ground.columns import (
    NO_NUMBERS,
    Table,
    check_no_index,
    columns_of,
    order_of,
)
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief

Array: TypeAlias = NDArray[np.float64]
Labels: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

ROW_SUM_TOLERANCE = 1e-4
HALF_PRECISION_TOLERANCE = 2e-2  # of rows of a softmax in float16 or bfloat16, whatever holds them
NEARLY = 0.1  # sums so near to one are rounded, not those of logits
MOST_CHANNELS = 4  # of a picture: grey or colours, with or without transparency
MOST_CLASSES = 100_000  # tables have a column for each

_ends: dict[int, tuple[weakref.ref[Array], tuple[float, float]]] = {}  # of arrays that live


def as_samples(values: Any, *, name: str, like: Array | None = None) -> Array:
    """Return `values` as a read-only float64 view of shape (n_samples, ...).

    The caller's own array stays writable. Columns that have names, as those of a DataFrame or of a
    `Table`, are put in the order of those of `like`.

    Raises:
        BadInput: not numbers, fewer than two axes, empty, not finite, pictures with channels first,
            samples of another shape than those of `like` or with columns of other names, or row
            numbers among them.
    """
    array = _as_numbers(values, name=name)
    if array.ndim < 2:
        raise BadInput(f"{name} must have shape (n_samples, ...), not {array.shape}.")
    if array.size == 0:
        raise BadInput(f"{name} is empty: its shape is {array.shape}.")
    if has_channels_first(array.shape[1:]):
        raise BadInput(
            f"{name} has shape {array.shape}, as of pictures with channels first: put channels "
            "last, numpy.moveaxis(x, 1, -1) or torch.movedim(x, 1, -1); or flatten samples that "
            "are no pictures, x.reshape(len(x), -1)."
        )
    columns = columns_of(values)
    if columns is not None and array.ndim == 2:
        check_no_index(array, columns, name=name)
    order = order_of(columns, columns_of(like), name=name)
    array = array if order is None else array[:, order]
    if like is not None and array.shape[1:] != like.shape[1:]:
        raise BadInput(f"{name} has samples of shape {array.shape[1:]}; expected {like.shape[1:]}.")
    samples = read_only(array)
    if not np.isfinite(ends(samples)).all():  # where a number is NaN, so is either end
        bad = ~np.isfinite(array.reshape(len(array), -1)).all(axis=1)
        raise BadInput(f"{name}: {bad.sum()} of {len(array)} samples hold NaN or infinity.")
    return samples


def has_channels_first(shape: tuple[int, ...]) -> bool:
    """Tell whether a sample of such a shape is a picture (channels, height, width)."""
    if len(shape) != 3:
        return False
    channels, height, width = shape
    tiny = height == width != channels  # where the last axis could be channels, too
    return channels <= MOST_CHANNELS and (width > MOST_CHANNELS or tiny)


def as_table(values: Any, *, name: str, like: Array | None = None) -> Array:
    """Return samples as `as_samples` does, and with them the names of their columns, if any.

    Raises:
        BadInput: as `as_samples`.
    """
    samples = as_samples(values, name=name, like=like)
    columns = columns_of(values) and (columns_of(like) or columns_of(values))
    return samples if columns is None else Table.of(samples, columns)


def as_probabilities(values: Any, *, name: str, like: Array | None = None) -> Array:
    """Return class probabilities as a read-only (n_samples, n_classes) float64 view.

    Rows of half precision sum to one within its rounding.

    Raises:
        BadInput: not a table of finite numbers, negative, rows that do not sum to one
            (logits, perhaps), one class only, or another number of classes than `like`.
    """
    named = like if columns_of(like) is not None else None
    array = as_samples(values, name=name, like=named)
    if array.ndim != 2 or array.shape[1] < 2:
        raise BadInput(
            f"{name} must have shape (n_samples, n_classes) with two classes or more, "
            f"not {array.shape}."
        )
    if like is not None and array.shape[1] != like.shape[1]:
        raise BadInput(f"{name} has {array.shape[1]} classes; expected {like.shape[1]}.")
    with np.errstate(over="ignore", invalid="ignore"):  # of what is far from a probability
        sums = array.sum(axis=1)
    tolerance = HALF_PRECISION_TOLERANCE if _is_half_precision(array) else ROW_SUM_TOLERANCE
    wrong = (np.abs(sums - 1) > tolerance) | (array < 0).any(axis=1)
    if wrong.any():
        row = int(np.argmax(wrong))
        near = (array >= 0).all() and (np.abs(sums - 1) <= NEARLY).all()
        raise BadInput(
            f"{name}: {wrong.sum()} of {len(array)} rows are not probabilities "
            f"(row {row} sums to {sums[row]:.6g}, its least entry is {array[row].min():.6g}); "
            f"{'divide each row by its sum' if near else 'apply a softmax to logits'} first."
        )
    return read_only(array / sums[:, None])


def _is_half_precision(array: Array) -> bool:
    """Return whether two bytes can hold all the numbers: those of either usual kind."""
    with np.errstate(over="ignore"):
        if (array.astype(np.float16) == array).all():
            return True
        single = array.astype(np.float32)
    return bool((single == array).all() and not (single.view(np.uint32) & 0xFFFF).any())


def as_labels(values: Any, *, name: str, n: int) -> Labels:
    """Return `n` class labels as read-only integers.

    Raises:
        BadInput: not `n` whole, non-negative numbers, or more classes than tables can hold.
    """
    array = _as_numbers(values, name=name)
    if array.shape != (n,):
        raise BadInput(f"{name} must have shape ({n},), one label a sample, not {array.shape}.")
    if not (np.isfinite(array).all() and (array == np.rint(array)).all() and (array >= 0).all()):
        raise BadInput(f"{name} must be whole numbers from 0 up.")
    if n and array.max() >= MOST_CLASSES:
        raise BadInput(
            f"{name} holds {array.max():g}; classes count from 0 to below {MOST_CLASSES}."
        )
    labels = array.astype(np.int64)
    labels.flags.writeable = False
    return labels


def as_numbers(values: Any, *, name: str, n: int | None = None) -> Array:
    """Return finite numbers, one a sample, as a read-only float64 view of shape (n,).

    Raises:
        BadInput: not `n` numbers, or some are not finite.
    """
    array = _as_numbers(values, name=name)
    if array.ndim != 1 or (n is not None and len(array) != n) or not len(array):
        expected = "(n,)" if n is None else f"({n},)"
        raise BadInput(f"{name} must have shape {expected}, not {array.shape}.")
    if np.isnan(array).any() or (array == np.inf).any():
        raise BadInput(f"{name} holds NaN or +infinity.")
    return read_only(array)


def read_only(array: Array) -> Array:
    """Return a view of `array` that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view


def ends(array: Array) -> tuple[float, float]:
    """Return the least and the greatest number.

    Of an array that cannot be written through they are found once, and kept while it lives: several
    checks ask for them, and to read a large array takes nearly as long as to copy it.
    """
    place = id(array)
    if place in _ends:
        return _ends[place][1]
    found = float(array.min()), float(array.max())
    if not array.flags.writeable:
        _ends[place] = weakref.ref(array, lambda _: _ends.pop(place, None)), found
    return found


def flat(samples: Array) -> Array:
    """Return samples of any shape as points, (n, d)."""
    return read_only(samples.reshape(len(samples), math.prod(samples.shape[1:])))


def _as_numbers(values: Any, *, name: str) -> Array:
    if np.ma.is_masked(values):
        raise BadInput(f"{name} has masked values: leave out or fill in what is missing.")
    try:
        if hasattr(values, "detach"):  # a torch tensor, perhaps on a GPU or in a graph
            values = values.detach().cpu()
            # Of torch's types of numbers, numpy lacks those of few digits.
            values = (values.double() if values.is_floating_point() else values).numpy()
        array = np.asarray(values)
    except ValueError as error:
        raise BadInput(f"{name} is not a regular array: its samples differ in shape.") from error
    except Exception as error:  # sparse tensors, and objects that raise what they like
        raise BadInput(f"{name} cannot be made an array: {brief(error)}.") from error
    if array.dtype.kind not in "buif":
        array = _from_objects(array, columns_of(values), name=name)
    with np.errstate(over="ignore"):  # what only a wider type can hold becomes infinite
        return array.astype(np.float64, copy=False)


def _from_objects(array: NDArray[Any], columns: tuple[str, ...] | None, *, name: str) -> Array:
    """Return numbers of mixed kinds, as tables of several kinds of columns hold them.

    Raises:
        BadInput: some are none; the message names the first such column, if columns have names.
    """
    if array.dtype == object and _are_numbers(array.flat):
        try:
            return array.astype(np.float64)
        except OverflowError as error:  # a whole number of hundreds of digits
            raise BadInput(f"{name} holds numbers beyond double precision: scale it.") from error
    if columns is not None and array.ndim == 2:
        if array.dtype != object:  # all columns of one kind, such as dates
            raise BadInput(
                f"{name}: column {brief(repr(columns[0]))} holds {brief(array.dtype)}; expected "
                f"numbers: {NO_NUMBERS}."
            )
        for title, column in zip(columns, array.T, strict=True):
            odd = next((row for row, value in enumerate(column) if not _are_numbers([value])), None)
            if odd is not None:
                raise BadInput(
                    f"{name}: column {brief(repr(title))} holds {brief(repr(column[odd]))} in row "
                    f"{odd}; expected a number: {NO_NUMBERS}."
                )
    raise BadInput(f"{name} must hold real numbers, not {brief(array.dtype)}.")


def _are_numbers(values: Iterable[Any]) -> bool:
    return all(issubclass(kind, Real | np.bool_ | Decimal) for kind in set(map(type, values)))
