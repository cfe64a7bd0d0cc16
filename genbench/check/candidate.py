"""A model under trial in `genbench check`: how to make one, what it learns from, what it draws."""

import copy
import hashlib
import inspect
import sys
from types import ModuleType
from typing import Any, Self, cast

import numpy as np

from genbench.check.notes import Broken, Notes, Unknown
from genbench.ground import global_randomness
from genbench.ground.arrays import Array, Labels, as_samples
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for
from genbench.models import toys
from genbench.models.find import GenerativeModel, ModelSpec, constructor, is_conditional, load
from genbench.models.next_symbols import completed
from genbench.models.toys import Toy

N = 50  # samples drawn at a time
BUDGETS = {"steps": 10, "epochs": 1, "max_steps": 10, "max_epochs": 1}  # enough to run every line


class Candidate:
    """A model under trial: how to make one, what it learns from, what it has drawn."""

    def __init__(self, spec: ModelSpec, notes: Notes, data: Toy | None = None) -> None:
        """Try a model on these data alone, or on toy data."""
        self.data = data
        self.spec = spec
        self.notes = notes
        self.where, _, self.name = spec.target.rpartition(":")
        self.shortened: dict[str, int] = {}
        self.toy = data or toys.toy("points in the plane")

    def load(self) -> ModuleType:
        """Import the file or module.

        Raises:
            Unknown: there is none, or it does not define the name.
            Broken: importing it raised.
        """
        self.notes.file = self.where if self.where.endswith(".py") else None
        try:
            module = self.notes.call("importing it", load, self.where)
        except Broken as error:
            if isinstance(error.__cause__, BadInput):
                raise Unknown(str(error.__cause__)) from error
            raise
        try:
            self._make = constructor(module, self.name, where=self.where)
        except BadInput as error:
            raise Unknown(str(error)) from error
        self.notes.file = getattr(module, "__file__", None)
        return cast("ModuleType", module)

    def make(self) -> Any:
        """Return a new one, with little training where its constructor says how much.

        Raises:
            Broken: making it raised.
        """
        params = {**self.spec.params, **self.shortened}
        return completed(self.notes.call("making it", self._make, **params))

    def on(self, toy: Toy) -> Self:
        """Return the same model under trial on other data."""
        other = copy.copy(self)
        other.toy = toy
        return other

    def shorten(self) -> None:
        """Take the smallest budget that the constructor has a parameter for."""
        names = {knob.name for knob in self.knobs()}
        self.shortened = {name: budget for name, budget in BUDGETS.items() if name in names}

    def knobs(self) -> list[inspect.Parameter]:
        """Return the parameters of the constructor, as far as they are known."""
        try:
            return list(inspect.signature(self._make).parameters.values())
        except (TypeError, ValueError):  # of what is not written in Python
            return []

    def fitted(self, train: Array) -> GenerativeModel:
        """Return a new one that has learned, always with the same seed.

        Raises:
            Broken: it could not be made or fitted.
        """
        model = self.make()
        classes = {"labels": self.toy.labels} if is_conditional(model) else {}
        result = self.notes.call("fit", model.fit, train, rng=rng_for(0, "fit"), **classes)
        return result if isinstance(result, GenerativeModel) else cast("GenerativeModel", model)

    def sample(
        self,
        model: GenerativeModel,
        n: int,
        rng: np.random.Generator,
        labels: Labels | None = None,
    ) -> Any:
        """Let the model draw, of some classes if it asks; what comes is not yet looked at."""
        if labels is None:
            labels = np.resize(self.toy.labels, n)
        classes = {"labels": labels} if is_conditional(model) else {}
        return self.notes.call(f"sample({n})", model.sample, n, rng=rng, **classes)

    def fresh_draw(self, *, sampling_seed: int = 0, state: int = 0) -> bytes:
        """Return the samples of a model made, fitted and asked anew, bit for bit.

        Global random states are seeded with `state` before.

        Raises:
            Broken: any of it failed.
        """
        had_torch = "torch" in sys.modules
        global_randomness.seed_all(state)
        model = self.fitted(self.toy.train.copy())
        drawn = bits(self.sample(model, N, rng_for(sampling_seed, "sample")))
        if "torch" in sys.modules and not had_torch:  # imported late, in a state of its own
            return self.fresh_draw(sampling_seed=sampling_seed, state=state)
        return drawn


def bits(drawn: Any) -> bytes:
    """Return samples as they are in memory, to compare with others."""
    return as_samples(drawn, name=f"sample({N})").tobytes()


def digest(samples: bytes) -> str:
    """Return a name for samples that other samples do not have."""
    return hashlib.sha256(samples).hexdigest()
