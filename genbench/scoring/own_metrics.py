"""A user's own metric: a function of arrays, in a file, used and judged as ours are."""

import inspect
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, get_args

from genbench.evidence import Comparison, Evidence, Reference
from genbench.evidence.comparison import given
from genbench.ground.errors import BadInput, unknown_name
from genbench.metric import Aim, Failure, Metric
from genbench.metrics import CATALOG
from genbench.metrics import find as find_ours
from genbench.models import find
from genbench.models.sources import hash_of_code

OF_REFERENCE = {field.name for field in fields(Reference) if field.init} - {"k"}
INPUTS = OF_REFERENCE | {field.name for field in fields(Comparison) if field.init} - {
    "reference",
    "seed",
}
ALL_FAULTS: tuple[Failure, ...] = ("noise", "shift", "collapse", "dropped mode")
DIGITS = 8  # of a checksum, in hexadecimal


@dataclass(frozen=True, eq=False)
class Inputs(Evidence):
    """The arrays of a comparison, by the names that `genbench.score` has for them."""

    comparison: Comparison
    inputs = ("test", "generated")

    @classmethod
    def of(cls, comparison: Comparison) -> "Inputs":
        """Hold the comparison."""
        return cls(comparison)

    def __getitem__(self, name: str) -> Any:
        """Return an array.

        Raises:
            Unavailable: it is not given.
        """
        part = self.comparison.reference if name in OF_REFERENCE else self.comparison
        return given(getattr(part, name), name.replace("_", " "))


def find_any(name: str) -> Metric:
    """Return a metric of ours by its name, or one of yours that `file.py:function` names.

    Raises:
        BadInput: there is none.
    """
    return load(name) if ".py" in name else find_ours(name)


def load(target: str) -> Metric:
    """Return the metric that `file.py:function` names.

    The function's parameters say what it needs, by the names that `genbench.score` has for them,
    such as `def mine(test, generated)` or `def mine(*, test, generated)`. Attributes of the
    function say how to read its number: `mine.aim = "low"`, "high" or "match"; and, if they are not
    the usual ones, `mine.catches`, the faults it claims to see, and `mine.bounds`, the lowest and
    highest value. A `genbench.Metric` in place of a function says all that itself.

    Raises:
        BadInput: no such file or function, or it does not say which way it points.
    """
    where, colon, name = target.rpartition(":")
    path = Path(where)
    if not colon or path.suffix != ".py":
        if target.endswith(".py"):
            raise BadInput(f"Say which function of {target} is the metric: {target}:function.")
        raise unknown_name("metric", target, CATALOG, hint="Or give path/to/file.py:function.")
    if not path.is_file():
        raise BadInput(f"There is no file {where}.")
    return _loaded(path, name, hash_of_code(str(path)))


@cache
def _loaded(path: Path, name: str, checksum: str) -> Metric:
    found = getattr(_module(path), name, None)
    if not isinstance(found, Metric):
        if not callable(found):
            raise BadInput(f"{path} defines no function {name!r}.")
        found = _metric(found, name, f"{path}:{name}")
    return replace(found, revision=int(checksum[:DIGITS], 16))


def _metric(function: Any, name: str, target: str) -> Metric:
    parameters = [
        one
        for one in inspect.signature(function).parameters.values()
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
    ]
    needed = tuple(one.name for one in parameters)
    by_name = {one.name for one in parameters if one.kind is not one.POSITIONAL_ONLY}
    for parameter in needed:
        if parameter not in INPUTS:
            raise unknown_name("input", parameter, INPUTS, hint=f"{name} asks for it.")
    aim: Any = getattr(function, "aim", None)
    catches = getattr(function, "catches", ALL_FAULTS)
    if aim not in get_args(Aim):
        raise BadInput(f"Say which way {name} points: {name}.aim = 'low', 'high' or 'match'.")
    for failure in catches:
        if failure not in get_args(Failure):
            raise unknown_name("fault", str(failure), get_args(Failure))

    def compute(inputs: Inputs) -> float:
        in_place = [inputs[one] for one in needed if one not in by_name]
        return float(function(*in_place, **{one: inputs[one] for one in needed if one in by_name}))

    if name in CATALOG:
        name = f"own_{name}"
    compute.__name__ = name
    compute.__doc__ = inspect.getdoc(function) or f"{target}."
    compute.__wrapped__ = function  # type: ignore[attr-defined]  # its file is what may change
    return Metric(
        compute=compute,
        needs=type("InputsOf", (Inputs,), {"inputs": needed, "__module__": Inputs.__module__}),
        aim=aim,
        catches=tuple(catches),
        bounds=tuple(getattr(function, "bounds", (float("-inf"), float("inf")))),
        ideal=getattr(function, "ideal", None),
    )


def _module(path: Path) -> Any:
    try:
        return find.load(str(path))
    except Exception as error:
        raise BadInput(f"{path} cannot be imported: {type(error).__name__}: {error}") from error
