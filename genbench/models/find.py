"""What a generative model is, and how one is found by name, file or package."""

import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief, is_file, reach, shown
from genbench.models.functions import ConditionalFunctionModel, FunctionModel
from genbench.models.moved import present_address
from genbench.models.next_symbols import completed
from genbench.models.parameters import parse
from genbench.models.signatures import check_known, only_model
from genbench.models.sources import hash_of_code, hash_of_file

EXPORTED = "genbench.models.exported:Exported"  # imported only where one is made
EXPORTS = (".pt", ".onnx")
MOST_LATENTS = 100_000
LONGEST_NAME = 200  # characters that are looked at, and said
HINT = (
    "Or give path/to/file.py:Class, package.module:Class, two functions as in file.py:fit,sample, "
    "or an exported generator and the size of its latents as in generator.pt:64."
)


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
class HasNextLogProb(Protocol):
    """A model of sequences that says, after any beginning, what comes next."""

    def next_log_prob(self, prefixes: Array) -> Array:
        """Log-probability of each next symbol (n, n_symbols), in nats.

        `prefixes` (n, t) are the first t symbols of rows, whole numbers from 0 up, t from 0 to one
        less than the length of a row. The probabilities of each row sum to one.
        """
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

    # "package.module:Class" or "path/to/file.py:Class"; for two functions, "...:fit,sample".
    target: str
    params: Mapping[str, Any] = field(default_factory=dict)
    family: str = "yours"
    summary: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain values from which `ModelSpec(**values)` makes the same again."""
        return asdict(self) | {"params": dict(self.params)}

    def make(self, *, budget: float | None = None) -> GenerativeModel:
        """Import the class, or the two functions, and make the model.

        One of sequences that has `fit` and `next_log_prob` alone gets `sample` and `log_prob`
        (see `genbench.models.next_symbols`).

        Args:
            budget: seconds that a fit may take, for a model whose constructor has a parameter of
                that name.

        Raises:
            BadInput: the file, module, class or function is not there, or has no `fit`, or
                neither `sample` nor `next_log_prob`.
        """
        where, _, name = self.target.rpartition(":")
        make = constructor(load(where), name, where=where)
        params = dict(self.params)
        if budget is not None and takes(make, "budget"):
            params.setdefault("budget", budget)
        model = completed(make(**params))
        if not isinstance(model, GenerativeModel):
            raise BadInput(
                f"{shown(self.target)} must have the methods fit(train, *, rng) and "
                "sample(n, *, rng), or, of sequences, next_log_prob(prefixes)."
            )
        return model


def constructor(module: ModuleType, name: str, *, where: str) -> Callable[..., Any]:
    """Return what makes the model: the class of that name, or both functions put together.

    Raises:
        BadInput: the module at `where` does not define the name, or it cannot be called.
    """
    found = []
    for part in name.split(","):
        if not hasattr(module, part):
            raise BadInput(f"{shown(where)} defines no {part!r}.")
        found.append(getattr(module, part))
        if not callable(found[-1]):
            raise BadInput(f"{shown(where)}:{part} is {brief(repr(found[-1]))}, not a class.")
    if len(found) == 1:
        return found[0]  # type: ignore[no-any-return]
    conditional = all(takes(function, "labels") for function in found)
    return partial(ConditionalFunctionModel if conditional else FunctionModel, *found)


def is_conditional(model: GenerativeModel) -> bool:
    """Say whether a model draws samples of classes: `fit` and `sample` both ask for `labels`."""
    return takes(model.fit, "labels") and takes(model.sample, "labels")


def needs_classes(model: GenerativeModel) -> bool:
    """Say whether a model that draws samples of classes cannot do without: one method must know."""
    return any(
        inspect.signature(method).parameters["labels"].default is inspect.Parameter.empty
        for method in (model.fit, model.sample)
    )


def takes(function: Callable[..., Any], name: str) -> bool:
    """Say whether a function has a parameter of that name."""
    try:
        return name in inspect.signature(function).parameters
    except (TypeError, ValueError):  # not written in Python
        return False


def baselines() -> Mapping[str, ModelSpec]:
    """Return the catalog of built-in models."""
    module = importlib.import_module("genbench.baselines.catalog")
    catalog: Mapping[str, ModelSpec] = module.CATALOG
    return catalog


def find(target: str) -> ModelSpec:
    """Return the model that a user names.

    A target is the name of a baseline; `file.py:Class` or `package.module:Class`; two functions, as
    in `file.py:fit,sample` or `package.module:fit,sample`; `file.py` where that leaves no doubt; or
    an exported generator with the size of its latents, `generator.pt:64` or `generator.onnx:64`.
    Parameters for what makes it may follow: `kernel_density#bandwidth=0.2`.

    Raises:
        BadInput: there is none, or it has no such parameter; the message has near matches.
    """
    name, params = parse(target)
    spec = _find(name)
    if params and spec.target == EXPORTED:
        raise BadInput(f"{shown(name)} is an exported generator: it has no parameters.")
    check_known(params, spec.target, name)
    return spec if not params else replace(spec, params={**spec.params, **params})


def _find(target: str) -> ModelSpec:
    catalog = baselines()
    if target in catalog:
        return catalog[target]
    target = present_address(target)
    if target.lower().endswith(EXPORTS):
        return exported(target, None)
    where, colon, name = target.rpartition(":")
    if where.lower().endswith(EXPORTS):
        return exported(where, int(name) if re.fullmatch("[0-9]{1,9}", name) else name)
    if not colon and target.endswith(".py"):
        where, name = target, only_model(Path(target))
    names = name.split(",")
    proper = len(names) <= 2 and all(name.isidentifier() for name in names)
    if where.endswith(".py"):
        if not is_file(Path(where)):
            raise BadInput(f"There is no file {shown(where)}.")
        if not proper:
            raise BadInput(
                f"{shown(where)} should be followed by :Class or by two functions, as in "
                f":fit,sample, not by {brief(repr(name))}."
            )
        return ModelSpec(target=f"{Path(where).resolve()}:{name}")
    if proper and all(part.isidentifier() for part in where.split(".")):
        return ModelSpec(target=target)
    raise unknown_name("model", target[:LONGEST_NAME], catalog, hint=HINT)


def exported(path: Path | str, latent_size: object) -> ModelSpec:
    """Return the model that an exported generator is: TorchScript (.pt) or ONNX (.onnx).

    It is fed with standard-normal latents, (n, latent_size).

    Raises:
        BadInput: there is no such file, it is not named as an export, or `latent_size` is no size.
    """
    path = Path(path)
    if path.suffix.lower() not in EXPORTS:
        raise BadInput(f"{shown(path)} must be an exported generator, {' or '.join(EXPORTS)}.")
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    if latent_size is None:
        raise BadInput(
            f"{shown(path)} is an exported generator: say how many numbers its latents have, as in "
            f"{shown(path)}:64."
        )
    if (
        isinstance(latent_size, bool)
        or not isinstance(latent_size, int | np.integer)
        or not 1 <= latent_size <= MOST_LATENTS
    ):
        raise BadInput(
            f"The latents of {shown(path)} must have 1 to {MOST_LATENTS} numbers, not "
            f"{brief(repr(latent_size))}."
        )
    params = {"path": str(path.resolve()), "latent_size": int(latent_size)}
    return ModelSpec(target=EXPORTED, params=params)


def source_hash(spec: ModelSpec) -> str:
    """Return a checksum of the files that a model is made of; "" for what is no model.

    It is the SHA-256 of the model's file, or of all files that it imports from its own folder or
    package (see `genbench.models.sources`); for an exported generator, of the exported file, with
    the file of weights that ONNX may put beside it.

    Raises:
        BadInput: a file or module is not there.
    """
    if spec.target == EXPORTED:
        path = Path(spec.params["path"])
        weights = path.with_name(f"{path.name}.data")
        hashes = [hash_of_file(path)] + ([hash_of_file(weights)] if is_file(weights) else [])
        return "+".join(hashes)
    where = spec.target.rpartition(":")[0]
    return hash_of_code(where) if where else ""


def load(where: str) -> ModuleType:
    """Import the file or the module that a model's class is in.

    Raises:
        BadInput: it is not there.
    """
    try:
        return _load_file(Path(where)) if where.endswith(".py") else _load_module(where)
    except ImportError as error:
        if "attempted relative import" not in str(error):
            raise
        raise BadInput(
            f"{shown(where)} imports from the packages around it. Name it by them, from the folder "
            "above the outermost, as in mine.flows.realnvp:RealNVP."
        ) from error


def _load_file(path: Path) -> ModuleType:
    reach(path.parent)  # for what the file imports from beside it
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
            raise BadInput(f"There is no module {shown(name)!r}.") from error
        raise
