"""Half of the real samples stands in for fresh ones, where nobody has brought any."""

from typing import Any

import numpy as np

from genbench.ground.randomness import rng_for

FEWEST = 50  # samples of a half


def halved(given: dict[str, Any], name: str, *, seed: int) -> tuple[dict[str, Any], str]:
    """Return what is given to `score` with half of `test` as `fresh`, and what is to be said of it.

    What is scored as real must be as much as is generated, and have no part in what it is compared
    with. Where half of the samples, of the file `name`, is too few for that, nothing is changed.
    """
    n, wanted = len(given["test"]), max(FEWEST, len(given["generated"]))
    half = n // 2
    if half < wanted:
        return given, (
            f"No column real: half of {name} is {half} samples, and {wanted} are needed to stand "
            "in for generated ones; --fresh brings more real samples."
        )
    order = rng_for(seed, "half").permutation(n)
    fresh, test = np.sort(order[:half]), np.sort(order[half:])
    of_test = {key: rows[test] for key, rows in given.items() if key.startswith("test")}
    return given | of_test | {"fresh": given["test"][fresh]}, (
        f"Half of {name}, {half} of {n} samples drawn at random (seed {seed}), stands in for fresh "
        f"real samples; all is compared with the other {n - half}. --fresh brings other real "
        "samples, --no-fresh does without."
    )
