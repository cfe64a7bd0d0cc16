"""The files that a model's code is in, found by reading them: none of it is run.

A model's file may import others from its own folder or its own package. They are found by their
`import` statements, and by those in turn; what is imported by other means is not. Installed
packages are libraries: of these, only the one file that was asked for counts. Our own baselines are
none: they count alike from a wheel and from a clone, each with what it shares with its family.
"""

import ast
import hashlib
import importlib.util
import io
import sys
import sysconfig
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import NamedTuple

from genbench.ground.errors import BadInput
from genbench.ground.parsing import parse
from genbench.ground.paths import shown

INSTALLED = {"site-packages", "dist-packages"}
BASELINES = "genbench.baselines"


Span = tuple[tuple[int, int], tuple[int, int]]  # from (line, column) up to (line, column)


class Place(NamedTuple):
    """A package and the folder that it is in; the empty name stands for a folder of files."""

    package: str
    folder: Path


class Part(NamedTuple):
    """One file of a model's code, and what it held when it was read."""

    path: Path
    content: bytes


class Import(NamedTuple):
    """A module named by an `import` statement, `level` packages up where it is relative."""

    name: str
    level: int


def hash_of_file(path: Path) -> str:
    """Return the SHA-256 checksum of the one file.

    Raises:
        BadInput: it cannot be read.
    """
    return hash_of_bytes(read_file(path))


def hash_of_code(where: str) -> str:
    """Return one checksum of the file or module `where` and of all that it imports from beside it.

    Comments, docstrings and blank lines do not count: what they say changes no number.

    Raises:
        BadInput: there is no such file or module.
    """
    return checksum(read_code(where))


def checksum(code: Mapping[str, Part]) -> str:
    """Return the checksum of code that was read, as of `hash_of_code`."""
    hashes = {name: hash_of_bytes(code_of(part.content)) for name, part in code.items()}
    if len(hashes) == 1:
        return hashes.popitem()[1]
    return hash_of_bytes("".join(f"{name} {hashes[name]}\n" for name in sorted(hashes)).encode())


def hash_of_bytes(content: bytes) -> str:
    """Return the SHA-256 checksum of bytes."""
    return hashlib.sha256(content).hexdigest()


@lru_cache(maxsize=256)
def code_of(content: bytes) -> bytes:
    """Return a file's lines without comments, docstrings and what is blank; all, if not Python."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
        tree = parse(text)
        lines = text.split("\n")  # not `splitlines`, which finds more ends than the parser does
        gone = [*_docstrings(tree, lines), *_comments(text)]
    except (SyntaxError, ValueError, RecursionError, MemoryError, tokenize.TokenError):
        return content
    kept = _in_long_strings(tree)
    for (first, start), (last, end) in sorted(gone, reverse=True):  # places before stay as they are
        lines[first] = lines[first][:start] + lines[last][end:]
        lines[first + 1 : last + 1] = [""] * (last - first)
        kept.difference_update(range(first, last + 1))
    chosen = (line if i in kept else line.rstrip() for i, line in enumerate(lines))
    return "".join(f"{line}\n" for i, line in enumerate(chosen) if line or i in kept).encode()


def _in_long_strings(tree: ast.AST) -> set[int]:
    """Return the lines, from 0, of strings over several lines: whatever is blank there counts."""
    strings = (n for n in ast.walk(tree) if isinstance(n, ast.Constant | ast.JoinedStr))
    spans = ((node.lineno - 1, node.end_lineno or node.lineno) for node in strings)
    return {line for first, end in spans if end - first > 1 for line in range(first, end)}


def _docstrings(tree: ast.AST, lines: list[str]) -> Iterator[Span]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            text = node.body[0]
            ends = ((text.lineno, text.col_offset), (text.end_lineno, text.end_col_offset))
            # The parser counts lines from 1, and columns in bytes.
            (first, start), (last, end) = (
                ((line or 0) - 1, len(lines[(line or 0) - 1].encode()[:column].decode()))
                for line, column in ends
            )
            yield (first, start), (last, end)


def _comments(text: str) -> Iterator[Span]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            (line, start), (_, end) = token.start, token.end
            yield (line - 1, start), (line - 1, end)


def files_of(where: str) -> dict[str, Path]:
    """Return the file of `where` and those that it imports from beside it, by their modules' names.

    Raises:
        BadInput: there is no such file or module.
    """
    return {name: part.path for name, part in read_code(where).items()}


def read_code(where: str) -> dict[str, Part]:
    """Read the file of `where` and those that it imports from beside it, each once.

    Raises:
        BadInput: there is no such file or module, or it cannot be read.
    """
    if where.endswith(".py"):
        path, name, places = Path(where), Path(where).stem, [Place("", Path(where).parent)]
    else:
        path, name = module_file(where), where
        places = list(_places(where, path))
    found = {name: Part(path, read_file(path))}
    if where.startswith(f"{BASELINES}."):
        places = [place for place in places if place.package.startswith(BASELINES)]
    elif _is_installed(path):
        return found
    pending, paths, asked = [name], {path}, set[str]()
    while pending:
        importer = pending.pop()
        for module in _imported_by(importer, found[importer]):
            if module in asked:
                continue
            asked.add(module)
            beside = _find(module, places)
            if beside is not None and beside not in paths:
                found[module] = Part(beside, read_file(beside))
                paths.add(beside)
                pending.append(module)
    return found


def module_file(name: str) -> Path:
    """Return the file of a module; neither it nor the packages around it are imported.

    Raises:
        BadInput: there is no such module, or it has no file.
    """
    parts = name.split(".")
    if not all(part.isidentifier() for part in parts):
        raise BadInput(f"{shown(name)!r} is not the name of a module.")
    locations = None
    for n in range(1, len(parts) + 1):
        spec = _spec(".".join(parts[:n]), locations)
        if spec is None or (n < len(parts) and spec.submodule_search_locations is None):
            raise BadInput(f"There is no module {shown(name)!r}.")
        locations = spec.submodule_search_locations
    if spec is None or spec.origin is None or not Path(spec.origin).is_file():
        raise BadInput(f"The module {shown(name)!r} has no file.")
    return Path(spec.origin)


def _spec(name: str, locations: Iterable[str] | None) -> ModuleSpec | None:
    """Ask as an import would; `importlib.util.find_spec` imports the packages around."""
    loaded = getattr(sys.modules.get(name), "__spec__", None)
    if isinstance(loaded, ModuleSpec):
        return loaded
    path = None if locations is None else list(locations)
    for finder in sys.meta_path:
        found = finder.find_spec(name, path)
        if found is not None:
            return found
    return None


def _places(name: str, path: Path) -> Iterator[Place]:
    """Yield the module's own package and those around it, as long as folders are named as they."""
    is_package = path.name == "__init__.py"
    package, folder = name if is_package else name.rpartition(".")[0], path.parent
    if not package:
        yield Place("", folder)
    while package:
        yield Place(package, folder)
        package, _, own = package.rpartition(".")
        if folder.name != own:
            return
        folder = folder.parent


