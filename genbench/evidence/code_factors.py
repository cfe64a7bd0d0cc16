"""How codes of test samples depend on the true factors of variation."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
import scipy

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

BINS = 20  # of equal width, from a code's least to its greatest value


def codes_and_factors(comparison: Comparison) -> tuple[Array, Labels]:
    """Return codes (n, n_codes), and those factors that vary as numbers from 0 up, (n, n_factors).

    Raises:
        Unavailable: fewer than two codes, or than two factors that vary: nothing to keep apart.
    """
    codes = given(comparison.test_codes, "codes of test samples")
    factors = given(comparison.reference.test_factors, "true factors of test samples")
    codes, factors = codes.reshape(len(codes), -1), factors.reshape(len(factors), -1)
    levels = np.stack([np.unique(f, return_inverse=True)[1] for f in factors.T], axis=1)
    levels = levels[:, levels.max(axis=0) > 0]
    if codes.shape[1] < 2 or levels.shape[1] < 2:
        raise Unavailable(
            "needs two codes or more, and two factors or more that vary; there are "
            f"{codes.shape[1]} and {levels.shape[1]}"
        )
    return codes, levels


@dataclass(frozen=True, eq=False)
class Dependence:
    """What each code says of each factor, by itself."""

    information: Array  # (n_codes, n_factors) of code and factor, in nats, by counts in bins
    entropy: Array  # (n_factors,) of each factor, in nats
    explained: Array  # (n_codes, n_factors) squared correlation

    @classmethod
    def between(cls, codes: Array, factors: Labels) -> Self:
        """Count and correlate codes (n, n_codes) and factors (n, n_factors)."""
        binned = np.stack([_bins(code) for code in codes.T], axis=1)
        information = [[_information(code, factor) for factor in factors.T] for code in binned.T]
        entropy = [_entropy(np.bincount(factor)) for factor in factors.T]
        return cls(np.array(information), np.array(entropy), _explained(codes, factors))


@dataclass(frozen=True, eq=False)
class CodeFactors(Evidence):
    """What codes say of factors, and what the same codes say if they are dealt out at random."""

    inputs: ClassVar = ("test_codes", "test_factors")

    found: Dependence
    by_chance: Dependence
    n: int

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Count and correlate.

        Raises:
            Unavailable: fewer than two codes, or than two factors that vary.
        """
        codes, factors = comparison.get(codes_and_factors)
        dealt = comparison.rng("code_factors").permutation(codes)
        return cls(
            Dependence.between(codes, factors), Dependence.between(dealt, factors), len(codes)
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """How many there are of what."""
        n_codes, n_factors = self.found.information.shape
        return {"n": self.n, "n_codes": n_codes, "n_factors": n_factors, "bins": BINS}


def _bins(code: Array) -> Labels:
    edges = np.linspace(code.min(), code.max(), BINS + 1)[1:-1]
    return np.asarray(np.searchsorted(edges, code, side="right"), dtype=np.int64)


def _information(code: Labels, factor: Labels) -> float:
    joint = np.bincount(code * (factor.max() + 1) + factor)
    total = _entropy(np.bincount(code)) + _entropy(np.bincount(factor)) - _entropy(joint)
    return max(total, 0.0)  # rounding, where they are independent


def _entropy(counts: Labels) -> float:
    return float(scipy.special.entr(counts / counts.sum()).sum())


def _explained(codes: Array, factors: Labels) -> Array:
    """Squared correlations (n_codes, n_factors); a code that does not vary explains nothing."""
    codes, centred = codes - codes.mean(axis=0), factors - factors.mean(axis=0)
    size = np.outer((codes**2).sum(axis=0), (centred**2).sum(axis=0))
    shared = (codes.T @ centred) ** 2
    return np.asarray(np.divide(shared, size, out=np.zeros_like(size), where=size > 0))
