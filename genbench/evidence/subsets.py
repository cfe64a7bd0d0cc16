"""Some points of a set, where all of them would cost too much or be unfair to the other set."""

import numpy as np

from genbench.ground.arrays import Array


def some_of(points: Array, n: int, *, rng: np.random.Generator) -> Array:
    """Return `n` of the points, drawn without replacement, or all of them if there are no more."""
    if len(points) <= n:
        return points
    return np.asarray(points[rng.choice(len(points), size=n, replace=False)])


def part(used: int, of: int, name: str, role: str = "are looked at") -> tuple[str, ...]:
    """Return the warning that a number rests on a part of a set, if it does."""
    if used >= of:
        return ()
    return (f"{used} of {of} {name} samples, drawn at random, {role}",)
