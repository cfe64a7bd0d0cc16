"""What is true of a model on a board: divergences in two ways, what it lacks, what it copies."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from genbench.datasets.densities import Density
from genbench.sanity.truth.boards import REAL, Board, Model, stream
from genbench.sanity.truth.divergences import (
    Known,
    divergence,
    divergence_by_mixture,
    divergence_of_gaussians,
    overlap,
    w2,
)
from genbench.sanity.truth.models import Copies, Gaussian


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of a model; None where it is not defined, or not known."""

    model: str
    family: str
    forward: Known | None  # KL(law | model), in nats
    forward_again: Known | None  # in another way
    reverse: Known | None  # KL(model | law)
    reverse_again: Known | None
    w2: Known | None
    missed: Known  # share of the law that the model has not: the total variation distance
    uncovered: float  # share of the law's mass in classes that the model never draws
    copies: float


def truth_of(asked: Board, model: Model) -> Truth:
    """Find what is true of a model.

    A model that copies is not blurred: of the law it has all but the share of copies, and since
    these have no density, the divergence from it to the law is not defined.
    """
    known: dict[str, Any] = {
        "model": model.name,
        "family": model.family,
        "copies": model.copies,
    }
    uncovered = 1 - model.covers
    if isinstance(model.law, Copies):
        missed = Known(model.copies)
        forward = Known(float(-np.log1p(-model.copies)))
        return Truth(**known, forward=forward, forward_again=None, reverse=None,
                     reverse_again=None, w2=None, missed=missed, uncovered=uncovered)  # fmt: skip

    def rng(*purpose: str) -> np.random.Generator:
        return stream(asked.name, model.name, *purpose)

    law, other = asked.law, model.law
    if model.family == REAL:
        zero = Known(0.0)
        return Truth(**known, forward=zero, forward_again=None, reverse=zero, reverse_again=None,
                     w2=zero, missed=zero, uncovered=0.0)  # fmt: skip

    n = asked.n_drawn
    forward = divergence(law, other, rng=rng("forward"), n=n)
    gaussians = isinstance(law, Gaussian) and isinstance(other, Gaussian)
    return Truth(
        **known,
        forward=forward,
        forward_again=_again(law, other, rng("forward", "again"), n),
        reverse=divergence(other, law, rng=rng("reverse"), n=n),
        reverse_again=_again(other, law, rng("reverse", "again"), n),
        w2=w2(law, other, rng=rng("w2")) if asked.in_plane or gaussians else None,
        missed=_missed(law, other, rng("overlap"), n),
        uncovered=uncovered,
    )


def _again(one: Density, other: Density, rng: np.random.Generator, n: int) -> Known:
    """Return KL(one | other) in another way: closed, or from samples of both."""
    if isinstance(one, Gaussian) and isinstance(other, Gaussian):
        return Known(divergence_of_gaussians(one, other))
    return divergence_by_mixture(one, other, rng=rng, n=n)


def _missed(law: Density, other: Density, rng: np.random.Generator, n: int) -> Known:
    """Return the share of the law that another has not."""
    found = overlap(law, other, rng=rng, n=n)
    return Known(1 - found.value, found.error)
