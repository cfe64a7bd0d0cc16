"""The data of a board file: ours by their names, and yours, with where their samples are."""

import re
from pathlib import Path

from genbench.datasets import CATALOG as DATASETS
from genbench.datasets import is_known
from genbench.files import READERS
from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief, is_file, shown
from genbench.runs.own_data import INCEPTION, NGRAMS, STANDARDISED, OwnData, stamp_of
from genbench.runs.toml_tables import Table, is_number, is_seed, is_text, list_of

KEYS = ("name", "samples", "split", "split_seed", "labels", "features", "weights")
ROUNDING = 1e-6  # of a sum of shares
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")  # of folders, of files, in addresses
NAMED = "1 to 60 letters a to z, digits and the signs _ . -, the first a letter or a digit"


def data_of(table: Table, home: Path) -> str | OwnData:
    """Return one of our data sets, by its name, or yours; `home` is what paths are relative to.

    Raises:
        BadInput: the values are not what they should be.
    """
    name = table.take("name", is_text, "a text")
    told = table.values.keys() - {"name"}
    if is_known(name):
        if told:
            raise BadInput(
                f"{table.where}: {name!r} is the name of one of our data sets, of which nothing "
                f"else can be said, such as {min(told)}: give yours another name."
            )
        return str(name)
    if not told:
        raise unknown_name("data set", name, DATASETS, hint="Of yours, say samples = ...")
    if not NAME.fullmatch(name):
        raise BadInput(f"{table.where}: name must be {NAMED}, not {brief(repr(name))}.")
    samples, shares = _split(table)
    labels, in_files = _labels(table, home, n_files=len(samples))
    features, features_from = _features(table, home)
    files = tuple(home / sample for sample in samples)
    also = [Path(label) for label in labels if in_files]
    return OwnData(
        name=name,
        samples=files,
        shares=shares,
        split_seed=table.take("split_seed", is_seed, "a whole number from 0 up", 0),
        labels=labels,
        labels_in_files=in_files,
        features=features,
        features_from=features_from,
        stamp=stamp_of([*files, *also, *([features_from] if features_from else [])]),
    )


def _split(table: Table) -> tuple[list[str], tuple[float, float, float] | None]:
    """Return the files of samples, and the shares in which a single one is dealt out, if told."""
    split = table.take(
        "split",
        lambda one: (
            isinstance(one, list)
            and len(one) == 3
            and (all(map(is_number, one)) or all(map(is_text, one)))
        ),
        "three shares or three paths, of train, test and fresh",
        None,
    )
    if split is None:
        return [_samples(table)], None
    if is_text(split[0]):
        if "samples" in table.values:
            raise BadInput(
                f"{table.where}: samples would do nothing: split names the files of train, test "
                "and fresh."
            )
        return split, None
    train, test, fresh = map(float, split)
    if abs(train + test + fresh - 1) > ROUNDING or min(train, test, fresh) <= 0:
        raise BadInput(
            f"{table.where}: the shares of split must be above 0 and sum to one, not "
            f"{' + '.join(f'{share:g}' for share in split)} = {train + test + fresh:g}."
        )
    return [_samples(table)], (train, test, fresh)


def _samples(table: Table) -> str:
    return str(table.take("samples", is_text, "a file or a folder"))


def _labels(table: Table, home: Path, *, n_files: int) -> tuple[tuple[str, ...], bool]:
    """Return the title of a column, or files as many as those of samples; and which it is."""
    labels = table.take(
        "labels",
        lambda one: is_text(one) or (list_of(is_text)(one) and len(one) == n_files),
        "the title of a column, or a file for each file of samples",
        None,
    )
    if labels is None:
        return (), False
    listed = [labels] if isinstance(labels, str) else labels
    if isinstance(labels, list) or Path(labels).suffix.lower() in READERS:
        if len(listed) != n_files:
            raise BadInput(
                f"{table.where}: labels names one file, but there are {n_files} of samples."
            )
        return tuple(str(home / label) for label in listed), True
    return (labels,), False


def _features(table: Table, home: Path) -> tuple[str, Path | None]:
    """Return the name of the features, and the file that they are made with."""
    features = table.take(
        "features",
        lambda one: one in (STANDARDISED, INCEPTION, NGRAMS) or (is_text(one) and ".py:" in one),
        f"{STANDARDISED!r}, {INCEPTION!r}, {NGRAMS!r} or a function, file.py:function",
        "",
    )
    weights = table.take("weights", is_text, "a file", None)
    if (weights is not None) != (features == INCEPTION):
        raise BadInput(
            f"{table.where}: features = 'inception' and weights, the file of the network's "
            "weights, go together."
        )
    if features in ("", STANDARDISED, NGRAMS):
        return features, None
    path = home / (features.rpartition(":")[0] if weights is None else weights)
    if not is_file(path):
        raise BadInput(f"{table.where}: features: there is no file {shown(path)}.")
    return features, path


def data_name(data: Path) -> str:
    """Return what data in a file or a folder are called, in letters that a board takes."""
    name = re.sub("[^A-Za-z0-9_.-]+", "_", data.resolve().stem).strip("_.-")[:50] or "data"
    return f"my_{name}" if name in DATASETS else name
