"""Data of your own, from files: read, dealt out to three parts, and made numbers of.

Lines of text are rows of characters, and their end.

Nothing but train is ever fitted to. Which values a sample can take, such as the categories of a
column, is a fact of the whole table, though: what test holds and train does not, no model draws,
and all are judged alike.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import numpy as np
from numpy.typing import NDArray

from genbench.datasets import Dataset
from genbench.datasets.categories import domain_of, domain_of_pictures, encoded
from genbench.datasets.domain import Domain
from genbench.datasets.symbols import Symbols
from genbench.datasets.windows import met_first
from genbench.files import is_text
from genbench.files.mixed import Columns, read_mixed
from genbench.files.texts import read_texts
from genbench.ground.arrays import Array, Labels, as_labels, as_table, flat
from genbench.ground.columns import Table, columns_of, order_of
from genbench.ground.errors import BadInput
from genbench.ground.paths import brief, is_file, is_folder, shown
from genbench.ground.randomness import rng_for
from genbench.models.sources import hash_of_code, hash_of_file
from genbench.runs.leaks import check_leaks

if TYPE_CHECKING:
    from genbench.runs.continued import Continued

PARTS = ("train", "test", "fresh")
SHARES = (0.5, 0.25, 0.25)  # of train, test and fresh, unless the last two were larger than this
ENOUGH = 1000  # samples to compare with: more make every score dearer, and train is short of them
FEWEST = 2  # samples of a part
STANDARDISED, INCEPTION, NGRAMS = "standardised", "inception", "ngrams"


@dataclass(frozen=True, kw_only=True)
class OwnData:
    """Where samples are, and how they are dealt out; plain values, that other machines can have.

    `samples` is one file or folder, which is dealt out in `shares`; or three, for train, test and
    fresh; or two, for train and for test, of which half is fresh. Without shares, test and fresh
    get a quarter each, and 1,000 samples at most.
    """

    name: str
    samples: tuple[Path, ...]
    shares: tuple[float, float, float] | None = None
    split_seed: int = 0
    labels: tuple[str, ...] = ()  # the title of a column, or a file for each of `samples`
    labels_in_files: bool = False
    features: str = ""  # none is named: ngrams of text, standardised of all else
    features_from: Path | None = None  # the file of weights or of code that features are made with
    stamp: str = ""  # of the files as they were when the board was read: other files, other data

    def load(self) -> Dataset:
        """Read the files and return the data set.

        Raises:
            BadInput: a file is missing or is not what it should be, labels are not one a sample, a
                part would be empty, test samples are in train beyond chance, or hold characters
                that train does not.
            MissingExtra: a package that reads such files is not installed.
        """
        symbols: Symbols | None = None
        read: Sequence[Array | Columns]
        if any(map(is_text, self.samples)):
            symbols, read = read_texts(self.samples)
        else:
            read = [read_mixed(path) for path in self.samples]
        labels = [self._labels(place, found) for place, found in enumerate(read)]
        sizes = [_length(found) for found in read]
        values, columns, domain, picture = self._numbers(read)
        parts = self._dealt(sizes, None if symbols is None else values)
        features = self.features or (STANDARDISED if symbols is None else NGRAMS)
        classes = self._classes(labels, len(values))
        train, test, fresh = (flat(values[rows]) for rows in parts)
        of_train, of_test, of_fresh = (None if classes is None else classes[rows] for rows in parts)
        check_leaks(train, test, fresh, name=self.name)
        if symbols is not None:
            domain = Domain(whole=True, low=0, high=symbols.count - 1)
            self._check_known(train, symbols)
        return Dataset(
            name=self.name,
            train=train,
            test=test,
            fresh=fresh,
            train_labels=of_train,
            test_labels=of_test,
            fresh_labels=of_fresh,
            features=features,
            features_from=self.features_from,
            domain=domain,
            picture=picture,
            columns=columns,
            symbols=symbols,
            seal=self._seal(features, columns, picture),
        )

    def _numbers(
        self, read: Sequence[Array | Columns]
    ) -> tuple[Array, tuple[str, ...] | None, Domain, tuple[int, ...] | None]:
        """Return all samples (n, ...), titles of columns, what values they take, and pictures."""
        first = read[0]
        if isinstance(first, Mapping):
            table, titles, domain = encoded(self._joined(read), name=self.name)
            checked = as_table(Table.of(table, tuple(titles)), name=self.name)
            return np.asarray(checked), columns_of(checked), domain, None
        for path, part in zip(self.samples, read, strict=True):
            if isinstance(part, Mapping) or part.shape[1:] != first.shape[1:]:
                found = "named columns" if isinstance(part, Mapping) else str(part.shape[1:])
                raise BadInput(
                    f"{shown(path)} has samples of {found}; expected {first.shape[1:]}, as "
                    f"{shown(self.samples[0])} has."
                )
        values = np.concatenate([np.asarray(part) for part in read])
        picture = _picture(values.shape[1:])
        domain = domain_of(flat(values)) if picture is None else domain_of_pictures(values)
        return values, None, domain, picture

    def _joined(self, read: Sequence[Any]) -> Columns:
        """Return the columns of all files together, in the order of the first, without labels."""
        titles = tuple(title for title in read[0] if not self._is_label(title))
        for path, part in zip(self.samples, read, strict=True):
            if not isinstance(part, Mapping):
                raise BadInput(f"{shown(path)} has no named columns, as {self.samples[0]} has.")
            others = tuple(title for title in part if not self._is_label(title))
            order_of(others, titles, name=shown(path))
        joined: Columns = {}
        for title in titles:
            kinds = {part[title].dtype == object for part in read}
            if len(kinds) > 1:
                raise BadInput(
                    f"{self.name}: column {brief(repr(title))} holds words in one file and numbers "
                    "in another."
                )
            joined[title] = np.concatenate([part[title] for part in read])
        if not joined:
            raise BadInput(f"{self.name} has no column but its labels.")
        return joined

    def _is_label(self, title: str) -> bool:
        return not self.labels_in_files and title in self.labels

    def _labels(self, place: int, found: Array | Columns) -> NDArray[Any] | None:
        """Return what is given for classes of one file's samples (n,): numbers or words."""
        if not self.labels:
            return None
        if self.labels_in_files:
            path = Path(self.labels[place])
            read = read_labels(path)
            if read.shape != (_length(found),):
                raise BadInput(
                    f"{shown(path)} must hold {_length(found)} labels, one for each sample of "
                    f"{shown(self.samples[place])}, not {read.shape}."
                )
            return read
        title = self.labels[0]
        if not isinstance(found, Mapping) or title not in found:
            titles = (
                f"its columns are {brief(', '.join(found))}"
                if isinstance(found, Mapping)
                else "it has no named columns"
            )
            raise BadInput(
                f"{shown(self.samples[place])} has no column {brief(repr(title))} of labels: "
                f"{titles}; labels are the title of a column or a .npy or .csv file."
            )
        return found[title]

    def _classes(self, labels: Sequence[NDArray[Any] | None], n: int) -> Labels | None:
        given = [part for part in labels if part is not None]
        if not given:
            return None
        joined = np.concatenate(given)
        if joined.dtype == object:
            joined = np.unique(joined.astype(str), return_inverse=True)[1]
        return as_labels(joined, name=f"{self.name}: labels", n=n)

    def _dealt(self, sizes: Sequence[int], texts: Array | None) -> tuple[Labels, Labels, Labels]:
        """Return which rows of all files together are for train, test and fresh.

        Of `texts` (n, length) from one file, all characters are met in train.
        """
        n, first = sum(sizes), sizes[0]
        rng = rng_for(self.split_seed, self.name, "split")
        if len(sizes) == 3:
            rows, counts = np.arange(n), list(sizes)
        elif len(sizes) == 2:
            rows = np.concatenate([np.arange(first), first + rng.permutation(sizes[1])])
            counts = [first, sizes[1] - sizes[1] // 2, sizes[1] // 2]
        else:
            rows = rng.permutation(n)
            rows = rows if texts is None else met_first(texts, rows)
            ends = np.rint(np.cumsum(self.shares or SHARES) * n).astype(int)
            counts = np.diff(ends, prepend=0).tolist()
            if self.shares is None:
                test, fresh = (min(count, ENOUGH) for count in counts[1:])
                counts = [n - test - fresh, test, fresh]
        for part, count in zip(PARTS, counts, strict=True):
            if count < FEWEST:
                raise BadInput(
                    f"{self.name}: the {part} part would be {count} of {n} samples; expected "
                    f"{FEWEST} at least."
                )
        train, test, fresh = np.split(rows, np.cumsum(counts)[:-1])
        return train, test, fresh

    def _check_known(self, train: Array, symbols: Symbols) -> None:
        unmet = sorted(set(range(symbols.count)) - set(np.unique(train).astype(int)))
        if unmet:
            raise BadInput(
                f"{self.name}: {brief(repr(symbols.vocabulary[unmet[0]]))} stands in test or fresh "
                "samples, but in none of train: a model cannot know it."
            )

    def _seal(
        self, features: str, columns: Sequence[str] | None, picture: Sequence[int] | None
    ) -> str:
        source = ""
        if self.features_from is not None:
            is_code = self.features_from.suffix == ".py"
            source = (
                hash_of_code(str(self.features_from))
                if is_code
                else hash_of_file(self.features_from)
            )
        return json.dumps([columns, picture, features.rpartition(":")[2], source])


# One of ours, by its name, or yours, or either with its rows begun.
Data: TypeAlias = Union[str, OwnData, "Continued"]


def name_of(data: Data) -> str:
    """Return the name of a data set."""
    return data if isinstance(data, str) else data.name


def stamp_of(paths: Sequence[Path]) -> str:
    """Return a checksum of the names, sizes and times of files, and of those below folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob("*")) if is_folder(path) else [path]:
            if is_file(file):
                facts = file.stat()
                digest.update(f"{file} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def read_labels(path: Path) -> NDArray[Any]:
    """Return what a file holds for labels (n,): numbers, or words as objects.

    Raises:
        BadInput: there is no such file, or it holds no single column.
    """
    if path.suffix.lower() == ".npy" and is_file(path):
        from genbench.files.arrays import read_npy
        from genbench.ground.paths import readable

        with readable(path, ".npy file"):
            return np.asarray(read_npy(path)).squeeze()
    found = read_mixed(path)
    columns = list(found.values()) if isinstance(found, Mapping) else list(np.asarray(found).T)
    if len(columns) != 1:
        raise BadInput(f"{shown(path)} holds {len(columns)} columns; expected one, of labels.")
    return np.asarray(columns[0])


def _length(found: Array | Columns) -> int:
    return len(next(iter(found.values()))) if isinstance(found, Mapping) else len(found)


def _picture(shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """Return the shape of a sample as a picture, grey or RGB, if it can be one."""
    if len(shape) == 3 and shape[2] == 1:
        return shape[:2]
    return shape if len(shape) == 2 or (len(shape) == 3 and shape[2] == 3) else None
