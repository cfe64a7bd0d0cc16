"""Text that others wrote, made fit to be kept and shown: on one line, printable, not too long."""


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
