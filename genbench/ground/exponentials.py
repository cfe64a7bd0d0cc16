"""Exponentials of tables most of whose entries are next to nothing.

Below e^-708 numbers lose digits one by one, and processors take some fifty times as long to make
one, or to multiply by it. Nothing is lost with them beside a sum to which another entry adds more.
"""

import numpy as np

from genbench.ground.arrays import Array

LEAST = np.full((), -700.0)


def exponentials(exponents: Array) -> Array:
    """Put e to the power of each entry in its place, zero at `LEAST` and below; return all."""
    np.maximum(exponents, LEAST, out=exponents)
    np.exp(exponents, out=exponents)
    # What was at `LEAST` leaves zero; what is e^37 times as large keeps all of its digits.
    exponents -= np.exp(LEAST)
    return exponents


def log_sum_exp(exponents: Array) -> Array:
    """Return the logarithm of the sum of the exponentials of each row (n, m), (n,).

    The table is used up. A row of nothing but -inf has -inf.
    """
    most = exponents.max(axis=1)
    most[most == -np.inf] = 0.0
    exponents -= most[:, None]
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(exponentials(exponents).sum(axis=1)) + most)
