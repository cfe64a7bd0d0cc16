"""How much each code counts when all of them together predict each factor."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.arrays import Array
from genbench.errors import Unavailable
from genbench.evidence.code_factors import codes_and_factors
from genbench.evidence.comparison import Comparison, Evidence

FEWEST = 20
TREES = 30


@dataclass(frozen=True, eq=False)
class CodeImportances(Evidence):
    """Forests that predict factors from codes, trained on one half and judged on the rest."""

    inputs: ClassVar = ("test_codes", "test_factors")

    importances: Array  # (n_codes, n_factors) share of each factor's explanation, columns sum to 1
    accuracy: Array  # (n_factors,) of the held-out predictions
    majority: Array  # (n_factors,) accuracy of the answer that is most often right

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Train one forest for each factor.

        Raises:
            Unavailable: fewer than two codes or factors that vary, or few samples.
        """
        from sklearn.ensemble import RandomForestClassifier

        codes, factors = comparison.get(codes_and_factors)
        n = len(codes)
        if n < FEWEST:
            raise Unavailable(f"needs {FEWEST} test samples; there are {n}")
        rng = comparison.rng("code_importances")
        learn, judge = np.split(rng.permutation(n), [n // 2])
        importances, accuracy, majority = [], [], []
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
            majority.append(np.bincount(factor[judge]).max() / len(judge))
        return cls(np.array(importances).T, np.array(accuracy), np.array(majority))

    @property
    def parameters(self) -> dict[str, Any]:
        """What predicts, and how many there are of what."""
        n_codes, n_factors = self.importances.shape
        return {"trees": TREES, "n_codes": n_codes, "n_factors": n_factors}
