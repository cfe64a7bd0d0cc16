"""Parameters in a model's name: `kernel_density#bandwidth=0.2`, `my.py:Model#deep=true,width=3`.

They are handed to its constructor. One model has one name: parameters stand in order of name, and
numbers as Python writes them, those without a fraction as whole ones.
"""

import re
from collections.abc import Mapping

from genbench.ground.errors import BadInput
from genbench.ground.paths import brief
from genbench.models.moved import present_address

Value = bool | int | float | str

SIGN = "#"
# A path may hold the sign, too: what comes after it there has a slash, a colon or a suffix.
WHOLE = re.compile(r"(?P<model>.+)#(?P<told>(?!.*\.(?:py|pt|onnx)$)[^#/\\:]*)", re.I)
SETTING = re.compile(r"\s*(?P<name>[^\W\d]\w*)\s*=\s*(?P<value>[^=,]*?)\s*")
WHOLE_NUMBER = re.compile(r"[+-]?\d+", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.I)
WORD = re.compile(r"[^\W\d][\w.-]*")
MOST_EXACT = 2**53  # whole numbers up to which floats have all


def parse(name: str) -> tuple[str, dict[str, Value]]:
    """Return a model's own name, and the parameters that are told after it, in order of name.

    Raises:
        BadInput: what follows the sign is no list of parameters with values.
    """
    model, told = split(name)
    if told is None:
        return model, {}
    found: dict[str, Value] = {}
    for part in told.split(","):
        setting = SETTING.fullmatch(part)
        value = None if setting is None else value_from(setting["value"])
        if setting is None or value is None:
            raise BadInput(
                f"{brief(repr(part))} in {brief(repr(name))} must be a parameter and its value (a "
                "number, true, false or a word), as in kernel_density#bandwidth=0.2; commas part "
                "several."
            )
        if setting["name"] in found:
            raise BadInput(f"{brief(repr(name))} has two values of {setting['name']}.")
        found[setting["name"]] = value
    return model, dict(sorted(found.items()))


def split(name: str) -> tuple[str, str | None]:
    """Return a model's own name, and the text after the sign; None without any."""
    found = WHOLE.fullmatch(name)
    return (name, None) if found is None else (found["model"], found["told"])


def value_from(text: str) -> Value | None:
    """Return the number, truth value or word that a text is; None if it is none."""
    if text in ("true", "false"):
        return text == "true"
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    if NUMBER.fullmatch(text):
        number = float(text)
        if abs(number) <= MOST_EXACT and number.is_integer():
            return int(number)
        return number if abs(number) < float("inf") else None
    return text if WORD.fullmatch(text) else None


def canonical(name: str) -> str:
    """Return the one form of a model's name, at its present address.

    Parameters that cannot be read stay as they are: what is handed in may be called anything.
    """
    try:
        model, params = parse(name)
    except BadInput:
        return present_address(name)
    return present_address(model) + _written(params)


def with_parameter(name: str, parameter: str, value: Value) -> str:
    """Return the name of a model with one parameter more."""
    between = SIGN if split(name)[1] is None else ","
    return canonical(f"{name}{between}{parameter}={_word(value)}")


def has_parameters(name: str) -> bool:
    """Say whether this is the name of a model with parameters."""
    try:
        return bool(parse(name)[1])
    except BadInput:  # a name that somebody chose
        return False


def _written(params: Mapping[str, Value]) -> str:
    told = ",".join(f"{name}={_word(value)}" for name, value in params.items())
    return f"{SIGN}{told}" if told else ""


def _word(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
