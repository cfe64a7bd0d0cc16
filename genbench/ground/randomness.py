"""One stream of random numbers per purpose, so that no number depends on its neighbours."""

from zlib import crc32

import numpy as np


def rng_for(seed: int, *purpose: str) -> np.random.Generator:
    """Return the generator that belongs to `seed` and a purpose such as `("ring", "sample")`.

    Adding, removing or reordering models or metrics changes nobody else's stream.
    """
    return np.random.default_rng([seed, *(crc32(word.encode()) for word in purpose)])
