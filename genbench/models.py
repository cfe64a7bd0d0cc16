"""What a generative model is, and how one is found by name, file or package."""

import ast
import importlib
import importlib.util
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from genbench.arrays import Array
from genbench.errors import BadInput, unknown_name


@runtime_checkable
class GenerativeModel(Protocol):
    """Anything that learns from samples and draws new ones; nothing to inherit or to register."""

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from samples (n_train, d), without changing them."""
        ...

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw `n` samples (n, d)."""
        ...


@runtime_checkable
class HasLogProb(Protocol):
    """A model that also knows its own density."""

    def log_prob(self, samples: Array) -> Array:
        """Log-density of each sample (n,), in nats, per unit of volume of the sample space."""
        ...


@runtime_checkable
class Selective(Protocol):
    """A model that cannot learn from just any samples, and says so before it begins."""

    def refuses(self, train: Array) -> str | None:
        """Return why it cannot learn from these samples (n_train, d): a sentence, or None."""
        ...


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """Where a model's class is and how to make one; nothing is imported until `make`."""

    target: str  # "package.module:Class" or "path/to/file.py:Class"
    params: Mapping[str, Any] = field(default_factory=dict)
    family: str = "yours"
    summary: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values from which `ModelSpec(**values)` makes the same again."""
        return asdict(self) | {"params": dict(self.params)}

    def make(self) -> GenerativeModel:
        """Import the class and make the model.

        Raises:
            BadInput: the file, module or class is not there, or has no `fit` and `sample`.
        """
        where, _, name = self.target.rpartition(":")
        module = load(where)
        if not hasattr(module, name):
            raise BadInput(f"{where} defines no {name!r}.")
        model = getattr(module, name)(**self.params)
        if not isinstance(model, GenerativeModel):
            raise BadInput(
                f"{self.target} must have the methods fit(train, *, rng) and sample(n, *, rng)."
            )
        return model


def baselines() -> Mapping[str, ModelSpec]:
    """Return the catalog of built-in models."""
    catalog: Mapping[str, ModelSpec] = importlib.import_module("genbench.baselines").CATALOG
    return catalog


def find(target: str) -> ModelSpec:
    """Return the model that a user names: a baseline, `file.py:Class` or `package.module:Class`.

    Raises:
        BadInput: there is none; the message has near matches.
    """
    catalog = baselines()
    if target in catalog:
        return catalog[target]
    where, colon, name = target.rpartition(":")
    if not colon and target.endswith(".py"):
        where, name = target, _only_class(Path(target))
    if where.endswith(".py"):
        path = Path(where).resolve()
        if not path.is_file():
            raise BadInput(f"There is no file {where}.")
        return ModelSpec(target=f"{path}:{name}")
    if re.fullmatch(r"[\w.]+:\w+", target):
        return ModelSpec(target=target)
    raise unknown_name(
        "model", target, catalog, hint="Or give path/to/file.py:Class or package.module:Class."
    )


def _only_class(path: Path) -> str:
    """Return the name of the one class in the file, read without running it."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise BadInput(f"{path} is not Python: {error}.") from error
    names = [node.name for node in tree.body if isinstance(node, ast.ClassDef)]
    if len(names) != 1:
        found = ", ".join(names) or "none"
        raise BadInput(f"{path} should define one class, or say which: {path}:Class ({found}).")
    return names[0]


def reach_current_folder() -> None:
    """Let `package.module:Class` name a package in the current folder, after installed ones."""
    _reach(Path.cwd())


def _reach(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def load(where: str) -> ModuleType:
    """Import the file or the module that a model's class is in.

    Raises:
        BadInput: it is not there.
    """
    return _load_file(Path(where)) if where.endswith(".py") else _load_module(where)


def _load_file(path: Path) -> ModuleType:
    _reach(path.parent)  # for what the file imports from beside it
    # Under a name that no package has: a file may be called as one is.
    spec = importlib.util.spec_from_file_location(f"genbench_model_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadInput(f"{path} cannot be imported.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their own module up
    spec.loader.exec_module(module)
    return module


def _load_module(name: str) -> ModuleType:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise BadInput(f"There is no module {name!r}.") from error
        raise
