"""Python source as a tree, from any thread."""

import ast
import threading

_ONE_AT_A_TIME = threading.Lock()


def parse(source: str | bytes) -> ast.Module:
    """Return the tree of a module's source, as `ast.parse` does.

    One thread at a time: Python 3.11 counts the depth of a tree for all threads together, and ends
    with a SystemError where another's tree was begun meanwhile
    (https://github.com/python/cpython/issues/106905).

    Raises:
        SyntaxError, ValueError, RecursionError, MemoryError: it cannot be parsed.
    """
    with _ONE_AT_A_TIME:
        return ast.parse(source)
