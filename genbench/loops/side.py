"""What is kept of one set of pictures that come in batches: sums of all, and some of them.

Sums (`FeatureMoments`) forget which pictures they are of, and a distributed sampler pads its last
batch with pictures that another process has, too. So the last pictures wait beside the sums, with
their indices: where sets are added, those that are in both count once.
"""

import hashlib
import io
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from genbench.ground.errors import BadInput
from genbench.images.embedding import Floats
from genbench.scoring.accumulators import FeatureMoments

WAITING = 2048  # pictures beside the sums
UNKNOWN = -1  # index of a picture that was given none, which never counts as seen before


@dataclass(frozen=True, eq=False)
class Rows:
    """Pictures one by one: order (n,), by which few stand for many, index (n,) and numbers."""

    order: NDArray[np.uint64]
    index: NDArray[np.int64]
    features: Floats  # (n, d)
    logits: Floats  # (n, classes), no column if there are no classes

    def __len__(self) -> int:
        return len(self.order)

    def take(self, chosen: NDArray[np.bool_] | NDArray[np.int64] | slice) -> "Rows":
        """Return some of them."""
        return Rows(*(getattr(self, name)[chosen] for name in self.__dataclass_fields__))

    def and_also(self, others: "Rows") -> "Rows":
        """Return both."""
        if self.features.shape[1:] != others.features.shape[1:]:
            raise BadInput(
                f"features of {self.features.shape[1]} and of {others.features.shape[1]} "
                "dimensions cannot be added."
            )
        names = self.__dataclass_fields__
        return Rows(*(np.concatenate([getattr(self, n), getattr(others, n)]) for n in names))

    def lowest(self, most: int) -> "Rows":
        """Return those that come first by their order, sorted, each index once."""
        rows = self.take(np.lexsort((self.index, self.order)))
        again = np.zeros(len(rows), dtype=bool)
        again[1:] = (rows.index[1:] == rows.index[:-1]) & (rows.index[1:] != UNKNOWN)
        return rows.take(~again).take(slice(most))


def order_of(index: int) -> int:
    """Return a number that looks drawn at random, the same for an index in every process."""
    return int.from_bytes(hashlib.sha256(str(index).encode()).digest()[:8], "little")


@dataclass(frozen=True, eq=False)
class Side:
    """One set, as far as it came."""

    keep: int
    sums: FeatureMoments | None = None  # of all that do not wait
    waiting: Rows | None = None  # the last that came
    kept: Rows | None = None  # of lowest order
    indices: frozenset[int] = field(default_factory=frozenset)  # of all
    repeated: int = 0  # that were in the sums twice before it was known

    @property
    def n(self) -> int:
        """How many pictures came."""
        waiting = 0 if self.waiting is None else len(self.waiting)
        return waiting + (0 if self.sums is None else self.sums.n)

    def moments(self) -> FeatureMoments:
        """Of all pictures.

        Raises:
            BadInput: there are none.
        """
        whole = _summed(self.sums, self.waiting)
        if whole is None:
            raise BadInput("No picture has come yet.")
        return whole

    def extended(self, rows: Rows) -> Self:
        """Return the set with more pictures; those whose index it has already do not count."""
        new = np.array(
            [index == UNKNOWN or index not in self.indices for index in rows.index.tolist()],
            dtype=bool,
        )
        first = np.zeros(len(rows), dtype=bool)
        first[np.unique(rows.index, return_index=True)[1]] = True
        rows = rows.take(new & (first | (rows.index == UNKNOWN)))
        if not len(rows):
            return self
        waiting = rows if self.waiting is None else self.waiting.and_also(rows)
        early = max(0, len(waiting) - WAITING)
        return replace(
            self,
            sums=_summed(self.sums, waiting.take(slice(early)) if early else None),
            waiting=waiting.take(slice(early, None)),
            kept=(rows if self.kept is None else self.kept.and_also(rows)).lowest(self.keep),
            indices=self.indices | {i for i in rows.index.tolist() if i != UNKNOWN},
        )

    def __add__(self, other: Self) -> Self:
        """Return both sets as one; a picture whose index is in both counts once."""
        if not other.n:
            return self
        if not self.n:
            return other
        both = self.indices & other.indices
        left, mine = _without(other, both)
        right, missed = _without(self, mine)
        parts = [each for each in (left.waiting, right.waiting) if each is not None and len(each)]
        waiting = parts[0].and_also(parts[1]) if len(parts) == 2 else next(iter(parts), None)
        kept = [each.kept for each in (self, other) if each.kept is not None]
        sums = left.sums if right.sums is None else right.sums
        if left.sums is not None and right.sums is not None:
            sums = right.sums + left.sums
        return replace(
            self,
            sums=sums,
            waiting=waiting,
            kept=kept[0].and_also(kept[1]).lowest(self.keep),
            indices=self.indices | other.indices,
            repeated=self.repeated + other.repeated + len(missed),
        )

    def pack(self) -> bytes:
        """Return it as bytes, which hold nothing but numbers."""
        values: dict[str, NDArray[np.generic]] = {
            "about": np.array([self.keep, self.repeated]),
            "indices": np.array(sorted(self.indices), dtype=np.int64),
        }
        if self.sums is not None:
            values |= {"n": np.array(self.sums.n), "mean": self.sums.mean}
            values |= {"scatter": self.sums.scatter}
        for name in ("waiting", "kept"):
            rows = getattr(self, name)
            if rows is not None:
                values |= {f"{name}_{key}": value for key, value in vars(rows).items()}
        buffer = io.BytesIO()
        np.savez(buffer, **values)  # type: ignore[arg-type]  # no name is allow_pickle
        return buffer.getvalue()

    @classmethod
    def unpack(cls, content: bytes) -> Self:
        """Return what was packed."""
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            values = dict(file)
        keep, repeated = values["about"].tolist()
        rows = {
            name: Rows(*(values[f"{name}_{key}"] for key in Rows.__dataclass_fields__))
            for name in ("waiting", "kept")
            if f"{name}_order" in values
        }
        sums = None
        if "n" in values:
            sums = FeatureMoments(int(values["n"]), values["mean"], values["scatter"])
        indices = frozenset(values["indices"].tolist())
        return cls(keep, sums=sums, indices=indices, repeated=repeated, **rows)


def _summed(sums: FeatureMoments | None, rows: Rows | None) -> FeatureMoments | None:
    if rows is None or not len(rows):
        return sums
    found = FeatureMoments.of(rows.features)
    return found if sums is None else sums + found


def _without(side: Side, indices: frozenset[int]) -> tuple[Side, frozenset[int]]:
    """Return a set without those that wait and have these indices, and which of them are left."""
    if side.waiting is None or not indices:
        return side, indices
    listed = side.waiting.index.tolist()
    away = np.array([index in indices for index in listed], dtype=bool)
    gone = frozenset(np.array(listed)[away].tolist())
    return replace(side, waiting=side.waiting.take(~away)), indices - gone