def _find(module: str, places: list[Place]) -> Path | None:
    for package, folder in places:
        if package and module != package and not module.startswith(f"{package}."):
            continue
        path = folder.joinpath(*filter(None, module[len(package) :].split(".")))
        candidates = [path / "__init__.py"]
        if path != folder:
            candidates.append(path.with_name(f"{path.name}.py"))
        for candidate in candidates:
            if candidate.is_file():
                return candidate
    return None


def imported_at_once(code: Mapping[str, Part]) -> set[str]:
    """Return the names of all that code imports as it is imported, modules and what may be none.

    What functions import, once they are called, is not among them.
    """
    return {
        name
        for importer, part in code.items()
        for name in _names(importer, part, _imports(part.content, _at_once))
    }


def _imported_by(importer: str, part: Part) -> Iterator[str]:
    """Yield the names of all modules that a file may import, and of the packages around them."""
    return _names(importer, part, _imports(part.content, ast.walk))


def _names(importer: str, part: Part, imports: Iterable[Import]) -> Iterator[str]:
    package = importer if part.path.name == "__init__.py" else importer.rpartition(".")[0]
    for name, level in imports:
        try:
            module = importlib.util.resolve_name("." * level + name, package) if level else name
        except ImportError:  # further up than the package reaches
            continue
        parts = module.split(".")
        yield from (".".join(parts[:n]) for n in range(1, len(parts) + 1))


@lru_cache(maxsize=256)
def _imports(content: bytes, walk: Callable[[ast.AST], Iterable[ast.AST]]) -> tuple[Import, ...]:
    try:
        tree = parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):  # not Python; it imports nothing
        return ()
    found: dict[Import, None] = {}  # a set that keeps the order
    for node in walk(tree):
        if isinstance(node, ast.Import):
            found |= {Import(alias.name, 0): None for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            found[Import(base, node.level)] = None
            for alias in node.names:  # each may be a module of its own
                name = f"{base}.{alias.name}" if base else alias.name
                found[Import(name, node.level)] = None
    return tuple(found)


def _at_once(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield what stands in no function."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            pending += ast.iter_child_nodes(node)


def _is_installed(path: Path) -> bool:
    standard = Path(sysconfig.get_path("stdlib"))
    return not INSTALLED.isdisjoint(path.parts) or standard in path.parents


def read_file(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise BadInput(f"{shown(path)} cannot be read.") from error
