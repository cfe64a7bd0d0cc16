"""What a model is made of, read once: what is hashed is what runs, whatever is edited meanwhile."""

import linecache
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from genbench.ground.paths import is_file
from genbench.models.find import EXPORTED, ModelSpec
from genbench.models.sources import BASELINES, Part, checksum, hash_of_bytes, read_code, read_file

Values = Mapping[str, str]  # of one file, as JSON can hold it


@dataclass(frozen=True)
class Held:
    """A model's files as they were at one moment."""

    checksum: str = ""
    code: Mapping[str, Part] = field(default_factory=dict)  # by the names of modules
    exports: Mapping[str, bytes] = field(default_factory=dict)  # by the names of files

    def code_to_json(self) -> list[Values]:
        """Return the code as plain values, for `hold`."""
        return [
            {"name": name, "path": str(part.path), "content": part.content.decode("latin-1")}
            for name, part in self.code.items()
        ]

    def moved(self, spec: ModelSpec, folder: Path) -> ModelSpec:
        """Return the same model with its exported files, if it has any, in another folder."""
        if not self.exports:
            return spec
        path = folder / Path(spec.params["path"]).name
        return replace(spec, params={**spec.params, "path": str(path)})


def take(spec: ModelSpec) -> Held:
    """Read the files that a model is made of, each once; the checksum is that of `source_hash`.

    Raises:
        BadInput: a file or module is not there.
    """
    if spec.target == EXPORTED:
        path = Path(spec.params["path"])
        weights = path.with_name(f"{path.name}.data")
        exports = {each.name: read_file(each) for each in (path, weights) if is_file(each)}
        return Held("+".join(map(hash_of_bytes, exports.values())), exports=exports)
    where = spec.target.rpartition(":")[0]
    if not where:
        return Held()
    code = read_code(where)
    return Held(checksum(code), code)


def hold(code: Iterable[Values]) -> None:
    """Let this process import these files as they were when they were read."""
    by_path, by_name = {}, {}
    for values in code:
        content = values["content"].encode("latin-1")
        by_path[os.path.realpath(values["path"])] = content
        if values["name"].startswith(BASELINES):  # a container may have them elsewhere
            by_name[values["name"]] = content
        lines = [f"{line}\n" for line in content.decode(errors="replace").splitlines()]
        # For what reads the source of functions, such as torch.jit.script, and for tracebacks.
        linecache.cache[values["path"]] = (len(content), None, lines, values["path"])
    ordinary: Any = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> CodeType | None:
        content = by_path.get(os.path.realpath(self.path), by_name.get(fullname))
        if content is None:
            found: CodeType | None = ordinary(self, fullname)
            return found
        compiled: CodeType = self.source_to_code(content, self.path)
        return compiled

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
