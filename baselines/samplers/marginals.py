"""Every coordinate drawn on its own, by the inverse of its empirical distribution function.

Inverse transform sampling: if U is uniform on (0, 1) and F a distribution function, then the
generalized inverse of F at U follows F. Devroye, "Non-Uniform Random Variate Generation",
Springer, 1986, chapter 2, https://luc.devroye.org/rnbookindex.html.

Perfect marginals and no dependence: what it lacks beside a real model is what dependence is worth.

A coordinate counts as discrete if it holds only whole numbers or if fewer than half of its values
are distinct. Then the inverse is a step function, and only values that occur in training come
out, as often as they occur. Otherwise the distribution function is drawn as straight lines between
order statistics, so that new values come out too. There is no `log_prob`: the step function has no
density, and a level that training lacks would have no mass.
"""

from typing import Self

import numpy as np

from .affine import Array, is_whole


class IndependentMarginals:
    """Draws every coordinate independently of all others, from its own distribution."""

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        self.ordered = np.sort(train, axis=0)
        self.is_discrete = np.array([_is_discrete(column) for column in self.ordered.T])
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        n_train, d = self.ordered.shape
        uniform = rng.random((n, d))
        columns = np.arange(d)
        steps = self.ordered[np.floor(uniform * n_train).astype(int), columns]
        position = uniform * (n_train - 1)
        below = np.floor(position).astype(int)
        above = np.minimum(below + 1, n_train - 1)
        low, high = self.ordered[below, columns], self.ordered[above, columns]
        between = low + (position - below) * (high - low)
        return np.asarray(np.where(self.is_discrete, steps, between))


def _is_discrete(column: Array) -> bool:
    return is_whole(column) or 2 * len(np.unique(column)) < len(column)
