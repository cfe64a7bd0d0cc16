"""The three kinds of trouble: the caller's mistake, something absent, and everything else."""

import difflib
from collections.abc import Iterable

from genbench.ground.text import coded


class BadInput(ValueError):
    """The caller handed something that cannot be used; the message says what and why."""


class Unavailable(Exception):
    """A number cannot be had here (no labels, no density, few samples): recorded, not raised."""


class MissingExtra(Unavailable, ModuleNotFoundError):
    """An optional dependency is absent; the message names the extra that brings it."""


def unknown_name(kind: str, name: str, known: Iterable[str], *, hint: str = "") -> BadInput:
    """Build the error for a misspelt name, with its near matches."""
    known = sorted(known)
    near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)
    suggestion = (
        f"Did you mean {' or '.join(repr(match) for match in near)}?"
        if near
        else f"Known: {', '.join(known)}."
    )
    odd = coded(c for c in name if not c.isascii())
    holding = f", which holds {odd}" if odd else ""
    return BadInput(f"No {kind} named {name!r}{holding}. {suggestion}{' ' + hint if hint else ''}")
