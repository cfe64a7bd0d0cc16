"""Public names that are imported when they are first asked for, so that programs start fast."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def lazy(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a package: its public names, and the module that each is in.

    A name whose home is "" is a module of the package itself.

    PEP 562, "Module __getattr__ and __dir__", https://peps.python.org/pep-0562/.
    """

    def find(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if not homes[name]:
            return importlib.import_module(f"{package}.{name}")
        return getattr(importlib.import_module(f"{package}.{homes[name]}"), name)

    return find
