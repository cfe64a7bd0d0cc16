"""Statistics of samples that never fit in memory at once: batch by batch, machine by machine.

Accumulators add up: `a + b` is what one would have got from both parts' samples, up to rounding,
whatever the batches and their order. Nothing here talks to other processes: add up what they saved.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import xlogy

from genbench.evidence.gaussians import Gaussian
from genbench.files.arrays import read_arrays
from genbench.ground.arrays import Array, as_probabilities, as_samples, flat
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief, is_file, shown
from genbench.scoring.covariances import check_covariance

LARGEST_COUNT = 2**53
SCHEMA = 1


@dataclass(frozen=True, eq=False)
class FeatureMoments:
    """Count, mean and scatter of features: all that a Frechet distance needs.

    Batches are merged by their deviations from their own means (Chan, Golub and LeVeque,
    "Algorithms for computing the sample variance", The American Statistician 1983,
    https://doi.org/10.1080/00031305.1983.10483115): raw sums of squares would lose the variance of
    features whose mean is large.
    """

    n: int
    mean: Array  # (d,)
    scatter: Array  # (d, d) sum of outer products of deviations from the mean

    FILE: ClassVar = ("mu", "sigma")  # as pytorch-fid, clean-fid, TTUR and EDM name them, too

    @classmethod
    def of(cls, features: Any) -> Self:
        """Measure a batch of features (n, d), or of samples (n, ...) as they are.

        Raises:
            BadInput: they are not finite numbers of that shape.
        """
        points = flat(as_samples(features, name="features"))
        mean = points.mean(axis=0)
        deviations = points - mean
        return cls(len(points), mean, deviations.T @ deviations)

    def __add__(self, other: Self) -> Self:
        """Merge with what other samples gave.

        Raises:
            BadInput: features of another dimension.
        """
        if self.mean.shape != other.mean.shape:
            raise BadInput(
                f"moments in {len(self.mean)} and in {len(other.mean)} dimensions cannot be added."
            )
        n = self.n + other.n
        apart = other.mean - self.mean
        scatter = self.scatter + other.scatter
        scatter += np.outer(apart, apart) * (self.n * other.n / n)
        return type(self)(n, self.mean + apart * (other.n / n), scatter)

    @property
    def covariance(self) -> Array:
        """Covariance (d, d), dividing by n - 1.

        Raises:
            BadInput: they are of one sample only.
        """
        if self.n < 2:
            raise BadInput("moments of one sample have no covariance.")
        return self.scatter / (self.n - 1)

    def gaussian(self) -> Gaussian:
        """Return them as `genbench.score` and `Moments` take them."""
        return Gaussian.from_covariance(self.n, self.mean, self.covariance)

    def save(self, path: str | Path) -> None:
        """Write an .npz file that pytorch-fid and others can read: mu, sigma, and n beside them."""
        _save(path, mu=self.mean, sigma=self.covariance, n=self.n)

    @classmethod
    def load(cls, path: str | Path, *, n: int | None = None) -> Self:
        """Read such a file; those of other programs do not say `n`, which must then be given.

        Raises:
            BadInput: not such a file, or it does not say how many samples it is of, or it says
                another number than `n`.
        """
        mean, covariance, count = read_moments(path)
        if n is not None and count is not None and n != count:
            raise BadInput(f"{path} says that it is of {count} samples, not of {brief(repr(n))}.")
        n = count if n is None else n
        if n is None or not is_count(n):
            raise BadInput(
                f"{path} does not say of how many samples it is: give n, at least 2, as in "
                "FeatureMoments.load(path, n=50_000)."
            )
        return cls(n, mean, covariance * (n - 1))


def read_moments(path: str | Path) -> tuple[Array, Array, int | None]:
    """Read mean (d,), covariance (d, d) and, if the file says it, the number of samples.

    Raises:
        BadInput: not an .npz file with `mu` and `sigma` that fit each other.
    """
    table = _load(path, FeatureMoments.FILE)
    mean, covariance = (np.asarray(table[key], dtype=np.float64) for key in FeatureMoments.FILE)
    if mean.ndim != 1 or covariance.shape != (len(mean), len(mean)):
        raise BadInput(
            f"{path}: mu must have shape (d,) and sigma (d, d), not {mean.shape} and "
            f"{covariance.shape}."
        )
    if not (np.isfinite(mean).all() and np.isfinite(covariance).all()):
        raise BadInput(f"{path}: mu or sigma holds NaN or infinity.")
    check_covariance(covariance, name=f"{path}: sigma")
    return mean, covariance, _count(table, path) if "n" in table else None


@dataclass(frozen=True, eq=False)
class ClassMoments:
    """Count, mean class probabilities and mean entropy: all that inception and AM scores need."""

    n: int
    marginal: Array  # (n_classes,)
    entropy: float  # mean entropy of the rows, in nats

    FILE: ClassVar = ("marginal", "entropy", "n")

    @classmethod
    def of(cls, probabilities: Any) -> Self:
        """Measure a batch of class probabilities (n, n_classes).

        Raises:
            BadInput: rows that are not probabilities.
        """
        table = as_probabilities(probabilities, name="probabilities")
        entropy = -xlogy(table, table).sum(axis=1).mean()
        return cls(len(table), np.asarray(table.mean(axis=0)), float(entropy))

    def __add__(self, other: Self) -> Self:
        """Merge with what other samples gave.

        Raises:
            BadInput: another number of classes.
        """
        if self.marginal.shape != other.marginal.shape:
            raise BadInput(
                f"probabilities of {len(self.marginal)} and of {len(other.marginal)} classes "
                "cannot be added."
            )
        n = self.n + other.n
        share = other.n / n
        return type(self)(
            n,
            (1 - share) * self.marginal + share * other.marginal,
            (1 - share) * self.entropy + share * other.entropy,
        )

    @property
    def inception_score(self) -> float:
        """Exp of the marginal's entropy minus the mean entropy: over all samples, not in splits."""
        return math.exp(-xlogy(self.marginal, self.marginal).sum() - self.entropy)

    def save(self, path: str | Path) -> None:
        """Write an .npz file."""
        _save(path, marginal=self.marginal, entropy=self.entropy, n=self.n)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read such a file.

        Raises:
            BadInput: not such a file.
        """
        table = _load(path, cls.FILE)
        if table["entropy"].shape != ():
            raise BadInput(f"{path}: entropy must be one number.")
        return cls(_count(table, path), table["marginal"], float(table["entropy"]))


def is_count(n: Any) -> bool:
    """Return whether that many samples can have a covariance."""
    whole = isinstance(n, int | np.integer) and not isinstance(n, bool)
    return whole and 2 <= n < LARGEST_COUNT


def _count(table: dict[str, Array], path: str | Path) -> int:
    n = table["n"]
    if n.shape != () or not 1 <= n < LARGEST_COUNT or n != np.rint(n):  # also of NaN
        raise BadInput(f"{path}: n must be the number of samples.")
    return int(n)


def _save(path: str | Path, **values: Any) -> None:
    path = Path(path)
    if path.suffix != ".npz":
        raise BadInput(f"{path} must end in .npz.")
    temporary = path.with_suffix(".tmp.npz")
    np.savez(temporary, schema=SCHEMA, **values)
    temporary.replace(path)


def _load(path: str | Path, keys: tuple[str, ...]) -> dict[str, Array]:
    path = Path(path)
    if not is_file(path):
        raise BadInput(f"There is no file {shown(path)}.")
    table = read_arrays(path)
    missing = [key for key in keys if key not in table]
    if missing:
        raise BadInput(f"{path} holds {', '.join(table) or 'nothing'}; expected {', '.join(keys)}.")
    return table
