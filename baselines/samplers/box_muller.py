"""Box-Muller: two uniform numbers become two independent normal ones, and an affine map the rest.

Box and Muller, "A note on the generation of random normal deviates", Annals of Mathematical
Statistics, 1958, https://doi.org/10.1214/aoms/1177706645. A point of the plane with independent
normal coordinates has an even angle and a squared length that is exponential, twice the mean; both
are had from uniform numbers in closed form.

An affine map along the principal axes gives this noise the mean and covariance of the training
samples, in units of each coordinate's standard deviation. `gaussian` has the same family with a
better estimate of the covariance; here it is the empirical one.
"""

from typing import Self

import numpy as np

from .affine import Array, PrincipalMap, is_whole, standard_deviations


class BoxMuller:
    """Draws uniform numbers, makes them normal, and stretches and turns them."""

    def __init__(self, least: float = 1e-3) -> None:
        self.least = least  # stretch along any axis, in standard deviations

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if len(train) < 2:
            raise ValueError("A covariance needs at least two training samples.")
        mean = train.mean(axis=0)
        cell = 1 / 12 if is_whole(train) else 0.0
        scale = np.hypot(standard_deviations(train, mean), np.sqrt(cell))
        standardised = (train - mean) / scale
        covariance = standardised.T @ standardised / len(train) + np.diag(cell / scale**2)
        self.map = PrincipalMap(mean, scale, covariance, self.least)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        d = len(self.map.mean)
        noise = box_muller(rng.random((2, n * d // 2 + 1)))[: n * d].reshape(n, d)
        return self.map.forward(noise)

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact."""
        noise = self.map.inverse(samples)
        of_noise = -(noise**2).sum(axis=1) / 2 - np.log(2 * np.pi) * noise.shape[1] / 2
        return np.asarray(
            of_noise - np.log(self.map.stretches).sum() - np.log(self.map.scale).sum()
        )


def box_muller(uniform: Array) -> Array:
    """Turn uniform numbers (2, n) from [0, 1) into independent normal ones (2n,)."""
    length = np.sqrt(-2 * np.log1p(-uniform[0]))  # of 1 - u, which is never zero
    angle = 2 * np.pi * uniform[1]
    return np.concatenate([length * np.cos(angle), length * np.sin(angle)])
