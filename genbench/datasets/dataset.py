"""What a data set is: three parts that never overlap, and what is known about them."""

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np

from genbench.datasets.densities import Density
from genbench.datasets.domain import Domain
from genbench.datasets.symbols import Symbols
from genbench.ground.arrays import Array, Labels, as_labels, as_samples
from genbench.ground.columns import Table
from genbench.ground.errors import BadInput
from genbench.ground.randomness import rng_for


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples to train on, to compare with, and to stand for a perfect model.

    Raises:
        BadInput: parts that are not arrays of equally shaped finite samples.
    """

    name: str
    train: Array  # (n_train, d): all that a model sees
    test: Array  # (n_test, d): what samples are compared with
    fresh: Array  # (n_fresh, d): scored as if a model had drawn them: the row of real samples
    # "standardised", "classifier", "digit_classifier", "inception", "ngrams", or file.py:function
    features: str = "standardised"
    features_from: Path | None = None  # the file of weights or of code that they are made with
    train_labels: Labels | None = None
    test_labels: Labels | None = None
    fresh_labels: Labels | None = None
    density: Density | None = None
    domain: Domain = field(default_factory=Domain)  # which values a sample can take
    picture: tuple[int, ...] | None = None  # height, width (and channels), if a sample is one
    columns: tuple[str, ...] | None = None  # names of the columns of a table
    symbols: Symbols | None = None  # what whole numbers spell, if a sample is a sequence of them
    series: bool = False  # whether a sample is a sequence of measurements, one after another
    seal: str = ""  # of what else scores depend on, such as code that features are made with

    def __post_init__(self) -> None:
        train = as_samples(self.train, name=f"{self.name}: train")
        object.__setattr__(self, "train", train)
        for part in ("test", "fresh"):
            samples = as_samples(getattr(self, part), name=f"{self.name}: {part}", like=train)
            object.__setattr__(self, part, samples)
        if (self.train_labels is None) != (self.test_labels is None):
            raise BadInput(f"{self.name}: labels must be given for train and test, or neither.")
        if self.fresh_labels is not None and self.train_labels is None:
            raise BadInput(f"{self.name}: labels are given for fresh, but not for train.")
        for part in ("train", "test", "fresh"):
            labels = getattr(self, f"{part}_labels")
            if labels is not None:
                name = f"{self.name}: {part}_labels"
                labels = as_labels(labels, name=name, n=len(getattr(self, part)))
                object.__setattr__(self, f"{part}_labels", labels)
        self.domain.check(train.shape[1:], name=f"{self.name}: domain")
        if self.symbols is not None:
            self._check_symbols(self.symbols)
        elif self.features == "ngrams":
            raise BadInput(f"{self.name}: ngrams are features of symbols, which it has none of.")
        if self.picture is not None and np.prod(self.picture) != train[0].size:
            raise BadInput(
                f"{self.name}: pictures of {self.picture} are not samples of {train.shape[1:]}."
            )

    def _check_symbols(self, symbols: Symbols) -> None:
        for part in ("train", "test", "fresh"):
            samples = getattr(self, part)
            symbols.check(samples, name=f"{self.name}: {part}")
            if (symbols.close(samples) != samples).any():
                raise BadInput(f"{self.name}: {part} has symbols behind the end of a row.")

    @property
    def like(self) -> Array:
        """Test samples with the names of their columns, if any: what samples must be like."""
        return self.test if self.columns is None else Table.of(self.test, self.columns)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of every sample and label, and of the seal, in hexadecimal."""
        digest = hashlib.sha256(self.name.encode())
        digest.update(self.seal.encode())
        if self.symbols is not None:
            digest.update(repr(self.symbols).encode())
        if self.series:
            digest.update(b"series")
        labels = (self.train_labels, self.test_labels, self.fresh_labels)
        for array in (self.train, self.test, self.fresh, *labels):
            if array is not None:
                digest.update(str(array.shape).encode())
                digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def drawn_anew(self, seed: int) -> Self:
        """The same data set with other fresh samples: what real samples would score, once more.

        Where the density is known, they are drawn from it. Elsewhere test and fresh samples are
        dealt anew, so that the spread over seeds is that of both. With seed 0 all is as it was.
        """
        if seed == 0:
            return self
        whole = self.name.partition("/")[0]  # fewer training samples: the same test and fresh ones
        rng = rng_for(seed, whole, "fresh" if self.density else "anchor")
        if self.density is not None:
            samples, labels = self.density.sample(len(self.fresh), rng=rng)
            kept = None if self.fresh_labels is None else labels
            return replace(self, fresh=samples, fresh_labels=kept)
        order = rng.permutation(len(self.test) + len(self.fresh))
        test, fresh = np.split(order, [len(self.test)])
        every = np.concatenate([self.test, self.fresh])
        dealt = replace(self, test=every[test], fresh=every[fresh])
        if self.test_labels is None or self.fresh_labels is None:
            return dealt
        labels = np.concatenate([self.test_labels, self.fresh_labels])
        return replace(dealt, test_labels=labels[test], fresh_labels=labels[fresh])

    def labels_for(self, seed: int) -> Labels | None:
        """Classes that a model is asked for, one for each fresh sample, as common as in training.

        None where the training samples have none.
        """
        if self.train_labels is None:
            return None
        rng = rng_for(seed, self.name, "labels")
        return rng.choice(self.train_labels, size=len(self.fresh))

    @property
    def data_range(self) -> float | None:
        """Largest possible difference of two values of a picture, if samples are such."""
        span = self.domain.span
        return span if self.picture is not None and np.isfinite(span) else None

    def project(self, samples: Array) -> Array:
        """Move samples to the nearest values that data can take: the same for every model."""
        nearest = self.domain.project(samples)
        return nearest if self.symbols is None else self.symbols.close(nearest)

    def dequantized_test(self, rng: np.random.Generator) -> Array:
        """Test samples at which a density can be judged fairly.

        On whole numbers a density could grow without bound by spiking at them. Even noise of one
        unit makes the mean log-density a lower bound on the log-probability of the cells (Theis
        et al., "A note on the evaluation of generative models", https://arxiv.org/abs/1511.01844).
        """
        return self.domain.spread(self.test, rng=rng)

    @property
    def n_compared(self) -> int:
        """How many training samples a density is asked at as well, to tell how far it overfits.

        Of rows of symbols as many as there are test ones, at most; of other data none.
        """
        return 0 if self.symbols is None else min(len(self.train), len(self.test))

    def dequantized_train(self, rng: np.random.Generator) -> Array | None:
        """The first `n_compared` training samples, as `dequantized_test`; None of none."""
        n = self.n_compared
        return self.domain.spread(self.train[:n], rng=rng) if n else None
