"""A law of what a network sees in real pictures, known exactly, in 1,280 dimensions.

Squares cut at random out of scikit-learn's two photographs are seen by EfficientNet-Lite0. K-means
parts them into classes, all taken to be as likely; each is a Gaussian with its widest directions,
and even noise in all others: Tipping and Bishop, "Mixtures of probabilistic principal component
analysers", Neural Computation 1999, https://doi.org/10.1162/089976699300016728.

What was fitted ships with genbench. `python -m genbench.sanity.truth.features FILE.npz` fits it
again, with the extra `images`.
"""

import sys
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Self

import numpy as np

from genbench.datasets.densities import OfModes
from genbench.ground.arrays import Array, Labels
from genbench.ground.randomness import rng_for

N_CLASSES, N_DIRECTIONS = 10, 12
N_SQUARES, SIDES = 4_000, (48, 160)  # and their least and greatest side, in pixels
FILE = "feature_law.npz"


@dataclass(frozen=True, eq=False)
class LowRankMixture(OfModes):
    """Equally likely Gaussians, each with a few wide directions and round noise."""

    centres: Array  # (k, d)
    factors: Array  # (k, r, d): covariances are factors' factors + widths^2 of the identity
    widths: Array  # (k,)

    @classmethod
    def fitted(cls, points: Array, labels: Labels, *, n_directions: int) -> Self:
        """Fit a Gaussian to the points (n, d) of each class, by maximum likelihood."""
        found = []
        for label in np.unique(labels):
            own = points[labels == label]
            centred = own - own.mean(axis=0)
            _, roots, axes = np.linalg.svd(centred / np.sqrt(len(own)), full_matrices=False)
            variances = roots**2
            left = variances[n_directions:].sum() / (points.shape[1] - n_directions)
            beyond = np.sqrt(np.maximum(variances[:n_directions] - left, 0))
            found.append((own.mean(axis=0), beyond[:, None] * axes[:n_directions], np.sqrt(left)))
        return cls(*(np.stack(parts) for parts in zip(*found, strict=True)))

    def sample(self, n: int, *, rng: np.random.Generator) -> tuple[Array, Labels]:
        """Draw points (n, d) and their classes (n,)."""
        k, r, d = self.factors.shape
        labels = rng.integers(k, size=n)
        points = rng.normal(size=(n, d)) * self.widths[labels, None] + self.centres[labels]
        along = rng.normal(size=(n, r))
        for label in range(k):
            own = labels == label
            points[own] += along[own] @ self.factors[label]
        return points, labels

    def log_joint(self, points: Array) -> Array:
        """Log-density of each point and class together (n, k), in nats."""
        columns = []
        d = points.shape[1]
        for centre, factor, width in zip(self.centres, self.factors, self.widths, strict=True):
            apart = points - centre
            inner = width**2 * np.eye(len(factor)) + factor @ factor.T
            along = apart @ factor.T
            within = (along * np.linalg.solve(inner, along.T).T).sum(axis=1)
            squares = (np.einsum("ij,ij->i", apart, apart) - within) / width**2
            volume = np.linalg.slogdet(inner)[1] + 2 * (d - len(factor)) * np.log(width)
            columns.append(-(squares + volume + d * np.log(2 * np.pi)) / 2)
        return np.asarray(np.stack(columns, axis=1) - np.log(len(columns)))


def feature_law() -> LowRankMixture:
    """Return the law that ships."""
    file = resources.files("genbench.sanity.data") / FILE
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as kept:
        return LowRankMixture(
            *(kept[name].astype(float) for name in ("centres", "factors", "widths"))
        )


def fit() -> LowRankMixture:
    """Fit it to photographs.

    Raises:
        MissingExtra: the extra `images` is not installed.
    """
    from sklearn.cluster import KMeans

    points = _features()
    labels = KMeans(N_CLASSES, n_init=10, random_state=0).fit_predict(points)
    return LowRankMixture.fitted(points, labels, n_directions=N_DIRECTIONS)


def _features() -> Array:
    from sklearn.datasets import load_sample_images

    from genbench.images.embedding import embed
    from genbench.images.extractors import find
    from genbench.images.sources import open_source

    rng = rng_for(0, "truth", "features")
    photographs = load_sample_images().images

    def square() -> Any:
        photograph = photographs[rng.integers(len(photographs))]
        side = rng.integers(SIDES[0], SIDES[1] + 1)
        top, left = (rng.integers(length - side + 1) for length in photograph.shape[:2])
        return photograph[None, top : top + side, left : left + side]

    squares = open_source(square() for _ in range(N_SQUARES))  # batches of one: sizes differ
    return embed(squares, find("lite0-128")).features.astype(float)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Give the file to which the law should be written.")
    made = fit()
    # Half precision: what is stored is the law.
    np.savez_compressed(
        Path(sys.argv[1]), **{name: part.astype(np.float16) for name, part in vars(made).items()}
    )
