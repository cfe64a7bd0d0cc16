"""How much each code counts when all of them together predict each factor."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.code_factors import codes_and_factors
from genbench.evidence.comparison import Comparison, Evidence
from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import Unavailable

FEWEST = 20
TREES = 30


@dataclass(frozen=True, eq=False)
class Forests:
    """Forests that predict factors from codes, trained on one half and judged on the rest."""

    importances: Array  # (n_codes, n_factors) share of each factor's explanation, columns sum to 1
    accuracy: Array  # (n_factors,) of the held-out predictions

    @classmethod
    def trained(cls, codes: Array, factors: Labels, rng: np.random.Generator) -> Self:
        """Train one forest for each factor (n, n_factors) on codes (n, n_codes)."""
        from sklearn.ensemble import RandomForestClassifier

        learn, judge = np.split(rng.permutation(len(codes)), [len(codes) // 2])
        importances, accuracy = [], []
        for factor in factors.T:
            seed = int(rng.integers(2**31))
            # Every split may use any code: else codes of no use are chosen for want of better.
            forest = RandomForestClassifier(
                TREES, max_features=None, min_samples_leaf=2, random_state=seed
            )
            forest.fit(codes[learn], factor[learn])
            found = forest.feature_importances_
            # A forest that never splits holds no code to be of more use than another.
            importances.append(found if found.sum() > 0 else np.full(len(found), 1 / len(found)))
            accuracy.append((forest.predict(codes[judge]) == factor[judge]).mean())
        return cls(np.array(importances).T, np.array(accuracy))


@dataclass(frozen=True, eq=False)
class CodeImportances(Evidence):
    """How codes predict factors, and how the same codes do if they are dealt out at random."""

    inputs: ClassVar = ("test_codes", "test_factors")

    found: Forests
    by_chance: Forests

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Train on the codes as they are, and dealt out.

        Raises:
            Unavailable: fewer than two codes or factors that vary, or few samples.
        """
        codes, factors = comparison.get(codes_and_factors)
        if len(codes) < FEWEST:
            raise Unavailable(f"needs {FEWEST} test samples; there are {len(codes)}")
        rng = comparison.rng("code_importances")
        found = Forests.trained(codes, factors, rng)
        return cls(found, Forests.trained(rng.permutation(codes), factors, rng))

    @property
    def parameters(self) -> dict[str, Any]:
        """What predicts, and how many there are of what."""
        n_codes, n_factors = self.found.importances.shape
        return {"trees": TREES, "n_codes": n_codes, "n_factors": n_factors}
