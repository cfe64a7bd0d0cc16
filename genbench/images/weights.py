"""Files of weights: where each is looked for, and how it is known to be the right one.

A file that is named is taken, whatever is in it; of all others the checksum decides. Nothing is
downloaded unless that is asked for. The checksums are those that several independent public
projects state.
"""

import hashlib
import io
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief, shown

FOLDER = "GENBENCH_WEIGHTS"
CHUNK = 2**20
CLIP = "https://openaipublic.azureedge.net/clip/models"


class File(NamedTuple):
    """A published file of weights."""

    name: str
    address: str
    sha256: str
    size: int | None  # bytes; None where nobody states them

    def __str__(self) -> str:
        size = f", {self.size:,} bytes" if self.size else ""
        return f"{self.name} ({self.address}, SHA-256 {self.sha256}{size})"


FILES = {
    "inception": File(
        "weights-inception-2015-12-05-6726825d.pth",
        "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/"
        "weights-inception-2015-12-05-6726825d.pth",
        "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2",
        95_628_359,
    ),
    "dinov2-vits14": File(
        "dinov2_vits14_pretrain.pth",
        "https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth",
        "b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9",
        88_283_115,
    ),
    "dinov2-vitl14": File(
        "dinov2_vitl14_pretrain.pth",
        "https://dl.fbaipublicfiles.com/dinov2/dinov2_vitl14/dinov2_vitl14_pretrain.pth",
        "d5383ea8f4877b2472eb973e0fd72d557c7da5d3611bd527ceeb1d7162cbf428",
        1_217_586_395,
    ),
    "clip-vit-b-32": File(
        "ViT-B-32.pt",
        f"{CLIP}/40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af/ViT-B-32.pt",
        "40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af",
        None,
    ),
    "clip-vit-l-14-336": File(
        "ViT-L-14-336px.pt",
        f"{CLIP}/3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02/"
        "ViT-L-14-336px.pt",
        "3035c92b350959924f9f00213499208652fc7ea050643e8b385c2dac08641f02",
        None,
    ),
    "vgg16": File(
        "vgg16-397923af.pth",
        "https://download.pytorch.org/models/vgg16-397923af.pth",
        "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0",
        553_433_881,
    ),
}


class Found(NamedTuple):
    """A file of weights that was read."""

    path: Path
    content: bytes
    sha256: str


class Wanted(NamedTuple):
    """What a person says of weights: a file, its checksum, whether they may be downloaded."""

    path: Path | None = None
    sha256: str | None = None
    download: bool = False


def find(network: str, wanted: Wanted = Wanted()) -> Found:  # noqa: B008  # it cannot be changed
    """Return the weights of a network: of the file named, else from the places they are kept in.

    These are `$GENBENCH_WEIGHTS` and torch's own, where a file counts only with its checksum; and,
    if that is allowed, the address that it is published at.

    Raises:
        BadInput: there is no such file, or it has another checksum.
    """
    if wanted.path is not None:
        found = _read(wanted.path)
        _hold(found, wanted.sha256, str(wanted.path))
        return found
    if network not in FILES:
        raise BadInput(
            f"The weights of {network} are published without a checksum: --weights FILE."
        )
    file = FILES[network]
    for folder in _folders():
        path = folder / file.name
        if path.is_file():
            found = _read(path)
            _hold(found, file.sha256, str(path))
            return found
    if not wanted.download:
        raise BadInput(
            f"The weights of {network} are not here: {file}; give --weights FILE, put it into "
            f"${FOLDER}, or say --download."
        )
    return _read(_download(file))


def find_published(network: str) -> File:
    """Return what is published of a network's weights.

    Raises:
        BadInput: nothing is.
    """
    if network not in FILES:
        raise unknown_name("network", network, FILES)
    return FILES[network]


def load_state(found: Found) -> dict[str, Any]:
    """Return the tensors of a file by their names; nothing but tensors is unpickled.

    Raises:
        BadInput: it holds something else.
    """
    import torch

    name = shown(found.path)
    try:
        state = torch.load(io.BytesIO(found.content), map_location="cpu", weights_only=True)
    except Exception as error:  # broken bytes lead the loader to errors of almost any kind
        # Not torch's own words: they advise to load the file without care.
        raise BadInput(
            f"{name} is not a file of weights saved by torch, or holds more than tensors "
            f"({type(error).__name__})."
        ) from error
    if not isinstance(state, dict) or not all(
        isinstance(key, str) and torch.is_tensor(value) for key, value in state.items()
    ):
        raise BadInput(f"{name} must hold a state dict: names and their tensors, nothing else.")
    return state


@contextmanager
def fitting(found: Found, network: str) -> Iterator[None]:
    """Say which weights do not fit, where a network is given them inside.

    Raises:
        BadInput: they do not.
    """
    try:
        yield
    except (RuntimeError, KeyError) as error:  # torch's first line is a title, then all that differ
        said = str(error).split("\n", 1)[-1]
        raise BadInput(
            f"{shown(found.path)} does not hold the weights of {network}: {brief(said)}."
        ) from error


def _folders() -> list[Path]:
    import torch

    own = os.environ.get(FOLDER)
    return [*([Path(own)] if own else []), Path(torch.hub.get_dir()) / "checkpoints"]


def _read(path: Path) -> Found:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"The weights {path} cannot be read: {error.strerror}.") from error
    return Found(path, content, hashlib.sha256(content).hexdigest())


def _hold(found: Found, sha256: str | None, name: str) -> None:
    if sha256 is not None and found.sha256 != sha256.strip().lower():
        raise BadInput(f"{name} has the SHA-256 checksum {found.sha256}; expected {brief(sha256)}.")


def _download(file: File) -> Path:
    """Fetch a file under another name, and let it have its own once its checksum is right.

    Raises:
        BadInput: it cannot be fetched, or is another one.
    """
    from urllib.request import urlopen

    folder = _folders()[0]
    temporary = folder / f".{file.name}.{uuid.uuid4().hex}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with urlopen(file.address) as answer, temporary.open("wb") as copy:  # noqa: S310  # of the table above
            shutil.copyfileobj(answer, copy, CHUNK)
        found = _read(temporary)
        _hold(found, file.sha256, file.address)
        return temporary.replace(folder / file.name)
    except OSError as error:
        raise BadInput(f"{file.address} cannot be downloaded: {brief(error)}.") from error
    finally:
        temporary.unlink(missing_ok=True)
