"""How many bits test samples take when coded by a model's density, value by value."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, given
from genbench.ground.arrays import Array
from genbench.ground.errors import Unavailable


@dataclass(frozen=True, eq=False)
class CodeLengths(Evidence):
    """Ideal code length of each test sample, -log2 of its density, and how many values it has."""

    inputs: ClassVar = ("test", "test_log_prob")

    bits: Array  # (n_test,)
    d: int  # values a sample has
    whole_numbers: bool  # whether all values are

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Take what is given.

        Raises:
            Unavailable: a density above one, on average, at whole numbers: it spikes at them.
        """
        test = given(comparison.reference.test, "test samples")
        log_prob = given(comparison.test_log_prob, "log-densities of test samples")
        whole_numbers = bool((test == np.rint(test)).all())
        if whole_numbers and log_prob.mean() > 0:
            raise Unavailable(
                "the density at these whole numbers is above one, so it is not the probability of "
                "their cells: take test_log_prob at test samples with even noise of one unit"
            )
        return cls(-log_prob / np.log(2), test[0].size, whole_numbers)

    @property
    def parameters(self) -> dict[str, Any]:
        """What a sample is made of."""
        return {"d": self.d, "whole_numbers": self.whole_numbers}

    @property
    def warnings(self) -> tuple[str, ...]:
        """How the log-densities must have been had."""
        if not self.whole_numbers:
            return ()
        return (
            "Test samples are whole numbers: these are bits of the samples only if the density was "
            "taken at samples with even noise of one unit, or is that of cells.",
        )
