"""How far samples move when latents do."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from genbench.evidence.comparison import Comparison, Evidence, at_least, given
from genbench.ground.arrays import Array, flat

FEWEST = 10
DROPPED = 0.01  # share of the paths at either end of the order


@dataclass(frozen=True, eq=False)
class PathLengths(Evidence):
    """Squared speed along each path: squared distance of its ends over the squared step."""

    inputs: ClassVar = ("path_starts", "path_ends", "path_step")

    squared_speeds: Array  # (n_paths,)
    step: float
    n_still: int  # paths whose ends are the same, or differ by no more than rounding does

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Measure between the samples themselves.

        Raises:
            Unavailable: fewer than `FEWEST` paths, or none.
        """
        starts = flat(given(comparison.path_starts, "starts of paths between latents"))
        ends = flat(given(comparison.path_ends, "ends of paths between latents"))
        step = given(comparison.path_step, "steps of paths between latents (path_step)")
        squared = ((at_least(FEWEST, ends, "path") - starts) ** 2).sum(axis=1)
        rounding = np.finfo(np.float32).eps * np.abs(starts).max(axis=1)
        return cls(squared / step**2, step, int((squared <= rounding**2).sum()))

    @property
    def kept(self) -> Array:
        """Squared speeds without the least and the greatest."""
        low, high = np.quantile(self.squared_speeds, [DROPPED, 1 - DROPPED])
        speeds = self.squared_speeds
        return np.asarray(speeds[(speeds >= low) & (speeds <= high)])

    @property
    def parameters(self) -> dict[str, Any]:
        """How long and how many paths are."""
        return {"step": self.step, "n_paths": len(self.squared_speeds), "n_kept": len(self.kept)}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Whether paths lead anywhere."""
        if 2 * self.n_still < len(self.squared_speeds):
            return ()
        return (
            f"{self.n_still} of {len(self.squared_speeds)} paths end where they start, but for "
            "rounding: take a longer step or float64, unless the model ignores its latents.",
        )
