"""Strict JSON: it has no infinity, which is written as text, and no NaN, which is refused."""

import json
import math
from typing import Any


def to_json(values: Any) -> str:
    """Return the values as one line of strict JSON, keys in order.

    Raises:
        ValueError: a number is infinite or NaN.
    """
    return json.dumps(values, sort_keys=True, allow_nan=False, ensure_ascii=False)


def with_infinities_as_text(value: Any) -> Any:
    """Return the value with each infinity in it as the text that `float` reads."""
    if isinstance(value, float):
        return str(value) if math.isinf(value) else value
    if isinstance(value, dict):
        return {key: with_infinities_as_text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [with_infinities_as_text(item) for item in value]
    return value
