"""The random states that a whole process shares: Python's, numpy's old one, and torch's."""

import random
import sys
from typing import Any

import numpy as np


def seed_all(seed: int) -> None:
    """Seed every global random state there is; torch's only if something has imported torch."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  # the state that models should leave alone
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.manual_seed(seed)


def seed_anew() -> None:
    """Seed every global random state by the system, as where its module is imported anew.

    Python's is, in whatever is forked.
    """
    np.random.seed()  # noqa: NPY002
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.seed()


def states() -> dict[str, Any]:
    """Return every global random state by the name of its module, as values to compare."""
    kind, key, *rest = np.random.get_state(legacy=True)  # noqa: NPY002
    found: dict[str, Any] = {
        "random": random.getstate(),
        "numpy.random": (kind, np.asarray(key).tobytes(), rest),
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        found["torch"] = torch.get_rng_state().numpy().tobytes()
    return found


def moved(before: dict[str, Any]) -> list[str]:
    """Return the modules whose global random state is no longer as it was."""
    after = states()
    return [name for name, state in before.items() if after[name] != state]
