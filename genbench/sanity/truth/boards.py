"""Boards of truth: a law, models of known distance from it, and what is true of each.

Models come in families, each a knob that is turned: heat, classes that are dropped, noise that is
mixed in, copies, and coarser fits. To add a law, write what makes it, and a line in `BOARDS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from genbench.datasets import load
from genbench.datasets.class_flow import ClassFlow
from genbench.datasets.context_free import ContextFree
from genbench.datasets.densities import Density, OfModes
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.sanity.truth.divergences import (
    N_DRAWN,
    Known,
    divergence,
    divergence_by_mixture,
    divergence_of_gaussians,
    overlap,
    w2,
)
from genbench.sanity.truth.models import (
    Blend,
    Copies,
    Gaussian,
    SomeClasses,
    SymbolByItself,
    fitted_gaussian,
    hotter,
    noise_about,
)

REAL = "real"
HEATS = (0.8, 0.9, 1.1, 1.25, 1.5)
NOISE, COPIED = (0.02, 0.05, 0.1, 0.2), (0.05, 0.1, 0.2, 0.4)
FEWER_DRAWN = 4_000  # where a row takes milliseconds to be told how likely it is
N_DIGITS_KEPT = 32  # principal coordinates of digits, of the board with closed forms


@dataclass(frozen=True, eq=False)
class Model:
    """A model on a board; without a density it draws copies."""

    name: str
    family: str
    law: Density | Copies
    covers: float = 1.0  # share of the law's mass in classes that it draws
    copies: float = 0.0


@dataclass(frozen=True, eq=False)
class Board:
    """A law and models of it, the law itself among them."""

    name: str
    law: Density
    models: tuple[Model, ...]
    in_plane: bool = False
    n_drawn: int = N_DRAWN  # by which truths are found
    symbols: Symbols | None = None


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


def _rng(board: str, *purpose: str) -> np.random.Generator:
    return rng_for(0, "truth", board, *purpose)


def _usual(law: Density, *, other: Density) -> list[Model]:
    """Return the law itself, hotter and cooler ones, and blends with another."""
    heated = [Model(f"heat {heat:g}", "heat", hotter(law, heat)) for heat in HEATS]
    mixed = [Model(f"noise {s:g}", "noise", Blend(law, other, s)) for s in NOISE]
    copies = [
        # Its training samples are put in with those of the cell.
        Model(f"copies {s:g}", "copies", Copies(law, np.empty((0, 0)), s), copies=s)
        for s in COPIED
    ]
    return [Model(REAL, REAL, law), *heated, *mixed, *copies]


def _dropped(law: OfModes, n_classes: int, numbers: tuple[int, ...]) -> list[Model]:
    return [
        Model(
            f"without {k} of {n_classes}",
            "dropped classes",
            SomeClasses(law, np.arange(n_classes - k)),
            covers=1 - k / n_classes,
        )
        for k in numbers
    ]


def _plane() -> Board:
    law = _known("grid")
    noise = noise_about(law, rng=_rng("plane", "noise"))
    coarse = fitted_gaussian(law, rng=_rng("plane", "fit"))
    models = [
        *_usual(law, other=noise),
        *_dropped(law, 25, (1, 3, 6, 12)),  # type: ignore[arg-type]  # a mixture
        Model("one Gaussian", "coarser fit", coarse),
        Model("half a Gaussian", "coarser fit", Blend(law, coarse, 0.5)),
    ]
    return Board("plane", law, tuple(models), in_plane=True)


def _flow() -> Board:
    law = _known("class_flow")
    assert isinstance(law, ClassFlow)  # noqa: S101  # which it is
    points, labels = law.sample(20_000, rng=_rng("flow", "fit"))
    coarser = [
        Model(f"{n} layers", "coarser fit", ClassFlow.fitted(points, labels, n_layers=n))
        for n in (1, 2)
    ]
    noise = noise_about(law, rng=_rng("flow", "noise"))
    coarse = fitted_gaussian(law, rng=_rng("flow", "gaussian"))
    models = [
        *_usual(law, other=noise),
        *_dropped(law, 10, (1, 2, 3, 5)),
        *coarser,
        Model("one Gaussian", "coarser fit", coarse),
    ]
    return Board("flow", law, tuple(models))


def _gaussian() -> Board:
    """Digits in 32 principal coordinates as one Gaussian: all distances have closed forms."""
    from sklearn.datasets import load_digits

    pictures, _ = load_digits(return_X_y=True)
    centred = pictures - pictures.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    points = centred @ axes[:N_DIGITS_KEPT].T
    law = Gaussian(np.zeros(N_DIGITS_KEPT), np.cov(points.T))
    spread = np.sqrt(np.diag(law.covariance))
    diagonal = np.diag(law.covariance.diagonal())
    turned = np.linalg.qr(_rng("gaussian", "turn").normal(size=diagonal.shape))[0]
    shares = {f"{s:g} round": s for s in (0.25, 0.5, 1.0)}
    models = [
        Model(REAL, REAL, law),
        *(Model(f"heat {heat:g}", "heat", hotter(law, heat)) for heat in HEATS),
        *(
            Model(f"shift {s:g}", "shift", Gaussian(s * spread * turned[0], law.covariance))
            for s in (0.25, 0.5, 1.0, 2.0)
        ),
        *(
            Model(
                name,
                "coarser fit",
                Gaussian(
                    law.mean,
                    (1 - s) * law.covariance + s * np.eye(len(spread)) * (spread**2).mean(),
                ),
            )
            for name, s in shares.items()
        ),
    ]
    return Board("gaussian", law, tuple(models))


def _rows(name: str) -> Board:
    law, symbols = _known(name), load(name).symbols
    assert symbols is not None  # noqa: S101  # these are rows of symbols
    alone = SymbolByItself.fitted(law, symbols.count, rng=_rng(name, "fit"))
    if symbols.end is not None:  # what follows an end is the end: its law is no product
        models = [one for one in _usual(law, other=law) if one.family != "noise"]
    else:
        models = [
            *_usual(law, other=alone),
            Model("each symbol by itself", "coarser fit", alone),
        ]
    slow = isinstance(law, ContextFree)
    n_drawn = FEWER_DRAWN if slow else N_DRAWN
    return Board(name, law, tuple(models), n_drawn=n_drawn, symbols=symbols)


def _known(name: str) -> Density:
    density = load(name).density
    assert density is not None  # noqa: S101  # these laws are known
    return density


BOARDS: Mapping[str, Callable[[], Board]] = {
    "plane": _plane,
    "flow": _flow,
    "gaussian": _gaussian,
    "markov": lambda: _rows("markov"),
    "grammar": lambda: _rows("grammar"),
}


@cache
def board(name: str) -> Board:
    """Return a board, made once."""
    return BOARDS[name]()


def with_train(model: Model, train: Array) -> Density | Copies:
    """Return what a model draws from, once it knows the training samples that it copies."""
    return replace(model.law, train=train) if isinstance(model.law, Copies) else model.law


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
        return _rng(asked.name, model.name, *purpose)

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
