"""Beliefs, and how far an observation moves them: Bayesian surprise in closed form, in nats.

Itti and Baldi, "Bayesian surprise attracts human attention", Vision Research 2009,
https://doi.org/10.1016/j.visres.2008.09.007: surprise is the relative entropy of the belief after
an observation from the belief before it. Varshney, "Mathematical limit theorems for computational
creativity", IBM J. Res. Dev. 2019, https://doi.org/10.1147/JRD.2019.2893907: the same, of the law
of an inspiration set before and after an artifact joins it.

Averaged over artifacts, surprise is the mutual information of artifact and belief only if the
belief before is the one that the artifacts themselves induce; for any other it is larger by the
divergence of the induced belief from that one.

Differs from the papers: laws of an inspiration set are smoothed. Unsmoothed, each artifact that is
new surprises infinitely, or, with the two laws exchanged, each by the same ln((n + 1) / n).
"""

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol, Self

import numpy as np
import scipy

from genbench.ground.arrays import Array, as_numbers
from genbench.ground.errors import BadInput

Base = Literal["posterior||prior", "prior||posterior"]
JEFFREYS = 0.5  # weight of each symbol before any is seen


class Belief(Protocol):
    """A law of what is not known, which an observation turns into another of its kind."""

    def updated(self, observed: Any) -> Any:
        """Return the belief after what was observed."""

    def divergence(self, other: Any) -> float:
        """Return KL(self || other), in nats."""


def surprise(belief: Belief, observed: Any, *, base: Base = "posterior||prior") -> float:
    """Return how far the observation moves the belief, in nats.

    Args:
        belief: what is believed before.
        observed: what `belief.updated` takes.
        base: which of the two beliefs the average is taken under: the first one named.

    Raises:
        BadInput: the observation is not of the belief's kind, or there is no such base.
    """
    first, second = _ordered(base, belief.updated(observed), belief)
    return float(first.divergence(second))


@dataclass(frozen=True, eq=False)
class Dirichlet:
    """Belief about the shares of symbols; it observes counts, (n_symbols,)."""

    weights: Array  # (n_symbols,) above 0

    def __post_init__(self) -> None:
        weights = as_numbers(self.weights, name="weights")
        if not (weights > 0).all():
            raise BadInput("A Dirichlet belief is proper only if each weight is above 0.")
        object.__setattr__(self, "weights", weights)

    def updated(self, observed: Any) -> Self:
        """Add counts to the weights."""
        counts = as_numbers(observed, name="counts", n=len(self.weights))
        if not (counts >= 0).all():
            raise BadInput("counts must be at least 0.")
        return type(self)(self.weights + counts)

    def divergence(self, other: Self) -> float:
        """Return KL(self || other), in nats."""
        mine, theirs = self.weights, other.weights
        levels = scipy.special.digamma(mine) - scipy.special.digamma(mine.sum())
        volumes = scipy.special.gammaln(theirs).sum() - scipy.special.gammaln(theirs.sum())
        volumes -= scipy.special.gammaln(mine).sum() - scipy.special.gammaln(mine.sum())
        return float(volumes + (mine - theirs) @ levels)


@dataclass(frozen=True)
class GaussianMean:
    """Belief about the mean of a Gaussian of known variance; it observes one number or several."""

    mean: float
    variance: float  # of the belief
    noise: float  # variance of an observation about the mean

    def __post_init__(self) -> None:
        _all_finite(self)
        if not (self.variance > 0 and self.noise > 0):
            raise BadInput("A Gaussian belief is proper only if both variances are above 0.")

    def updated(self, observed: Any) -> Self:
        """Add precisions, and weigh the means by them."""
        numbers = as_numbers(np.atleast_1d(observed), name="observed")
        precision = 1 / self.variance + len(numbers) / self.noise
        mean = (self.mean / self.variance + numbers.sum() / self.noise) / precision
        return type(self)(float(mean), 1 / precision, self.noise)

    def divergence(self, other: Self) -> float:
        """Return KL(self || other), in nats."""
        ratio = self.variance / other.variance
        apart = (self.mean - other.mean) ** 2 / other.variance
        return float((ratio + apart - 1 - np.log(ratio)) / 2)


@dataclass(frozen=True)
class GammaRate:
    """Belief about the mean of a Poisson law; it observes one count or several."""

    shape: float
    rate: float

    def __post_init__(self) -> None:
        _all_finite(self)
        if not (self.shape > 0 and self.rate > 0):
            raise BadInput("A gamma belief is proper only if shape and rate are above 0.")

    def updated(self, observed: Any) -> Self:
        """Add what was counted to the shape, and the number of counts to the rate."""
        counts = as_numbers(np.atleast_1d(observed), name="observed")
        if not ((counts >= 0) & (counts == np.rint(counts))).all():
            raise BadInput("Counts must be whole numbers from 0 up.")
        return type(self)(float(self.shape + counts.sum()), self.rate + len(counts))

    def divergence(self, other: Self) -> float:
        """Return KL(self || other), in nats."""
        return float(
            (self.shape - other.shape) * scipy.special.digamma(self.shape)
            - scipy.special.gammaln(self.shape)
            + scipy.special.gammaln(other.shape)
            + other.shape * np.log(self.rate / other.rate)
            + self.shape * (other.rate - self.rate) / self.rate
        )


def sight_surprise(weight: Array, total: float | Array) -> Array:
    """Return the surprise of a Dirichlet belief at one more sight of a symbol, in nats.

    ln A - ln a + psi(a + 1) - psi(A + 1), for the symbol's weight a out of all A.
    """
    return np.asarray(
        np.log(total)
        - np.log(weight)
        + scipy.special.digamma(weight + 1)
        - scipy.special.digamma(total + 1)
    )


def inspiration_surprise(
    inspiration: Iterable[Hashable],
    artifact: Hashable,
    *,
    smoothing: float = JEFFREYS,
    base: Base = "posterior||prior",
) -> float:
    """Return how far an artifact moves the law of an inspiration set that it joins, in nats.

    The law is that of the symbols in the set and of one more, which stands for whatever is new;
    each counts as if it had been seen `smoothing` times more often.

    Raises:
        BadInput: `smoothing` is not a number above 0, or there is no such base.
    """
    if not 0 < smoothing < np.inf:
        raise BadInput(f"smoothing must be above 0, not {smoothing!r}: surprise would be infinite.")
    seen = Counter(inspiration)
    counts = smoothing + np.array([*seen.values(), 0])
    joins = [*(symbol == artifact for symbol in seen), artifact not in seen]
    before = counts / counts.sum()
    after = (counts + joins) / (counts.sum() + 1)
    first, second = _ordered(base, after, before)
    return float(scipy.special.rel_entr(first, second).sum())


def _ordered(base: str, after: Any, before: Any) -> tuple[Any, Any]:
    if base == "posterior||prior":
        return after, before
    if base == "prior||posterior":
        return before, after
    raise BadInput(f"base must be 'posterior||prior' or 'prior||posterior', not {base!r}.")


def _all_finite(belief: Any) -> None:
    for field in fields(belief):
        if not np.isfinite(getattr(belief, field.name)):
            raise BadInput(f"{field.name} must be a finite number.")
