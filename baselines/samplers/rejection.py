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

Whole-number samples stand for cells one unit wide and get even noise over them.
"""

import warnings
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular
from scipy.optimize import minimize_scalar
from scipy.special import logsumexp
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

Array = NDArray[np.float64]

BLOCK = 20_000  # proposals at once


class Rejection:
    """Draws proposals until enough are kept."""

    expected_acceptance: float
    acceptance_rate: float

    def __init__(
        self,
        sizes: tuple[int, ...] = (1, 2, 3, 4, 6, 8, 12, 16, 25),
        least_variance: float = 1e-4,
        max_coordinates: int = 8,
        max_proposals: float = 10_000,
    ) -> None:
        self.sizes = sizes
        self.least_variance = least_variance  # added to every variance, in units of the whole
        self.max_coordinates = max_coordinates  # of a sample
        self.max_proposals = max_proposals  # that may be expected for each sample

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
        # A coordinate that never varies would have an infinite density: it gets a hair's width.
        hair = 1e-6 * np.maximum(1.0, np.abs(train[0]))
        if np.array_equal(train, np.rint(train)):
            train = train + rng.uniform(-0.5, 0.5, size=train.shape)
        self.origin = train.mean(axis=0)
        self.scale = np.where(np.ptp(train, axis=0) > 0, train.std(axis=0), hair)
        mixture = self._mixture((train - self.origin) / self.scale, rng)
        self.weights = mixture.weights_ / mixture.weights_.sum()
        self.means, covariances = np.asarray(mixture.means_), np.asarray(mixture.covariances_)
        self.factors = np.linalg.cholesky(covariances)
        self.centre = self.weights @ self.means
        apart = self.means - self.centre
        whole = np.einsum("k,kij->ij", self.weights, covariances)
        whole += np.einsum("k,ki,kj->ij", self.weights, apart, apart)

        # Wider than a component in every direction, or the ratio would have no bound.
        root = np.linalg.inv(np.linalg.cholesky(whole))
        widest = np.linalg.eigvalsh(root @ covariances @ root.T).max()
        low = max(1.0, float(widest)) * (1 + 1e-9)

        def log_bound(log_inflation: float) -> float:
            proposal = whole * (low + np.exp(log_inflation))
            return self._log_bound(covariances, proposal)

        best = minimize_scalar(log_bound, bounds=(-16, 4), method="bounded")
        self.log_bound = float(best.fun)
        self.proposal_factor = np.linalg.cholesky(whole * (low + np.exp(best.x)))
        if self.log_bound > np.log(self.max_proposals):
            raise ValueError(
                f"Rejection sampling would take about 10^{self.log_bound / np.log(10):.1f} "
                f"proposals for each sample; {self.max_proposals:g} are allowed."
            )
        self.expected_acceptance = float(np.exp(-self.log_bound))
        trial = int(np.ceil(100 / self.expected_acceptance))
        kept = sum(
            len(self._kept(min(BLOCK, trial - start), rng)) for start in range(0, trial, BLOCK)
        )
        self.acceptance_rate = kept / trial
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
        log_share -= _log_normal(proposals, self.centre, self.proposal_factor)
        return np.asarray(proposals[log_share > -rng.exponential(size=n_proposals)])

    def _log_density(self, points: Array) -> Array:
        parts = [
            np.log(weight) + _log_normal(points, mean, factor)
            for weight, mean, factor in zip(self.weights, self.means, self.factors, strict=True)
        ]
        return np.asarray(logsumexp(parts, axis=0))

    def _log_bound(self, covariances: Array, proposal: Array) -> float:
        """Return the log of the sum, over components, of the greatest ratio to the proposal."""
        apart = self.means - self.centre
        ratios = (np.linalg.slogdet(proposal)[1] - np.linalg.slogdet(covariances)[1]) / 2
        spare = np.linalg.solve(proposal - covariances, apart[:, :, None])[:, :, 0]
        return float(logsumexp(np.log(self.weights) + ratios + (apart * spare).sum(axis=1) / 2))

    def _mixture(self, scaled: Array, rng: np.random.Generator) -> GaussianMixture:
        """Return the mixture with the least Bayesian information criterion."""
        fitted = []
        for size in self.sizes:
            if size == 1 or 5 * size <= len(scaled):
                mixture = GaussianMixture(
                    size,
                    reg_covar=self.least_variance,
                    n_init=3,
                    random_state=int(rng.integers(2**31)),
                )
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    fitted.append(mixture.fit(scaled))
        return min(fitted, key=lambda mixture: float(mixture.bic(scaled)))


def _log_normal(points: Array, mean: Array, factor: Array) -> Array:
    noise = solve_triangular(factor, (points - mean).T, lower=True)
    log_volume = np.log(2 * np.pi) * len(mean) / 2 + np.log(np.diag(factor)).sum()
    return np.asarray(-(noise**2).sum(axis=0) / 2 - log_volume)
