"""Statistics of features of pictures in a file, ours and those of other programs.

Read are .npz files of pytorch-fid, TTUR, clean-fid and EDM (mu and sigma), clean-fid's for KID
(feats), and references of guided-diffusion (arr_0, mu, sigma), which hold pictures as well. Ours
say of how many pictures they are, and what made the features.
"""

import json
import platform
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from genbench.files.arrays import read_arrays
from genbench.ground.archives import open_archive
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.paths import is_file, readable, shown
from genbench.images.embedding import Floats, softmax
from genbench.images.extractors import Extractor
from genbench.images.seen import Seen
from genbench.scoring.accumulators import ClassMoments, FeatureMoments, read_moments

COUNTED = re.compile(r"(?P<path>.+\.npz):(?P<n>\d+)", re.IGNORECASE)
ROWS = 1024  # of features that are merged at a time
MADE_BY = ("features", "preprocessing", "precision", "weights")
CONVERT = (
    "import pickle, numpy as np; ref = pickle.load(open('ref.pkl', 'rb')); "
    "np.savez('ref.npz', n=ref.get('num_images', 50_000), **ref['fid'])"
)


@dataclass(frozen=True, eq=False)
class ImageStatistics:
    """Moments of features, or the features themselves, and what made them if that is known."""

    name: str
    moments: FeatureMoments | None
    features: Array | None = None  # (n, d), of a file for KID
    pictures: Path | None = None  # a file that holds some of the pictures, too
    about: Mapping[str, str] = field(default_factory=dict)

    def hold(self, described: Mapping[str, str]) -> None:
        """See that the same network made them that makes the others.

        Raises:
            BadInput: another one did, as far as the file says.
        """
        for key in MADE_BY:
            known, wanted = self.about.get(key), described.get(key)
            if known is not None and known != wanted:
                raise BadInput(
                    f"{self.name} is of the {key} {known}, not of {wanted}: numbers of different "
                    "ones cannot be compared."
                )


class Accumulator:
    """Moments of features and of class probabilities, batch by batch."""

    def __init__(self) -> None:
        self._waiting: list[Floats] = []
        self._moments: FeatureMoments | None = None
        self._classes: ClassMoments | None = None

    def __call__(self, features: Floats, logits: Floats | None) -> None:
        """Take a batch in."""
        self._waiting.append(features)
        if sum(map(len, self._waiting)) >= ROWS:
            self._merge()
        if logits is not None:
            found = ClassMoments.of(softmax(logits))
            self._classes = found if self._classes is None else self._classes + found

    def _merge(self) -> None:
        if self._waiting:
            found = FeatureMoments.of(np.concatenate(self._waiting))
            self._moments = found if self._moments is None else self._moments + found
            self._waiting = []

    @property
    def moments(self) -> FeatureMoments:
        """Of all features that were taken in.

        Raises:
            BadInput: there are none.
        """
        self._merge()
        if self._moments is None:
            raise BadInput("there are no features to measure.")
        return self._moments

    @property
    def classes(self) -> ClassMoments | None:
        """Of all class probabilities, if there are any."""
        return self._classes


def save(path: Path, found: Accumulator, extractor: Extractor, seen: Seen) -> None:
    """Write statistics as other programs read them, and beside them what they are of.

    Raises:
        BadInput: the file's name does not end in .npz, or they are of fewer than two pictures.
    """
    import io

    import torch

    if path.suffix != ".npz":
        raise BadInput(f"{path} must end in .npz.")
    about = {
        **extractor.described,
        **{key: str(value) for key, value in seen.described.items()},
        "torch": torch.__version__,
        "python": platform.python_version(),
    }
    values: dict[str, Any] = {
        "mu": found.moments.mean,
        "sigma": found.moments.covariance,
        "n": found.moments.n,
        "about": np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
    }
    if found.classes is not None:
        values |= {"marginal": found.classes.marginal, "entropy": found.classes.entropy}
    buffer = io.BytesIO()
    np.savez(buffer, **values)
    replace_file(path, buffer.getvalue())


def is_statistics(given: Any) -> bool:
    """Return whether a path is that of statistics: what stands in it decides."""
    if not isinstance(given, str | Path):
        return False
    if str(given).lower().endswith(".pkl"):
        return True
    path, _ = _counted(given)
    if path.suffix.lower() != ".npz" or not is_file(path):
        return False
    try:
        with open_archive(path) as archive:
            names = set(archive.members)
    except Exception:  # what is no archive is told of by whoever reads it
        return False
    return {"mu.npy", "sigma.npy"} <= names or "feats.npy" in names


def load(given: str | Path) -> ImageStatistics:
    """Read statistics; behind the file's name may stand of how many pictures, `ref.npz:50000`.

    Raises:
        BadInput: it is no such file, or nobody says of how many pictures.
    """
    path, n = _counted(given)
    name = shown(path)
    if path.suffix.lower() == ".pkl":
        raise BadInput(f"{name} is a pickle, which is never loaded; where it is trusted: {CONVERT}")
    with readable(path, ".npz file"), open_archive(path) as archive:
        names = {member.removesuffix(".npy") for member in archive.members}
    if "feats" in names:
        return ImageStatistics(name, None, features=read_arrays(path)["feats"])
    _, _, count = read_moments(path)
    if n is None and count is None:
        raise BadInput(
            f"{name} does not say of how many pictures it is: put the number behind it, "
            f"{path.name}:50000."
        )
    pictures = path if "arr_0" in names else None
    about: dict[str, str] = {}
    if "about" in names:
        with readable(path, ".npz file"):
            content = read_arrays(path)["about"].astype(np.uint8).tobytes()
            about = {str(key): str(value) for key, value in json.loads(content).items()}
    return ImageStatistics(name, FeatureMoments.load(path, n=n), pictures=pictures, about=about)


def _counted(given: str | Path) -> tuple[Path, int | None]:
    found = COUNTED.fullmatch(str(given))
    return (Path(given), None) if found is None else (Path(found["path"]), int(found["n"]))
