"""A model made of two plain functions, for those who need no class."""

import inspect
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from genbench.ground.arrays import Array, Labels
from genbench.ground.errors import BadInput


class FunctionModel:
    """What `fit` learns is handed to `sample`, whatever it is."""

    def __init__(
        self, fit: Callable[..., Any], sample: Callable[..., Any], **settings: Any
    ) -> None:
        """Put the two functions together.

        Args:
            fit: called as fit(train, rng=rng, **settings) with samples (n_train, d).
            sample: called as sample(state, n, rng=rng) with what `fit` returned; returns samples
                (n, d).
            settings: for `fit`.

        Raises:
            BadInput: one of them is no function, or cannot be called like that.
        """
        _check(fit, "fit", "fit(train, *, rng)", None, **settings)
        _check(sample, "sample", "sample(state, n, *, rng)", None, 1)
        self._fit, self._sample, self._settings = fit, sample, settings

    def fit(self, train: Array, *, rng: np.random.Generator) -> Self:
        """Learn from samples (n_train, d)."""
        self._state = self._fit(train, rng=rng, **self._settings)
        return self

    def sample(self, n: int, *, rng: np.random.Generator) -> Array:
        """Draw `n` samples (n, d)."""
        drawn: Array = self._sample(self._state, n, rng=rng)
        return drawn


class ConditionalFunctionModel(FunctionModel):
    """The same, of functions that both have a parameter `labels`."""

    def fit(self, train: Array, *, rng: np.random.Generator, labels: Labels | None = None) -> Self:
        """Learn from samples (n_train, d) of these classes (n_train,)."""
        self._state = self._fit(train, rng=rng, labels=labels, **self._settings)
        return self

    def sample(self, n: int, *, rng: np.random.Generator, labels: Labels | None = None) -> Array:
        """Draw `n` samples (n, d) of these classes (n,)."""
        drawn: Array = self._sample(self._state, n, rng=rng, labels=labels)
        return drawn


def _check(function: Any, role: str, call: str, *values: Any, **settings: Any) -> None:
    name = getattr(function, "__name__", repr(function))
    if not callable(function) or inspect.isclass(function):
        raise BadInput(f"{name} must be a function, called as {call}.")
    try:
        inspect.signature(function).bind(*values, rng=None, **settings)
    except TypeError as error:
        also = "" if name == role else f"{name} "
        raise BadInput(f"The function {also}must be callable as {call}: {error}.") from error
    except ValueError:  # not written in Python: calling it will tell
        pass
