"""Text that others wrote, made fit to be kept and shown: on one line, printable, not too long."""

import unicodedata
from collections.abc import Iterable


def printable(text: str) -> str:
    """Return the text with what cannot be printed, or is no character at all, as its escape."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def one_line(said: object, *, most: int) -> str:
    """Return what an error or a program said on one line, of at most so many characters."""
    try:
        text = str(said)
    except Exception as error:  # an exception may have no text, and raise another instead
        text = f"its text cannot be had ({type(error).__name__})"
    return printable(" ".join(text[: 4 * most].split()))[:most]


def is_latin(character: str) -> bool:
    """Return whether a character is of ASCII, but for its accents and its form."""
    parts = unicodedata.normalize("NFKD", character)
    return parts[0].isascii() and all(c.isascii() or unicodedata.combining(c) for c in parts)


def coded(characters: Iterable[str]) -> str:
    """Return characters, each with its code and name: many look like others."""
    each = dict.fromkeys(characters)
    return ", ".join(f"{c!r} (U+{ord(c):04X} {unicodedata.name(c, 'unnamed')})" for c in each)
