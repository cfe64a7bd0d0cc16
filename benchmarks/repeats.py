"""How much code stands more than once: pairs of files that share six or more like lines in a row.

    python benchmarks/repeats.py baselines

Lines are alike if their statements have the same shape there: the same words of the language and
the same operators in the same order, whatever names, numbers and strings stand between them.
Imports, docstrings, comments and lone brackets do not count, nor does a run that stands in more
than eight places: that is an idiom, such as a constructor that keeps its arguments. Prints each
pair with the lines at which its first run begins, and how many pairs there are.
"""

import ast
import io
import keyword
import sys
import tokenize
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

RUN = 6  # lines, one after another
IDIOM = 8  # places in which a run may stand and still count
ALONE = frozenset("()[]{},:")
SKIPPED = (
    tokenize.COMMENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.INDENT,
    tokenize.NEWLINE,
    tokenize.NL,
)

Shape = tuple[str, ...]


def shapes_of(source: str) -> list[tuple[int, Shape]]:
    """Return the number and the shape of every line of code that counts."""
    ignored = set(_ignored_lines(ast.parse(source)))
    lines: dict[int, list[str]] = defaultdict(list)
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in SKIPPED and token.start[0] not in ignored:
            lines[token.start[0]].append(_shape(token))
    return [(line, tuple(shape)) for line, shape in lines.items() if not ALONE.issuperset(shape)]


def _shape(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME and not keyword.iskeyword(token.string):
        return "name"
    return {tokenize.NUMBER: "0", tokenize.STRING: "text"}.get(token.type, token.string)


def _ignored_lines(tree: ast.AST) -> Iterator[int]:
    """Yield the lines of imports and docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) or (
            isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        ):
            yield from range(node.lineno, (node.end_lineno or node.lineno) + 1)


def repeats(files: Sequence[Path]) -> dict[tuple[Path, Path], tuple[int, int]]:
    """Return the pairs of files that share a run, and the lines at which their first one begins."""
    places: dict[tuple[Shape, ...], list[tuple[Path, int]]] = defaultdict(list)
    for file in files:
        lines = shapes_of(file.read_text(encoding="utf-8"))
        for start in range(len(lines) - RUN + 1):
            run = lines[start : start + RUN]
            places[tuple(shape for _, shape in run)].append((file, run[0][0]))
    found: dict[tuple[Path, Path], tuple[int, int]] = {}
    for like in places.values():
        if len(like) <= IDIOM:
            for (one, here), (other, there) in combinations(like, 2):
                if one != other:
                    found.setdefault((one, other), (here, there))
    return found


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name a folder of Python files.")
    folder = Path(sys.argv[1])
    files = sorted(folder.rglob("*.py"))
    found = repeats(files)
    for (one, other), (here, there) in sorted(found.items()):
        print(f"{one.relative_to(folder)}:{here}  {other.relative_to(folder)}:{there}")
    lines = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    print(f"{len(found)} pairs of files with like runs, in {len(files)} files of {lines} lines")
