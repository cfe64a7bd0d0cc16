"""How well the latents of generated samples can be told from the samples."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.evidence.training import fixed_budget
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable

FEWEST = 80
ERRORS_PER_LATENT = 20  # at least, for a covariance of the errors; else variances alone
FLOOR = 1e-9  # variance of an encoder's errors, where latents have variance one
LEVEL = 1e-3  # of the test whether latents are independent


@dataclass(frozen=True, eq=False)
class LatentEncoding(Evidence):
    """Held-out log-ratios of an encoder's density of the true latent to the prior's.

    Each latent coordinate is first mapped to a standard normal by its ranks, which changes no
    information: whatever the law of a coordinate, the prior is then known, so long as coordinates
    are independent.
    """

    inputs: ClassVar = ("generated", "generated_latents")

    log_ratios: Array  # (n_judged,) log e(z | x) - log p(z), in nats
    encoder: str  # which of those tried is the better
    n_latents: int
    dependent: bool  # whether latent coordinates are seen to depend on each other

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Fit encoders on one half of the samples, their errors on a quarter, judge on the rest.

        Raises:
            Unavailable: too few samples, or latents that repeat values, as discrete ones do.
        """
        latents = given(comparison.generated_latents, "latents of generated samples")
        points, latents = comparison.generated_set, latents.reshape(len(latents), -1)
        n, n_latents = latents.shape
        if n < FEWEST:
            raise Unavailable(f"needs {FEWEST} generated samples; there are {n}")
        if any(len(np.unique(latent)) < n for latent in latents.T):
            raise Unavailable("latents repeat values: they must be continuous")
        ranks = np.argsort(np.argsort(latents, axis=0), axis=0)
        normal = scipy.special.ndtri((ranks + 1) / (n + 1))
        order = comparison.rng("latent_encoding").permutation(n)
        learn, spread, judge = np.split(order, [n // 2, 3 * n // 4])
        found = []
        for name, encoder in _encoders(int(comparison.rng("latent_encoder").integers(2**31))):
            errors = normal - _encode(encoder, points, normal, learn)
            covariance = errors[spread].T @ errors[spread] / len(spread) + FLOOR * np.eye(n_latents)
            if len(spread) < ERRORS_PER_LATENT * n_latents:
                covariance = np.diag(np.diag(covariance))
            found.append((float(np.linalg.slogdet(covariance)[1]), name, covariance, errors[judge]))
        log_volume, name, covariance, errors = min(found, key=lambda each: each[0])
        squared = np.einsum("ij,ij->i", errors, np.linalg.solve(covariance, errors.T).T)
        log_ratios = ((normal[judge] ** 2).sum(axis=1) - squared - log_volume) / 2
        return cls(log_ratios, name, n_latents, _dependent(normal))

    @property
    def parameters(self) -> dict[str, Any]:
        """What was encoded by what."""
        return {
            "encoder": self.encoder,
            "n_latents": self.n_latents,
            "n_judged": len(self.log_ratios),
        }

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether the prior may be another one."""
        if not self.dependent:
            return ()
        return ("Latent coordinates are correlated: the bound takes them as independent.",)


def _encoders(random_state: int) -> list[tuple[str, Any]]:
    from sklearn.linear_model import LinearRegression
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    network = MLPRegressor(
        hidden_layer_sizes=(64, 64),
        learning_rate_init=3e-3,
        max_iter=100,
        early_stopping=True,
        random_state=random_state,
    )
    return [
        ("linear", make_pipeline(StandardScaler(), LinearRegression())),
        ("network", make_pipeline(StandardScaler(), network)),
    ]


def _encode(encoder: Any, points: Array, latents: Array, learn: Any) -> Array:
    """Return the latents (n, n_latents) that the encoder expects."""
    with fixed_budget():
        # One latent is a column to a linear encoder, but a list to a network.
        encoder.fit(points[learn], latents[learn] if latents.shape[1] > 1 else latents[learn, 0])
    return np.asarray(encoder.predict(points)).reshape(latents.shape)


def _dependent(normal: Array) -> bool:
    """Say whether the largest correlation of two coordinates is more than chance makes it."""
    n, k = normal.shape
    if k == 1:
        return False
    correlations = np.asarray(np.corrcoef(normal.T))[np.triu_indices(k, 1)]
    bar = -scipy.special.ndtri(LEVEL / (k * (k - 1)))
    return bool(np.abs(correlations).max() * np.sqrt(n) > bar)
