"""What is said to hold of losses everywhere, as numbers with intervals.

Kaplan et al., "Scaling laws for neural language models", 2020, https://arxiv.org/abs/2001.08361:
another text costs a constant more; the end of a curve follows from its beginning; larger models
need fewer samples to reach the same loss.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from genbench.ground.arrays import Array, as_numbers
from genbench.ground.errors import BadInput
from genbench.sequences.scaling.power_law import FEWEST, PowerLaw, fit_power_law, student


@dataclass(frozen=True, kw_only=True)
class Offset:
    """How losses on another text differ from those on one's own, as a line tells it."""

    mean: float  # of the differences
    half: float  # of the mean's 95 % interval
    slope: float  # of the loss on the other text by that on one's own: 1 where offsets are constant
    slope_half: float  # of its 95 % interval

    @property
    def may_be_constant(self) -> bool:
        """Whether a slope of 1 lies inside the interval."""
        return abs(self.slope - 1) <= self.slope_half


def constant_offset(losses: Any, others: Any) -> Offset:
    """Compare models' losses on their own text (n,) with those on another (n,).

    Raises:
        BadInput: there are fewer than three models, or all lose the same.
    """
    x = as_numbers(losses, name="losses")
    y = as_numbers(others, name="others", n=len(x))
    n = len(x)
    if n < FEWEST:
        raise BadInput(f"An offset has an interval from {FEWEST} models on, not of {n}.")
    away = x - x.mean()
    squares = float(away @ away)
    if squares == 0:
        raise BadInput(f"All {n} models lose {x[0]:g} on their own text: no slope can be told.")
    slope = float(away @ (y - y.mean())) / squares
    left = y - y.mean() - slope * away
    error = math.sqrt(float(left @ left) / (n - 2) / squares)
    gaps = y - x
    return Offset(
        mean=float(gaps.mean()),
        half=student(n - 1) * float(gaps.std(ddof=1)) / math.sqrt(n),
        slope=slope,
        slope_half=student(n - 2) * error,
    )


@dataclass(frozen=True, kw_only=True)
class Foretold:
    """A curve's last loss, and what a power law of the points before it says of it."""

    law: PowerLaw
    low: float  # of the 95 % interval for one more point
    high: float
    expected: float
    found: float

    @property
    def is_inside(self) -> bool:
        """Whether the loss that was found lies inside the interval."""
        return self.low <= self.found <= self.high


def end_from_beginning(steps: Any, losses: Any) -> Foretold:
    """Foretell the last loss of a curve (n,) from the others.

    `steps` (n,) rise: of training, or how many samples it had.

    Raises:
        BadInput: there are fewer than four points, or numbers that are not above 0.
    """
    x = as_numbers(steps, name="steps")
    y = as_numbers(losses, name="losses", n=len(x))
    law = fit_power_law(x[:-1], y[:-1])
    low, high = law.next_point(float(x[-1]))
    return Foretold(law=law, low=low, high=high, expected=float(law(x[-1])), found=float(y[-1]))


def data_needed(amounts: Any, losses: Any, level: float) -> float | None:
    """Return with how much data a model reaches a loss, None if it does not within what it had.

    Between two amounts the curve (n,) is a straight line of logarithms.

    Raises:
        BadInput: numbers that are not above 0, or amounts that do not rise.
    """
    x = as_numbers(amounts, name="amounts")
    y = as_numbers(losses, name="losses", n=len(x))
    if min(x.min(), y.min(), level) <= 0 or (np.diff(x) <= 0).any():
        raise BadInput("Amounts must rise, and they and losses be above 0.")
    below = np.flatnonzero(y <= level)
    if not len(below) or (below[0] == 0 and y[0] < level):
        return None
    last = int(below[0])
    if y[last] == level:
        return float(x[last])
    across, along = np.log(x[last - 1 : last + 1]), np.log(y[last - 1 : last + 1])
    share = (along[0] - math.log(level)) / (along[0] - along[1])
    return float(math.exp(across[0] + share * (across[1] - across[0])))


def sample_efficiency(sizes: Any, curves: Any, amounts: Any) -> PowerLaw:
    """Fit how much data models of growing size need to reach one loss: D ~ N^a.

    The loss is one that as many sizes as possible reach between their first amount and their last,
    and the least such. `curves` (n_sizes, n_amounts) are losses of each size; where an exponent is
    below 0, larger models need less data.

    Raises:
        BadInput: fewer than three sizes reach one loss within the amounts.
    """
    losses: Array = np.asarray(curves, dtype=float)

    def reached(level: float) -> list[tuple[float, float]]:
        needed = (data_needed(amounts, row, level) for row in losses)
        return [(size, data) for size, data in zip(sizes, needed, strict=True) if data is not None]

    most = max(map(reached, sorted(losses.ravel())), key=len)  # of equals the first
    if len(most) < FEWEST:
        raise BadInput(f"At most {len(most)} sizes reach one loss; {FEWEST} are needed.")
    x, y = zip(*most, strict=True)
    return fit_power_law(x, y)
