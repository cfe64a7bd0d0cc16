"""Rejection sampling: proposals from one Gaussian, kept as often as a mixture's density allows.

Von Neumann, "Various techniques used in connection with random digits", National Bureau of
Standards Applied Mathematics Series 12, 1951. A proposal x is kept with probability
f(x) / (M q(x)), where the bound M is at least f / q everywhere; what is kept follows f exactly, and
one in M proposals is.

The density f is a mixture of Gaussians fitted to the training samples; how many components is
decided by the Bayesian information criterion of Schwarz, "Estimating the dimension of a model",
Annals of Statistics, 1978, https://doi.org/10.1214/aos/1176344136. The proposal q is a Gaussian
with the mixture's mean and its covariance times a factor, wider than every component. Then a
component over q is greatest at a point that is known in closed form, and the weighted sum of these
ratios is a bound that no search had to find. The factor is the one with the least bound.

The sum is too careful, because no point is the worst for all components at once: on the ring of
eight modes one proposal in 540 is kept, and one in 75 could be; on the grid of 25 modes one in
2,400. The bound grows with every coordinate by which components differ: wine, with 13, would take
20,000 proposals for each sample, and digits, with 64, 10^15 where the criterion allows more than
one component. So more than `max_coordinates` are refused at once, and mixtures that would take more
than `max_proposals` once they are known.
`expected_acceptance` is 1 / M, and `acceptance_rate` what came of it in a trial.
"""

import warnings
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from .affine import Array, dequantize, log_normal, standard_deviations

BLOCK = 20_000  # proposals at once


@dataclass(eq=False, repr=False)
class Rejection:
    """Draws proposals until enough are kept."""

    sizes: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16, 25)
    least_variance: float = 1e-4  # added to every variance, in units of the whole
    max_coordinates: int = 8  # of a sample
    max_proposals: float = 10_000  # that may be expected for each sample

    expected_acceptance: float = field(init=False)
    acceptance_rate: float = field(init=False)

    def refuses(self, train: Array) -> str | None:
        """Return why these samples cannot be learned from, if they cannot."""
        n, d = train.shape
        if n < 3:
            return f"A mixture needs at least 3 training samples, not {n}."
        if d > self.max_coordinates:
            return (
                f"Rejection sampling takes too many proposals with {d} coordinates; at most "
                f"{self.max_coordinates} are allowed."
            )
        return None

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        if reason := self.refuses(train):
            raise ValueError(reason)
        train = dequantize(train, rng)
        self.origin, self.scale = train.mean(axis=0), standard_deviations(train, train[0])
        covariances = self._fit_mixture((train - self.origin) / self.scale, rng)
        self.log_bound, self.proposal_factor = self._fit_proposal(covariances)
        if self.log_bound > np.log(self.max_proposals):
            raise ValueError(
                f"Rejection sampling would take about 10^{self.log_bound / np.log(10):.1f} "
                f"proposals for each sample; {self.max_proposals:g} are allowed."
            )
        self.expected_acceptance = float(np.exp(-self.log_bound))
        trial = int(np.ceil(100 / self.expected_acceptance))
        blocks = [min(BLOCK, trial - start) for start in range(0, trial, BLOCK)]
        self.acceptance_rate = sum(len(self._kept(block, rng)) for block in blocks) / trial
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        kept: list[Array] = []
        while sum(map(len, kept)) < n:
            kept.append(self._kept(BLOCK, rng))
        return np.asarray(self.origin + np.concatenate(kept)[:n] * self.scale)

    def log_prob(self, samples: Array) -> Array:
        """Log-density in nats, exact."""
        density = self._log_density((samples - self.origin) / self.scale)
        return np.asarray(density - np.log(self.scale).sum())

    def _kept(self, n_proposals: int, rng: np.random.Generator) -> Array:
        """Draw proposals and return those that are kept."""
        noise = rng.normal(size=(n_proposals, len(self.scale)))
        proposals = self.centre + noise @ self.proposal_factor.T
        log_share = self._log_density(proposals) - self.log_bound
        log_share -= log_normal(proposals, self.centre, self.proposal_factor)
        return np.asarray(proposals[log_share > -rng.exponential(size=n_proposals)])

    def _log_density(self, points: Array) -> Array:
        parts = [
            np.log(weight) + log_normal(points, mean, factor)
            for weight, mean, factor in zip(self.weights, self.means, self.factors, strict=True)
        ]
        return np.asarray(logsumexp(parts, axis=0))

    def _fit_mixture(self, scaled: Array, rng: np.random.Generator) -> Array:
        """Fit the mixture with the least Bayesian information criterion; return its covariances."""
        fitted = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for size in self.sizes:
                if size == 1 or 5 * size <= len(scaled):
                    seed, least = int(rng.integers(2**31)), self.least_variance
                    mixture = GaussianMixture(size, reg_covar=least, n_init=3, random_state=seed)
                    fitted.append(mixture.fit(scaled))
        best = min(fitted, key=lambda mixture: float(mixture.bic(scaled)))
        self.weights = best.weights_ / best.weights_.sum()
        self.means, covariances = np.asarray(best.means_), np.asarray(best.covariances_)
        self.factors = np.linalg.cholesky(covariances)
        self.centre = self.weights @ self.means
        return covariances

    def _fit_proposal(self, covariances: Array) -> tuple[float, Array]:
        """Return the least log-bound and the factor of the proposal's covariance that has it."""
        apart = self.means - self.centre
        whole = np.einsum("k,kij->ij", self.weights, covariances)
        whole += np.einsum("k,ki,kj->ij", self.weights, apart, apart)
        # Wider than a component in every direction, or the ratio would have no bound.
        root = np.linalg.inv(np.linalg.cholesky(whole))
        widest = np.linalg.eigvalsh(root @ covariances @ root.T).max()
        low = max(1.0, float(widest)) * (1 + 1e-9)

        def log_bound(log_inflation: float) -> float:
            """Return the log of the sum, over components, of the greatest ratio to a proposal."""
            proposal = whole * (low + np.exp(log_inflation))
            ratios = (np.linalg.slogdet(proposal)[1] - np.linalg.slogdet(covariances)[1]) / 2
            spare = np.linalg.solve(proposal - covariances, apart[:, :, None])[:, :, 0]
            return float(logsumexp(np.log(self.weights) + ratios + (apart * spare).sum(axis=1) / 2))

        best = minimize_scalar(log_bound, bounds=(-16, 4), method="bounded")
        return float(best.fun), np.linalg.cholesky(whole * (low + np.exp(best.x)))
