"""Boards of truth: a law, models of known distance from it, and what is true of each.

Models come in families, each a knob that is turned: heat, classes that are dropped, noise that is
mixed in, copies, and coarser fits; and there are baselines, fitted to samples of the law. To add a
law, write what makes it, and a line in `BOARDS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from genbench.datasets import load
from genbench.datasets.class_flow import ClassFlow
from genbench.datasets.context_free import ContextFree
from genbench.datasets.densities import Density, OfModes
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array
from genbench.ground.randomness import rng_for
from genbench.models.find import baselines, source_hash
from genbench.sanity.truth.divergences import (
    N_DRAWN,
)
from genbench.sanity.truth.features import N_CLASSES, feature_law
from genbench.sanity.truth.fitted import Fitted
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
FEWER_DRAWN = 4_000  # where a row takes milliseconds to be told how likely it is, or is long
FEWER_SAMPLES = 2_000  # of so many dimensions that most metrics take minutes of more
BASELINES: Mapping[str, tuple[str, ...]] = {  # with densities, that are fitted in seconds
    "plane": ("kernel_density", "mixture", "maf"),
    "flow": ("kernel_density", "mixture", "copula", "pca", "maf"),
    "markov": ("markov_1", "markov_2", "ngram"),
    "grammar": ("markov_2", "ngram"),
}
N_DIGITS_KEPT = 32  # principal coordinates of digits, of the board with closed forms


@dataclass(frozen=True, eq=False)
class Model:
    """A model on a board; without a density it draws copies."""

    name: str
    family: str
    law: Density | Copies
    covers: float = 1.0  # share of the law's mass in classes that it draws
    copies: float = 0.0
    source: str = ""  # hash of the code of a baseline


@dataclass(frozen=True, eq=False)
class Board:
    """A law and models of it, the law itself among them."""

    name: str
    law: Density
    models: tuple[Model, ...]
    in_plane: bool = False
    n_drawn: int = N_DRAWN  # by which truths are found
    most: int | None = None  # samples of a set, if more would take too long

    @property
    def by_name(self) -> Mapping[str, Model]:
        """The models by their names."""
        return {model.name: model for model in self.models}

    symbols: Symbols | None = None


def stream(board: str, *purpose: str) -> np.random.Generator:
    """Return the random numbers of a board for one purpose."""
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


def _baselines(board: str, law: Density) -> list[Model]:
    return [
        Model(
            name,
            "baseline",
            Fitted(law, board, name),
            source=source_hash(baselines()[name]),
        )
        for name in BASELINES[board]
    ]


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
    noise = noise_about(law, rng=stream("plane", "noise"))
    coarse = fitted_gaussian(law, rng=stream("plane", "fit"))
    models = [
        *_usual(law, other=noise),
        *_dropped(law, 25, (1, 3, 6, 12)),  # type: ignore[arg-type]  # a mixture
        Model("one Gaussian", "coarser fit", coarse),
        Model("half a Gaussian", "coarser fit", Blend(law, coarse, 0.5)),
        *_baselines("plane", law),
    ]
    return Board("plane", law, tuple(models), in_plane=True)


def _flow() -> Board:
    law = _known("class_flow")
    assert isinstance(law, ClassFlow)  # noqa: S101  # which it is
    points, labels = law.sample(20_000, rng=stream("flow", "fit"))
    coarser = [
        Model(f"{n} layers", "coarser fit", ClassFlow.fitted(points, labels, n_layers=n))
        for n in (1, 2)
    ]
    noise = noise_about(law, rng=stream("flow", "noise"))
    coarse = fitted_gaussian(law, rng=stream("flow", "gaussian"))
    models = [
        *_usual(law, other=noise),
        *_dropped(law, 10, (1, 2, 3, 5)),
        *coarser,
        Model("one Gaussian", "coarser fit", coarse),
        *_baselines("flow", law),
    ]
    return Board("flow", law, tuple(models))


def _features() -> Board:
    """What a network sees in photographs, in 1,280 dimensions."""
    law = feature_law()
    noise = noise_about(law, rng=stream("features", "noise"))
    coarse = fitted_gaussian(law, rng=stream("features", "gaussian"), n=20_000)
    round_one = replace(law, factors=law.factors[:, :1])
    models = [
        *_usual(law, other=noise),
        *_dropped(law, N_CLASSES, (1, 2, 3, 5)),
        Model("one direction a class", "coarser fit", round_one),
        Model("one Gaussian", "coarser fit", coarse),
    ]
    return Board("features", law, tuple(models), n_drawn=FEWER_DRAWN, most=FEWER_SAMPLES)


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
    turned = np.linalg.qr(stream("gaussian", "turn").normal(size=diagonal.shape))[0]
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
    alone = SymbolByItself.fitted(law, symbols.count, rng=stream(name, "fit"))
    if symbols.end is not None:  # what follows an end is the end: its law is no product
        models = [one for one in _usual(law, other=law) if one.family != "noise"]
    else:
        models = [
            *_usual(law, other=alone),
            Model("each symbol by itself", "coarser fit", alone),
        ]
    models += _baselines(name, law)
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
    "features": _features,
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
