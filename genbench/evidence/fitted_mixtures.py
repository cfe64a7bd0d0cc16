"""Mixtures of Gaussians around samples, as wide as training points ask for, on test points."""

from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from genbench.distances import squared_distance_blocks, squared_distance_table
from genbench.evidence.comparison import Comparison, Evidence, Reference, at_least
from genbench.evidence.subsets import part, some_of
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable
from genbench.ground.exponentials import exponentials, log_sum_exp
from genbench.ground.randomness import rng_for

MOST_CENTRES = 1000  # and as many training points to fit to: they make one matrix
STEPS = 50
SMALLEST_VARIANCE = 1e-12  # of standardised features: a copy's, whose best variance is none
FEWEST = 20


@dataclass(frozen=True, eq=False)
class FittedMixtures(Evidence):
    """Log-densities of test points, standardised, under mixtures around two kinds of centres."""

    inputs: ClassVar = ("train", "test", "generated")

    around_generated: Array  # (n_test,) nats
    around_train: Array  # (n_test,) nats, centres being one half of the training set
    d: int  # features that vary
    n_centres: int
    n_constant: int  # features that do not vary, and are left out
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Fit both mixtures to training points, with equally many centres.

        Raises:
            Unavailable: too few samples, or no feature varies.
        """
        real = comparison.reference
        generated = at_least(FEWEST // 2, comparison.generated_set, "generated")
        n_centres = min(len(generated), real.get(_most_centres))
        scaling, train = real.get(_scaled)
        rng = comparison.rng("fitted_mixtures")
        centres = scaling.of(some_of(generated, n_centres, rng=rng))
        fitted = train[:MOST_CENTRES]
        test = scaling.of(real.test_set)
        return cls(
            log_density(test, centres, fitted_variances(centres, fitted)),
            real.get(_Baseline(n_centres)),
            test.shape[1],
            n_centres,
            len(scaling.varies) - test.shape[1],
            (
                *part(n_centres, len(generated), "generated", "are centres"),
                *part(2 * MOST_CENTRES, len(train), "train", "are fitted to, or centres"),
            ),
        )

    @property
    def parameters(self) -> dict[str, int]:
        """How many Gaussians each mixture has, in how many dimensions."""
        return {"n_centres": self.n_centres, "n_features": self.d}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say what was left out."""
        if not self.n_constant:
            return self.parts
        constant = f"{self.n_constant} features do not vary in the test set and are left out"
        return (constant, *self.parts)


class _Scaling(NamedTuple):
    mean: Array
    scale: Array
    varies: Array  # (d,) whether each feature does

    def of(self, points: Array) -> Array:
        return np.asarray(((points - self.mean) / self.scale)[:, self.varies])


def _scaled(reference: Reference) -> tuple[_Scaling, Array]:
    """Standardise by the test set, and put the training set into a random order."""
    test = reference.test_set
    spread = test.std(axis=0)
    varies = spread > 1e-12 * np.abs(test).max(axis=0)
    if not varies.any():
        raise Unavailable("no feature varies in the test set")
    scaling = _Scaling(test.mean(axis=0), np.where(varies, spread, 1.0), varies)
    order = rng_for(0, "fitted_mixtures").permutation(len(reference.train_set))
    return scaling, scaling.of(reference.train_set[order])


def _most_centres(reference: Reference) -> int:
    return min(len(at_least(FEWEST, reference.train_set, "train")) // 2, MOST_CENTRES)


@dataclass(frozen=True)
class _Baseline:
    """Log-densities of test points around so many training points, fitted to the others."""

    n_centres: int

    def __call__(self, reference: Reference) -> Array:
        scaling, train = reference.get(_scaled)
        half = len(train) // 2
        centres, others = train[:half][: self.n_centres], train[half:][:MOST_CENTRES]
        test = scaling.of(reference.test_set)
        return log_density(test, centres, fitted_variances(centres, others))


def fitted_variances(centres: Array, points: Array) -> Array:
    """Return each centre's variance, (n_centres,), that makes the points likely.

    Expectation maximisation: in every step a centre's variance becomes the mean squared distance of
    the points, as far as they are its own. A Gaussian at the origin takes what no centre explains;
    it takes part in the fit only. Variances move from step to step less and less: `STEPS` of them
    are the definition.
    """
    with_origin = np.concatenate([centres, np.zeros((1, centres.shape[1]))])
    squared = squared_distance_table(with_origin, points)
    d = points.shape[1]
    variances = np.full(len(with_origin), max(float(squared.mean()) / d, SMALLEST_VARIANCE))
    for _ in range(STEPS):
        own = squared * (-0.5 / variances)[:, None]
        own -= (d / 2 * np.log(variances))[:, None]
        own -= own.max(axis=0)
        exponentials(own)
        own *= 1 / own.sum(axis=0)
        mass = own.sum(axis=1)
        found = np.einsum("ij,ij->i", own, squared) / (d * np.where(mass > 0, mass, 1))
        variances = np.where(mass > 0, np.maximum(found, SMALLEST_VARIANCE), variances)
    return variances[:-1]


def log_density(points: Array, centres: Array, variances: Array) -> Array:
    """Return the mixture's log-density of each point, in nats."""
    d = points.shape[1]
    log_weights = -d / 2 * np.log(2 * np.pi * variances) - np.log(len(centres))
    return np.concatenate(
        [
            log_sum_exp(block / (-2 * variances) + log_weights)
            for _, block in squared_distance_blocks(points, centres)
        ]
    )
