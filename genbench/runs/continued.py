"""Data of which only what follows a beginning is scored: rows are begun by real ones."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from genbench.datasets import Dataset
from genbench.datasets import load as load_ours
from genbench.datasets.domain import Domain
from genbench.ground.errors import BadInput
from genbench.runs.own_data import OwnData, name_of


@dataclass(frozen=True)
class Continued:
    """A data set of sequences, of whose rows the first `begun` symbols are given.

    Models learn from whole rows. They go on from the beginnings of fresh rows, and what they write
    is held against what follows in test rows; that of fresh rows stands beside it.
    """

    whole: str | OwnData
    begun: int

    @property
    def name(self) -> str:
        """What records call it."""
        return f"{name_of(self.whole)}_after_{self.begun}"

    def load(self) -> Dataset:
        """Return the data set, each row without its beginning.

        The law of what follows is not known, whatever that of whole rows is.

        Raises:
            BadInput: it holds no rows of symbols, or rows that are no longer than the beginning.
        """
        whole = load_ours(self.whole) if isinstance(self.whole, str) else self.whole.load()
        if whole.symbols is None:
            raise BadInput(
                f"A sample of {whole.name} is no row of symbols, so that none can be begun."
            )
        length = whole.train.shape[1]
        if not 1 <= self.begun < length:
            raise BadInput(
                f"Of {whole.name}, whose rows have {length} symbols, 1 to {length - 1} may be "
                f"given as their beginnings, not {self.begun}."
            )
        parts = {part: getattr(whole, part)[:, self.begun :] for part in ("train", "test", "fresh")}
        return replace(
            whole, name=self.name, density=None, domain=_behind(whole.domain, self.begun), **parts
        )


def _behind(domain: Domain, begun: int) -> Domain:
    """Return the domain of the coordinates that follow the first ones."""

    def cut(values: Any) -> Any:
        return values[begun:] if isinstance(values, np.ndarray) and values.ndim else values

    return replace(domain, whole=cut(domain.whole), low=cut(domain.low), high=cut(domain.high))
