"""Reference and Comparison: all that is known, and where evidence is kept, computed once each."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Self, TypeVar

import numpy as np

from genbench.datasets import Density
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, Labels, flat
from genbench.ground.errors import Unavailable
from genbench.ground.kept_tables import keeping_tables
from genbench.ground.randomness import rng_for

Found = TypeVar("Found")
SETS = ("test", "generated", "train")  # whose names arrays of a row for each sample begin with


@dataclass(frozen=True, eq=False, kw_only=True)
class Memory:
    """Keeps what it was asked for: each thing is computed on first use, once."""

    _known: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    def get(self, compute: Callable[[Self], Found]) -> Found:
        """Return `compute(self)`, from memory if it was asked for before.

        Raises:
            Unavailable: it cannot be computed; that, too, is found out only once.
        """
        if compute not in self._known:
            try:
                self._known[compute] = compute(self)
            except Unavailable as unavailable:
                self._known[compute] = unavailable
        found = self._known[compute]
        if isinstance(found, Unavailable):
            raise found
        return found  # type: ignore[no-any-return]  # what `compute` returned

    def remember(self, compute: Callable[[Self], Found], found: Found) -> None:
        """Keep what `compute(self)` returns, as another found it."""
        self._known[compute] = found


@dataclass(frozen=True, eq=False, kw_only=True)
class Reference(Memory):
    """What depends on real samples only.

    Samples are as they are; points are what an embedding makes of them, or else the samples
    themselves, flattened. Any part may be absent: what needs it is then unavailable.
    """

    test: Array | None = None
    train: Array | None = None
    test_points: Array | None = None
    train_points: Array | None = None
    test_labels: Labels | None = None  # (n_test,) class of each sample
    train_labels: Labels | None = None  # (n_train,)
    test_moments: Any = None  # of test points measured elsewhere, a `Gaussian`
    test_factors: Array | None = None  # (n_test, n_factors) true factors of variation
    test_probabilities: Array | None = None
    prior: Array | None = None  # law of the classes
    density: Density | None = None
    manifold: Callable[[Array], Array] | None = None  # distance of each point to where data lies
    data_range: float | None = None  # largest possible difference of two values of a picture
    picture: tuple[int, ...] | None = None  # height, width (and channels), if a sample is one
    symbols: Symbols | None = None  # what whole numbers spell, if a sample is a row of them
    series: bool = False  # whether a sample is a row of measurements, one after another
    k: int = 5  # neighbours that reach of a ball is counted in

    @cached_property
    def test_set(self) -> Array:
        """Test points (n_test, d)."""
        return _points("test", self.test_points, self.test)

    @cached_property
    def train_set(self) -> Array:
        """Training points (n_train, d)."""
        return _points("train", self.train_points, self.train)

    @property
    def has_train(self) -> bool:
        """Whether there are training samples."""
        return self.train is not None or self.train_points is not None


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison(Memory):
    """What depends on one model's samples, and what the model says of itself, if it does."""

    reference: Reference
    generated: Array | None = None  # samples (n_generated, ...)
    generated_points: Array | None = None
    generated_probabilities: Array | None = None
    generated_labels: Labels | None = None  # (n_generated,) class each sample was made for
    generated_moments: Any = None  # of generated points measured elsewhere, a `Gaussian`
    generated_quality: Array | None = None  # (n_generated,) how good each sample is held to be
    test_log_prob: Array | None = None  # (n_test,) log-density of test samples, in nats
    train_log_prob: Array | None = None  # (n_train,) log-density of training samples, in nats
    test_score: Array | None = None  # (n_test, d) gradient of the log-density at test samples
    test_reconstruction: Array | None = None  # (n_test, ...) the model's nearest to each sample
    test_log_weights: Array | None = None  # (n_test, n_weights) importance weights of latents
    test_codes: Array | None = None  # (n_test, n_codes) latent codes of test samples
    generated_latents: Array | None = None  # (n_generated, n_latents) what samples were made from
    path_starts: Array | None = None  # (n_paths, ...) samples of latents ...
    path_ends: Array | None = None  # (n_paths, ...) ... and of latents `path_step` further on
    path_step: float | None = None  # share of a path between two latents
    token_log_prob: Array | None = None  # (n_tokens,) of the test tokens, each given those before
    test_bytes: float | None = None  # length of the text that those tokens spell
    pool: Any = None  # the models it is compared with, a `genbench.Pool`
    seed: int = 0

    @cached_property
    def generated_set(self) -> Array:
        """Generated points (n_generated, d)."""
        return _points("generated", self.generated_points, self.generated)

    def rng(self, evidence: str) -> np.random.Generator:
        """Return the stream of random numbers of a kind of evidence."""
        return rng_for(self.seed, evidence)

    @property
    def sizes(self) -> dict[str, int]:
        """How many samples each set holds, of those that are there."""
        held = {**_rows_of(self.reference), **_rows_of(self)}
        return {_set_of(name): len(rows) for name, rows in held.items()}

    @property
    def points(self) -> dict[str, Array]:
        """Points of each set that is there, by its name."""
        real, of_sets = self.reference, {}
        if real.test is not None or real.test_points is not None:
            of_sets["test"] = real.test_set
        if real.has_train:
            of_sets["train"] = real.train_set
        if self.generated is not None or self.generated_points is not None:
            of_sets["generated"] = self.generated_set
        return of_sets

    def with_points(self, points: Mapping[str, Array]) -> Self:
        """Return the same comparison with other points of the same samples."""
        reference = replace(
            self.reference, test_points=points.get("test"), train_points=points.get("train")
        )
        return replace(self, reference=reference, generated_points=points.get("generated"))

    def of_rows(self, chosen: Mapping[str, Labels]) -> Self:
        """Return the same comparison of some rows of sets, by their names; of others all rows."""
        of_reference, of_generated = (
            {
                name: rows[chosen[_set_of(name)]]
                for name, rows in _rows_of(part).items()
                if _set_of(name) in chosen
            }
            for part in (self.reference, self)
        )
        reference = replace(self.reference, **of_reference)  # type: ignore[arg-type]
        return replace(self, reference=reference, **of_generated)  # type: ignore[arg-type]


