"""Who copies the training set: whose samples are originals less often than real ones are.

Judged by authenticity, the share of samples that lie farther from their nearest training sample
than that lies from its own nearest.
"""

import math
from dataclasses import dataclass

ORIGINALITY = "authenticity"  # the metric that tells
SURE = 3.3  # standard errors: one honest model in 2,000 would be as far off by chance


@dataclass(frozen=True, kw_only=True)
class Originality:
    """How many samples are no copies, for a model and for real samples."""

    share: float  # of the model's samples, the mean over seeds
    real: float  # of real samples
    n: int  # samples a seed

    @property
    def relative(self) -> float | None:
        """The share over that of real samples: 1 is as original as these; more is not better."""
        return self.share / self.real if self.real > 0 else None

    @property
    def copies(self) -> bool:
        """Whether it is less than half of real samples', by more than chance brings about."""
        if not self.share < self.real / 2:
            return False
        variance = self.real * (1 - self.real) + self.share * (1 - self.share)
        return (self.real - self.share) > SURE * math.sqrt(variance / self.n)
