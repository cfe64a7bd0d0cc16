"""What a model's code tells without being run: which class it is, which parameters it takes."""

import ast
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.parsing import parse
from genbench.ground.paths import brief, is_file, shown
from genbench.models.sources import Part, read_code

# Bases that bring no constructor.
WITHOUT = {"object", "ABC", "Protocol", "Generic"}
BROUGHT = {"rng", "labels"}  # what `fit` gets from elsewhere

Code = Mapping[str, Part]  # by the names of modules
Definition = ast.ClassDef | ast.FunctionDef


class Untold(Exception):
    """The code does not tell: it takes any, or they are defined elsewhere."""


def only_model(path: Path) -> str:
    """Return the name of the one class in the file, or of its two functions.

    Raises:
        BadInput: there is no such file, or it leaves a doubt.
    """
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    try:
        tree = parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BadInput(f"{shown(path)} is not Python: {brief(error)}.") from error
    functions = _functions(tree.body, ast.FunctionDef)
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    # Beside the two functions, a class without a `fit` of its own is a helper.
    if {"fit", "sample"} <= set(functions) and not any(
        "fit" in _functions(node.body, ast.FunctionDef) for node in classes
    ):
        return "fit,sample"
    if len(classes) != 1:
        found = ", ".join(node.name for node in classes)
        if not found:
            raise BadInput(
                f"{shown(path)} should define a class, or the two functions fit and sample; it "
                "has neither."
            )
        raise BadInput(
            f"{shown(path)} should define one class, or say which: {shown(path)}:Class "
            f"({brief(found)})."
        )
    return classes[0].name


def _functions(nodes: list[ast.stmt], kind: type[ast.FunctionDef]) -> list[str]:
    return [node.name for node in nodes if isinstance(node, kind)]


def check_known(params: Iterable[str], target: str, name: str) -> None:
    """See that what makes the model at a target takes these parameters, as far as its code tells.

    Raises:
        BadInput: it does not; the message names those of the model, which is called `name`.
    """
    known = parameters_of(target) if params else None
    if known is None:
        return
    for parameter in params:
        if parameter not in known:
            has = f"{shown(name)} has {', '.join(known) or 'none'}."
            raise unknown_name(f"parameter of {shown(name)}", parameter, known, hint=has)


def parameters_of(target: str) -> tuple[str, ...] | None:
    """Return the names of what makes the model at a target takes; None where any may be meant.

    Of two functions those of `fit`, without what every `fit` is handed.

    Raises:
        BadInput: a file or module is not there.
    """
    where, _, name = target.rpartition(":")
    code = read_code(where)
    module = next(iter(code))
    fit, *sample = name.split(",")
    try:
        home, found = _definition(fit, module, code)
        if isinstance(found, ast.ClassDef):
            return () if sample else _constructor(found, home, code) or ()
        names = _names(found)
        return tuple(each for each in names[1:] if each not in BROUGHT) if sample else names
    except (Untold, RecursionError):
        return None


def _constructor(of: ast.ClassDef, module: str, code: Code) -> tuple[str, ...] | None:
    """Return what a class takes; None if neither it nor a base of it has a constructor.

    Raises:
        Untold: that cannot be read.
    """
    for node in of.body:
        if isinstance(node, ast.FunctionDef) and node.name in ("__init__", "__new__"):
            return _names(node)[1:]
    inherited = []
    for base in of.bases:
        if _last_name(base) not in WITHOUT:
            home, found = _definition(_own_name(base), module, code)
            if not isinstance(found, ast.ClassDef):
                raise Untold
            taken = _constructor(found, home, code)
            if taken is not None:
                inherited.append(taken)
    if not of.decorator_list:
        return inherited[0] if inherited else None
    if any(_last_name(each) != "dataclass" for each in of.decorator_list):
        raise Untold
    fields = [*reversed(inherited), tuple(_fields(of))]  # those of the first base come last
    return tuple(dict.fromkeys(chain.from_iterable(fields)))


def _definition(name: str, module: str, code: Code) -> tuple[str, Definition]:
    """Return the module that defines a name, and the definition.

    Raises:
        Untold: it is defined elsewhere, or by other means.
    """
    if module not in code:
        raise Untold
    found = None
    for node in _tree(code[module].content).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            found = module, node
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    origin = _absolute(node, module, code[module])
                    found = _definition(alias.name, origin, code)
    if found is None:
        raise Untold
    return found


def _absolute(node: ast.ImportFrom, module: str, part: Part) -> str:
    package = module if part.path.name == "__init__.py" else module.rpartition(".")[0]
    try:
        name = "." * node.level + (node.module or "")
        return importlib.util.resolve_name(name, package) if node.level else name
    except ImportError as error:  # further up than the package reaches
        raise Untold from error


def _names(function: ast.FunctionDef) -> tuple[str, ...]:
    """Return the parameters of a function.

    Raises:
        Untold: it takes any, or a decorator may change them.
    """
    told = function.args
    if told.kwarg is not None or function.decorator_list:
        raise Untold
    return tuple(each.arg for each in (*told.posonlyargs, *told.args, *told.kwonlyargs))


def _fields(of: ast.ClassDef) -> Iterator[str]:
    """Yield the fields that a dataclass is made of."""
    for node in of.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            special = _last_name(node.annotation) in ("ClassVar", "KW_ONLY")
            if not special and not _is_not_taken(node.value):
                yield node.target.id


def _is_not_taken(value: ast.expr | None) -> bool:
    """Say whether a field is declared as `field(init=False)`."""
    return isinstance(value, ast.Call) and any(
        word.arg == "init" and isinstance(word.value, ast.Constant) and word.value.value is False
        for word in value.keywords
    )


def _own_name(base: ast.expr) -> str:
    """Return the name of a base where it stands in the module itself; else ""."""
    plain = base.value if isinstance(base, ast.Subscript) else base
    return plain.id if isinstance(plain, ast.Name) else ""


def _last_name(node: ast.expr) -> str:
    """Return the name of `name`, `module.name`, `name[...]` and `name(...)`; "" of all else."""
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    if isinstance(node, ast.Call):
        return _last_name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


@lru_cache(maxsize=256)
def _tree(content: bytes) -> ast.Module:
    try:
        return parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Untold from error
