"""Inception-v3 as FID, KID and the Inception score know it, from weights in a local file.

Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
equilibrium", NeurIPS 2017, https://arxiv.org/abs/1706.08500; Salimans et al., "Improved
techniques for training GANs", NeurIPS 2016, https://arxiv.org/abs/1606.03498.

The network is torch-fidelity's: the one of 2015 with its 1008 classes and its own way to resize.
Any other Inception-v3 gives other numbers, not comparable with published ones. Nothing is ever
downloaded: fetch `weights-inception-2015-12-05-6726825d.pth` from torch-fidelity's releases.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import numpy as np

from genbench.images.decoding import Pixels
from genbench.images.image_folder import Tell, list_images, load_image
from genbench.images.torchvision_import import import_torchvision
from genbench.ground.arrays import Array, read_only
from genbench.ground.errors import BadInput
from genbench.ground.extras import require
from genbench.ground.paths import brief

BATCH_SIZE = 32  # fixed: the size of a batch moves the last digits of a float32 network
FEATURES = ("2048", "logits_unbiased")  # torch-fidelity's names for the layers of FID and of IS


class EmbeddedImages(NamedTuple):
    """What Inception-v3 sees in a set of images, one row an image."""

    features: Array  # (n, 2048), for FID and KID
    probabilities: Array  # (n, 1008), for the Inception score


class Inception:
    """Inception-v3 with given weights; `sha256` names the weights it was made of."""

    def __init__(self, weights: Path | str, sha256: str | None = None) -> None:
        """Read the weights.

        Args:
            weights: a state dict saved by `torch.save`.
            sha256: the checksum the file must have; None accepts any.

        Raises:
            MissingExtra: torch-fidelity or torchvision is not installed.
            BadInput: the file is missing, has another checksum or holds something else.
        """
        import_torchvision()  # torch-fidelity imports it, without the detour it may need
        torch_fidelity = require("torch_fidelity")
        try:
            content = Path(weights).read_bytes()
        except OSError as error:
            raise BadInput(f"The weights {weights} cannot be read: {error.strerror}.") from error
        self.sha256 = hashlib.sha256(content).hexdigest()
        if sha256 is not None and self.sha256 != sha256.strip().lower():
            raise BadInput(
                f"{weights} has the SHA-256 checksum {self.sha256}; expected {brief(sha256)}."
            )
        try:
            self._network = torch_fidelity.FeatureExtractorInceptionV3(
                "inception-v3-compat",
                list(FEATURES),
                feature_extractor_weights_path=_tensors_only(content, name=str(weights)),
            )
        except RuntimeError as error:  # its first line is a title, then all keys that differ
            differences = " ".join(str(error).split("\n", 1)[-1].split())
            raise BadInput(
                f"{weights} does not hold the weights of torch-fidelity's Inception-v3: "
                f"{shorten(differences, 160, placeholder=' ...')}"
            ) from error

    def embed_batches(
        self, batches: Iterable[Any], *, name: str = "images", show_progress: bool = True
    ) -> EmbeddedImages:
        """Embed batches of RGB pixels, each (n, 3, height, width) of uint8.

        How the images are cut into batches changes nothing, and sizes may differ between them.

        Raises:
            BadInput: a batch is not of that shape and type, or there is no image at all.
        """
        images = (image for batch in batches for image in _checked(batch, name=name))
        return self._embed(images, name=name, total=None, show_progress=show_progress)

    def embed_folder(
        self, folder: Path | str, *, show_progress: bool = True, told: Tell | None = None
    ) -> EmbeddedImages:
        """Embed all PNG and JPEG files below a folder, in the order of their paths.

        What counts and what does not is said to `told`, as `list_images` has it.

        Raises:
            BadInput: the folder is missing or holds no image, or a file is not a picture.
        """
        paths = list_images(folder, told=told)
        return self._embed(
            map(load_image, paths), name=str(folder), total=len(paths), show_progress=show_progress
        )

    def _embed(
        self, images: Iterable[Pixels], *, name: str, total: int | None, show_progress: bool
    ) -> EmbeddedImages:
        import torch
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        features: list[Array] = []
        probabilities: list[Array] = []
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
        )
        # On standard error, so that piped output stays clean.
        progress = Progress(*columns, console=Console(stderr=True), disable=not show_progress)
        with progress:
            task = progress.add_task(f"Inception-v3: {name}", total=total)
            for batch in _batches_of_one_size(images):
                with torch.inference_mode():  # not around `images`, which may be the caller's code
                    points, logits = self._network(torch.from_numpy(batch))
                features.append(points.double().numpy())
                probabilities.append(logits.double().softmax(dim=1).numpy())
                progress.advance(task, len(batch))
        if not features:
            raise BadInput(f"{name}: there is no image to embed.")
        return EmbeddedImages(
            features=read_only(np.concatenate(features)),
            probabilities=read_only(np.concatenate(probabilities)),
        )


def _tensors_only(content: bytes, *, name: str) -> io.BytesIO:
    """Return the same weights in a form that is safe to unpickle.

    torch-fidelity loads with `weights_only=False`, which runs whatever code the file brings. So the
    file is loaded here first, tensors only and onto the CPU, and torch-fidelity is handed a copy.
    """
    import torch

    try:
        state = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
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
    copy = io.BytesIO()
    torch.save(state, copy)
    copy.seek(0)
    return copy


def _checked(batch: Any, *, name: str) -> Pixels:
    if hasattr(batch, "detach"):  # a torch tensor, perhaps on a GPU
        batch = batch.detach().cpu().numpy()
    pixels = np.asarray(batch)
    if pixels.dtype != np.uint8:
        raise BadInput(f"{name} must hold pixels from 0 to 255 as uint8, not {pixels.dtype}.")
    if pixels.ndim != 4 or pixels.shape[1] != 3 or 0 in pixels.shape[2:]:
        raise BadInput(f"{name} must have shape (n, 3, height, width), not {pixels.shape}.")
    return pixels


def _batches_of_one_size(images: Iterable[Pixels]) -> Iterator[Pixels]:
    """Stack neighbouring images of one size, at most BATCH_SIZE, so that their order stays."""
    pending: list[Pixels] = []
    for image in images:
        if pending and (len(pending) == BATCH_SIZE or image.shape != pending[0].shape):
            yield np.stack(pending)
            pending = []
        pending.append(image)
    if pending:
        yield np.stack(pending)
