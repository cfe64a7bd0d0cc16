"""Boards: which data sets, models and seeds make a leaderboard.

They are read from files (`genbench.runs.board_files`); to add one, write `NAME.toml` beside this.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Literal

from genbench.ground.errors import BadInput, unknown_name
from genbench.models.find import baselines
from genbench.runs.continued import Continued
from genbench.runs.own_data import Data, OwnData
from genbench.sequences import decoders

STANDARD = (
    "frechet_distance",
    "maximum_mean_discrepancy",
    "kernel_distance",
    "wasserstein_distance",
    "critic_distance",
    "classifier_two_sample_test",
    "classifier_two_sample_p_value",
    "statistically_different_bins",
    "bin_divergence",
    "precision",
    "recall",
    "density",
    "coverage",
    "authenticity",
    "bayesian_surprise",
    "high_density_share",
    "birthday_support",
    "inception_score",
    "modified_inception_score",
    "mode_score",
    "am_score",
    "kernel_log_likelihood",
    "log_likelihood",
)

BASELINES = "baselines"  # in place of the names of all of ours
# What every board is read by, beside real samples, whatever else is on it.
CONTROLS = ("copycat", "noise", "noisy_bootstrap")

Copies = Literal["unranked", "ranked"]


@dataclass(frozen=True, kw_only=True)
class Board:
    """A plan: every model on every data set, once per seed."""

    name: str = ""  # of its folder
    file: str = ""  # the name of the file that it was read from, if it is yours
    summary: str
    datasets: tuple[str, ...]
    own: tuple[OwnData | Continued, ...] = ()  # those of the data sets that are not just ours
    seeds: tuple[int, ...] = (0,)
    models: tuple[str, ...] | None = None  # None: every baseline
    curves: tuple[str, ...] = ()  # models with parameters, drawn and never ranked
    decoders: tuple[str, ...] = ()  # that rows of sequences are written by as well
    decoded: tuple[str, ...] | None = None  # models that they ask; None: all but the controls
    metrics: tuple[str, ...] = STANDARD  # a table of all measures could not be read
    deadline: float = 300.0  # seconds a cell may take to fit and sample
    budget: float | None = None  # seconds a fit is to take, where a model lets that be said
    copies: Copies = "unranked"  # whether a model that copies its training data has a rank
    headline: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # faces, if not the usual
    home: Path | None = None  # the folder that paths of models are relative to

    def data(self, name: str) -> Data:
        """Return what `load_once` loads the data set of that name by.

        Raises:
            BadInput: the board has no such data set.
        """
        if name not in self.datasets:
            raise unknown_name("data set of this board", name, self.datasets)
        return next((own for own in self.own if own.name == name), name)

    def written(self, every: Iterable[str] = ()) -> tuple[str, ...]:
        """Return the models that are named with each of the decoders.

        `every` are those of a board that names none. A model that brings its own decoder stays.
        """
        asked = every if self.decoded is None else self.decoded
        alone = [each for each in asked if each not in CONTROLS and not decoders.split(each)[1]]
        return tuple(decoders.joined(each, one) for each in alone for one in self.decoders)

    def narrowed(
        self,
        *,
        models: tuple[str, ...] | None,
        datasets: tuple[str, ...] | None,
        seeds: tuple[int, ...] | None,
        budget: float | None = None,
        decoders: tuple[str, ...] | None = None,
    ) -> "Board":
        """Return the same board with other models, data sets, seeds, budget or decoders.

        What is not given stays. Where models are given, these are all: there are no curves beside
        them, and of the others nothing is written.

        Raises:
            BadInput: nothing is left, or a seed is negative.
        """
        for name, values in (("models", models), ("data sets", datasets), ("seeds", seeds)):
            if values is not None and not values:
                raise BadInput(f"No {name} were named.")
        if seeds is not None and min(seeds) < 0:
            raise BadInput(f"Seeds are whole numbers from 0 up, not {min(seeds)}.")
        return replace(
            self,
            models=self.models if models is None else models,
            curves=self.curves if models is None else (),
            decoders=self.decoders if decoders is None else decoders,
            decoded=self.decoded if models is None else None,
            datasets=self.datasets if datasets is None else datasets,
            seeds=self.seeds if seeds is None else seeds,
            budget=self.budget if budget is None else budget,
        )

    def begun(self, n_symbols: int) -> "Board":
        """Return the same board of what follows the first symbols of rows, as they are begun by.

        Its data are read when they are loaded, and only then refused.
        """
        own = tuple(Continued(self._whole(name), n_symbols) for name in self.datasets)
        return replace(self, datasets=tuple(data.name for data in own), own=own)

    def _whole(self, name: str) -> str | OwnData:
        data = self.data(name)
        return data.whole if isinstance(data, Continued) else data


def with_controls(models: tuple[str, ...]) -> tuple[str, ...]:
    """Return the models with the controls before them, each once; BASELINES stands for ours."""
    named = (baselines() if model == BASELINES else (model,) for model in models)
    return tuple(dict.fromkeys((*CONTROLS, *chain.from_iterable(named))))