class Evidence:
    """What metrics of one kind read: O(n) arrays, computed once from a comparison."""

    inputs: ClassVar[tuple[str, ...]]  # what it needs, by the names that `score` has for them
    reads_distances_only: ClassVar = False  # of points: no turn or shift of all of them matters
    # What it reads of training samples alone, a few numbers each: all models of a seed are judged
    # on the same parts of them, for which it is found once.
    kept_of_train: ClassVar[tuple[Callable[[Reference], Any], ...]] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> Self:
        """Compute it.

        Raises:
            Unavailable: something that it needs is absent, or too small.
        """
        raise NotImplementedError

    @classmethod
    def of_parts(
        cls, comparison: Comparison, cuts: Iterable[Iterable[Mapping[str, Labels]]]
    ) -> list[list[Self | None]]:
        """Compute it on parts of all sets, one at a time; None where a part has none.

        `cuts` are ways to cut, each the rows of its parts by the sets' names.
        """
        known = comparison.reference.get(_found_of_parts)

        def of_part(rows: Mapping[str, Labels]) -> Self | None:
            part = comparison.of_rows(rows)
            kept = {
                compute: (compute, sha256(rows["train"].tobytes()).digest())
                for compute in cls.kept_of_train
                if "train" in rows
            }
            for compute, key in kept.items():
                if key in known:
                    part.reference.remember(compute, known[key])
            try:
                with keeping_tables():  # its own: nobody meets these points again
                    found = cls.of(part)
            except Unavailable:
                return None
            known.update({key: part.reference.get(compute) for compute, key in kept.items()})
            return found

        return [[of_part(rows) for rows in parts] for parts in cuts]

    @property
    def parameters(self) -> dict[str, Any]:
        """Settings that the numbers depend on, found or chosen."""
        return {}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What makes the numbers less trustworthy, in sentences."""
        return ()


def given(values: Found | None, name: str) -> Found:
    """Return `values`.

    Raises:
        Unavailable: they are absent; `name` says in the plural what they are.
    """
    if values is None:
        raise Unavailable(f"there are no {name}")
    return values


def at_least(fewest: int, points: Array, name: str) -> Array:
    """Return `points`.

    Raises:
        Unavailable: there are fewer than that.
    """
    if len(points) < fewest:
        raise Unavailable(f"needs {fewest} {name} samples; there are {len(points)}")
    return points


def _points(name: str, points: Array | None, samples: Array | None) -> Array:
    if points is not None:
        return points
    return flat(given(samples, f"{name} samples"))


def _found_of_parts(_: Reference) -> dict[Any, Any]:
    return {}


def _rows_of(part: Reference | Comparison) -> dict[str, Array]:
    """Return the arrays with a row for each sample of a set, by their names."""
    held = ((field.name, getattr(part, field.name)) for field in fields(part) if field.init)
    return {
        name: value
        for name, value in held
        if _set_of(name) in SETS and isinstance(value, np.ndarray)
    }


def _set_of(name: str) -> str:
    return name.partition("_")[0]
