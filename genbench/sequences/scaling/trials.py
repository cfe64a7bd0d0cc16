"""Trials: what models of several sizes lost on several amounts of data."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput

N_PARAMETERS = 5  # of the law with a floor
FEWEST_KINDS = 3  # of sizes, and of amounts: with two of either its exponent and the floor trade


@dataclass(frozen=True, eq=False)
class Trials:
    """Losses of models of several sizes on several amounts of data, a seed each.

    Raises:
        BadInput: numbers that are not finite and above 0, or as many of one as of the others.
    """

    sizes: Array  # (n,) parameters of the model
    amounts: Array  # (n,) symbols, or rows, that it learned from
    losses: tuple[Array, ...]  # of n cells, a loss of each seed (n_seeds,)

    def __post_init__(self) -> None:
        if not len(self.sizes) == len(self.amounts) == len(self.losses):
            raise BadInput(
                f"There are {len(self.sizes)} sizes, {len(self.amounts)} amounts and losses of "
                f"{len(self.losses)} cells; expected as many of each."
            )
        every = {"sizes": self.sizes, "amounts": self.amounts}
        every |= {f"losses of cell {i + 1}": each for i, each in enumerate(self.losses)}
        for name, numbers in every.items():
            if not (len(numbers) and np.isfinite(numbers).all() and (numbers > 0).all()):
                raise BadInput(f"The {name} must be numbers above 0, one at least.")

    @cached_property
    def means(self) -> Array:
        """Mean loss of each cell (n,)."""
        return np.array([each.mean() for each in self.losses])

    def why_no_law(self) -> str | None:
        """Return why no loss law can be fitted: a sentence, or None."""
        n = len(self.losses)
        if n <= N_PARAMETERS:
            return f"{n} cells are too few for a law of {N_PARAMETERS} parameters."
        for name, numbers in (("sizes", self.sizes), ("amounts of data", self.amounts)):
            if (kinds := len(np.unique(numbers))) < FEWEST_KINDS:
                return f"{kinds} different {name} are too few: a law needs {FEWEST_KINDS}."
        return None
