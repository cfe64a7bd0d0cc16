"""The channel from symbols to a belief about their shares: what each sight makes one believe.

Seeing a symbol tilts a Dirichlet belief by that symbol's share, so that the channel's output is the
vector of shares. It is a continuum; here it is so many draws from the belief before, and each
symbol's row is how likely each draw is after a sight of it. Mutual information is then mean
Bayesian surprise (`sight_surprise`) less what is lost where sights tell the same: of a law in
proportion to weights that add up to b, the surprise of one symbol of weight b.
"""

import numpy as np

from genbench.creativity.beliefs import JEFFREYS
from genbench.ground.arrays import Array
from genbench.ground.errors import BadInput

N_DRAWS = 1000


def sights(
    weights: Array, total: float, *, rng: np.random.Generator, n_draws: int = N_DRAWS
) -> Array:
    """Return the channel (n_symbols, n_draws), rows summing to 1.

    Args:
        weights: of the symbols in the belief before, (n_symbols,), above 0.
        total: of all weights, with those of symbols that are not listed; where the listed ones
            leave nothing of it, there is one more that was never seen.
        rng: what draws from the belief.
        n_draws: how many draws stand for the belief; from n unseen symbols of many, a row's
            divergence from the even law is off by some 1 / sqrt(n_draws) of itself.

    Raises:
        BadInput: weights that are not above 0.
    """
    if not (weights > 0).all():
        raise BadInput("A Dirichlet belief is proper only if each weight is above 0.")
    rest = max(total - float(weights.sum()), JEFFREYS)
    # Gamma draws over their sum are shares.
    gammas = rng.gamma(np.append(weights, rest)[:, None], size=(len(weights) + 1, n_draws))
    shares = (gammas / gammas.sum(axis=0))[:-1]
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
