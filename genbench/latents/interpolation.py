"""Short steps between latents of a model with a decoder."""

from collections.abc import Callable
from typing import Any

import numpy as np

from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for

STEP = 1e-4
BATCH = 1000


def paths(
    decode: Callable[[Any], Any],
    draw: Callable[[int, np.random.Generator], Any],
    n: int,
    *,
    step: float = STEP,
    seed: int = 0,
) -> dict[str, Any]:
    """Return `path_starts`, `path_ends` and `path_step`, as `genbench.score` takes them.

    Each path lies at a random place of the straight line between two latents, `step` of it long.

    Args:
        decode: from latents (n, n_latents) to samples (n, ...), best in float64: in float32 nearly
            equal samples differ by rounding.
        draw: from n and a random generator to latents (n, n_latents).
        n: how many paths.
        step: share of the line between two latents.
        seed: of latents and places.

    Raises:
        BadInput: no paths, or a step that is not between 0 and 1.
    """
    if n < 1 or not 0 < step < 1:
        raise BadInput("paths need a number of 1 or more, and a step between 0 and 1.")
    rng = rng_for(seed, "paths")
    first, second = (np.asarray(draw(n, rng), dtype=float) for _ in range(2))
    place = rng.uniform(size=(n, 1)) * (1 - step)
    ends = [first + (second - first) * at for at in (place, place + step)]
    starts_made, ends_made = (_decoded(decode, latents) for latents in ends)
    return {"path_starts": starts_made, "path_ends": ends_made, "path_step": step}


def _decoded(decode: Callable[[Any], Any], latents: Any) -> Any:
    parts = [decode(latents[start : start + BATCH]) for start in range(0, len(latents), BATCH)]
    return np.concatenate(
        [part.detach().numpy() if hasattr(part, "detach") else np.asarray(part) for part in parts]
    )
