"""The checks. To add one: write it into a file of its kind, or write a file and name it here."""

import importlib

from genbench.ground.errors import unknown_name
from genbench.sanity.check import Check

__all__ = ["CATALOG", "find"]

MODULES = (
    "faults",
    "memory",
    "pictures",
    "declared",
    "bounds",
    "known_values",
    "invariances",
    "likelihoods",
    "latents",
    "scales",
    "disjoint",
    "invention",
    "lost",
    "shares",
    "sequences",
    "sizes",
    "small_moves",
    "outliers",
    "gaming",
    "divergences",
    "dimensions",
    "closed_forms",
    "holes",
    "costs",
)

CATALOG: dict[str, Check] = {
    check.name: check
    for module in MODULES
    for check in importlib.import_module(f"genbench.sanity.checks.{module}").CHECKS
}


def find(name: str) -> Check:
    """Return a check by its name.

    Raises:
        BadInput: there is none; the message has near matches.
    """
    plain = name.strip().lower().replace("-", "_")
    if plain not in CATALOG:
        raise unknown_name("check", name, CATALOG)
    return CATALOG[plain]
