"""Laws made of a model's law of the next symbol, by taking away the unlikely or by bending it.

Each function takes log-probabilities (n, n_symbols), in nats, of which -inf is never drawn, and
returns others, of sum one. Symbols that are equally likely go by their numbers.
"""

import numpy as np

from genbench.ground.arrays import Array, Flags

ROUNDING = 1e-12  # of a sum of probabilities: who falls short of a mass by less has it


def normalised(law: Array, _: float | None = None) -> Array:
    """Return the law with its sum brought to one."""
    shifted = law - law.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def temperature(law: Array, temperature: float) -> Array:
    """Raise probabilities to the power of one over the temperature (Ackley et al. 1985)."""
    with np.errstate(over="ignore"):
        return normalised((law - law.max(axis=1, keepdims=True)) / temperature)


def greedy(law: Array, _: float | None = None) -> Array:
    """Leave the likeliest symbol."""
    return top_k(law, 1)


def top_k(law: Array, k: float) -> Array:
    """Leave the k likeliest symbols (Fan et al., https://arxiv.org/abs/1805.04833)."""
    return only(law, _ranks(-law) < k)


def top_p(law: Array, mass: float) -> Array:
    """Leave the smallest set of likeliest symbols that has the mass: the nucleus.

    Holtzman et al., "The curious case of neural text degeneration",
    https://arxiv.org/abs/1904.09751. A set that has it but for rounding has it, and no set is
    empty: of mass 0 it is the likeliest symbol.
    """
    return _smallest(law, -law, mass)


def typical(law: Array, mass: float) -> Array:
    """Leave the smallest set that has the mass, of symbols about as surprising as is expected.

    They are taken in the order of the distance between surprise and entropy: Meister et al.,
    "Locally typical sampling", https://arxiv.org/abs/2202.00666.
    """
    law = normalised(law)
    probabilities = np.exp(law)
    surprise = np.where(probabilities > 0, -law, np.inf)
    heard = np.where(probabilities > 0, surprise, 0.0)
    entropy = (probabilities * heard).sum(axis=1, keepdims=True)
    return _smallest(law, np.abs(surprise - entropy), mass)


def min_p(law: Array, share: float) -> Array:
    """Leave symbols at least so probable, as a share of the likeliest's probability.

    Nguyen et al., "Turning up the heat", https://arxiv.org/abs/2407.01082.
    """
    against_mode = np.exp(law - law.max(axis=1, keepdims=True))
    return only(law, against_mode >= share - ROUNDING)


def only(law: Array, left: Flags) -> Array:
    """Return the law given that the symbol is one of those that are left (n, n_symbols)."""
    return normalised(np.where(left, law, -np.inf))


def _smallest(law: Array, cost: Array, mass: float) -> Array:
    """Leave the shortest head, in the order of cost, that has the mass."""
    order = np.argsort(cost, axis=1, kind="stable")
    reached = np.cumsum(np.take_along_axis(np.exp(normalised(law)), order, axis=1), axis=1)
    n_short = (reached < mass - ROUNDING).sum(axis=1, keepdims=True)
    return only(law, _ranks(cost) <= n_short)


def _ranks(cost: Array) -> Array:
    """Return each symbol's place (n, n_symbols) in the order of cost, from 0 up."""
    order = np.argsort(cost, axis=1, kind="stable")
    return np.asarray(np.argsort(order, axis=1, kind="stable"))
