"""Tables of a TOML file, whose values are looked at one by one."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief

ABSENT = object()


class Table:
    """A table of a file; `where` is what sentences about it begin with.

    Raises:
        BadInput: it has a key that is not known.
    """

    def __init__(self, values: Mapping[str, Any], where: str, known: Sequence[str]) -> None:
        for key in values:
            if key not in known:
                raise unknown_name("key", key, known, hint=f"It stands in {where}.")
        self.values, self.where = values, where

    def take(
        self, key: str, proper: Callable[[Any], bool], expected: str, otherwise: Any = ABSENT
    ) -> Any:
        """Return the value of a key, or what stands for it otherwise.

        Raises:
            BadInput: the value is not proper, or it is absent and nothing stands for it.
        """
        if key not in self.values:
            if otherwise is ABSENT:
                raise BadInput(f"{self.where} lacks {key}: expected {expected}.")
            return otherwise
        value = self.values[key]
        if not proper(value):
            raise BadInput(f"{self.where}: {key} must be {expected}, not {brief(repr(value))}.")
        return value


def list_of(proper: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return what says whether a value is a list of such values, with one at least."""
    return lambda value: isinstance(value, list) and bool(value) and all(map(proper, value))


def is_text(value: Any) -> bool:
    """Say whether a value is a text that is not blank."""
    return isinstance(value, str) and bool(value.strip())


def is_table(value: Any) -> bool:
    """Say whether a value is a table."""
    return isinstance(value, dict)


def is_number(value: Any) -> bool:
    """Say whether a value is a finite number."""
    return type(value) in (int, float) and math.isfinite(value)


def is_positive(value: Any) -> bool:
    """Say whether a value is a number above 0."""
    return is_number(value) and value > 0


def is_count(value: Any) -> bool:
    """Say whether a value is a whole number from 1 up."""
    return type(value) is int and value > 0


def is_seed(value: Any) -> bool:
    """Say whether a value is a whole number from 0 up."""
    return type(value) is int and value >= 0
