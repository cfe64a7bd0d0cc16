"""What may be known of a comparison, as the arrays a caller gives: each is checked here, once.

The names are the keywords of `genbench.score`:

test, train, generated: samples (n, ...); real ones to compare with, those the model learned from,
    and the model's own. Pictures are (n, height, width) or (n, height, width, channels).
test_labels, train_labels, generated_labels: class of each sample, (n,); a generated sample's is the
    one it was made for.
test_probabilities, train_probabilities, generated_probabilities: of the classes, (n, n_classes).
test_factors: true factors of variation, whole numbers, (n_test, n_factors).
test_moments, generated_moments: in place of samples too many to hold, their `FeatureMoments`, or
    the path of a file of them, if it says of how many samples.
density: the true density, if it is known (an object with `sample` and `log_prob`).
manifold: a function from points (n, d) to their distances (n,) to where real samples lie.
data_range: largest possible difference of two values of a picture, such as 1 or 255.
picture: (height, width) or (height, width, channels), where samples are flattened pictures.
symbols: what the numbers of sequences (n, length) spell, and which of them ends a row
    (`genbench.Symbols`).
series: True, where samples (n, length) are measurements, one after another at an even pace.
test_log_prob, train_log_prob: the model's log-density of each sample, in nats, (n,); of sequences
    of symbols their log-probability.
test_score: gradient of that log-density at each test sample, (n_test, d).
test_reconstruction: what the model can make that is nearest to each test sample, (n_test, ...).
test_log_weights: log p(x, z) - log q(z | x) for latents z drawn from q, in nats, (n_test, n_draws).
test_codes: latent codes of test samples, (n_test, n_codes).
generated_quality: how good each generated sample is held to be, (n_generated,).
generated_latents: the latents that generated samples were made from, (n_generated, n_latents).
path_starts, path_ends, path_step: samples (n, ...) made from pairs of latents, `path_step` of the
    way from one latent to another apart.
token_log_prob: log-probability of each test token given those before it, in nats, (n_tokens,).
test_bytes: length of the text that the test tokens spell, in bytes.
pool: the models that it plays against (`genbench.Pool`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from genbench.evidence import Comparison, Reference
from genbench.evidence.comparison import SETS
from genbench.ground.arrays import (
    Array,
    Labels,
    as_labels,
    as_numbers,
    as_probabilities,
    as_samples,
    ends,
    read_only,
)
from genbench.ground.columns import Table, shared_columns
from genbench.ground.errors import BadInput, unknown_name
from genbench.ground.paths import brief
from genbench.scoring.facts import LARGEST, facts, shape_of_pictures
from genbench.scoring.sequences import closed, points_of, sequences

OF_ONE_KIND = (*SETS, "test_reconstruction", "path_starts", "path_ends")  # samples, all alike
OF_ONE_CLASSIFIER = ("generated_probabilities", "test_probabilities", "train_probabilities")
ROUNDING = 1e-9  # nats


def comparison_of(*, seed: int = 0, k: int | None = None, **inputs: Any) -> Comparison:
    """Check what is given and put it where evidence finds it; None stands for absent.

    Raises:
        BadInput: nothing to score, an unknown name, or arrays that are not what they should be
            or do not fit each other; the message names the array.
    """
    if k is not None and (not isinstance(k, int | np.integer) or isinstance(k, bool) or k < 1):
        raise BadInput(f"k must be a whole number from 1 up, not {brief(repr(k))}.")
    for name in inputs:
        if name not in NAMES:
            raise unknown_name("input", name, NAMES)
    found = {name: value for name, value in inputs.items() if value is not None}
    if not any(name in found for name in OF_A_MODEL):
        raise BadInput("Nothing to score: give generated samples or generated_probabilities.")
    checked = _alike(as_samples, OF_ONE_KIND, found)
    checked |= _alike(as_probabilities, OF_ONE_CLASSIFIER, found)
    n = {name: _length(name, checked) for name in SETS}
    for name in SETS:
        if f"{name}_labels" in found:
            checked[f"{name}_labels"] = _labels(name, found, n[name], checked)
    checked |= _of_each_sample(found, checked, n)
    check_sizes(checked)
    checked |= facts(found, checked) | sequences(found, checked)
    checked |= points_of(checked, checked.get("symbols"))
    prior = _prior(checked)
    real = {name: value for name, value in checked.items() if name in OF_REFERENCE}
    of_model = {name: value for name, value in checked.items() if name in OF_COMPARISON}
    picture = real.pop("picture", None) or shape_of_pictures(checked)
    if k is not None:
        real["k"] = int(k)
    reference = Reference(**real, picture=picture, prior=prior)
    return Comparison(reference=reference, seed=seed, **of_model)


def in_place_of_generated(
    fresh: Any, comparison: Comparison, inputs: Mapping[str, Any]
) -> Comparison:
    """Return the comparison with as many fresh real samples in place of the generated ones.

    What the model says of itself is left out: real samples have no model. `inputs` are those that
    the comparison was made of: they tell the names of columns.

    Raises:
        BadInput: there are no generated samples to be put in place of, or too few fresh ones.
    """
    if comparison.generated is None:
        raise BadInput("fresh samples stand in for generated samples, but there are none.")
    columns = shared_columns(inputs.get(name) for name in OF_ONE_KIND)
    like = Table.of(comparison.generated, columns)
    fresh = as_samples(fresh, name="fresh", like=like)
    check_sizes({"fresh": fresh})
    n = len(comparison.generated)
    if len(fresh) < n:
        raise BadInput(f"fresh must hold as many samples as generated, {n}, not {len(fresh)}.")
    symbols = comparison.reference.symbols
    if symbols is not None:
        fresh = closed(fresh, symbols, name="fresh")
    return of_samples(comparison, fresh[:n])


def of_samples(comparison: Comparison, samples: Array) -> Comparison:
    """Return the comparison of other samples (n, ...) with the same real ones.

    What is known of those is found once for all. What else a model says is left out. Rows of
    symbols are closed, as `sequences` leaves them.
    """
    real = comparison.reference
    samples = read_only(np.asarray(samples, dtype=np.float64))
    held = {"test": real.test, "train": real.train, "generated": samples}
    return Comparison(
        reference=real,
        generated=samples,
        generated_points=points_of(held, real.symbols).get("generated_points"),
        seed=comparison.seed,
    )


def _alike(
    check: Callable[..., Array], names: Iterable[str], found: dict[str, Any]
) -> dict[str, Any]:
    """Check the arrays that are given, each to be like the first of them.

    Columns are put in the order of the first that has names.
    """
    names = [name for name in names if name in found]
    columns = shared_columns(found[name] for name in names)
    checked: dict[str, Any] = {}
    like: Array | None = None
    for name in names:
        checked[name] = check(found[name], name=name, like=like)
        like = Table.of(checked[names[0]], columns)
    return checked


def _length(name: str, checked: dict[str, Any]) -> int | None:
    samples, table = checked.get(name), checked.get(f"{name}_probabilities")
    if samples is not None and table is not None and len(samples) != len(table):
        raise BadInput(
            f"{name}_probabilities has {len(table)} rows, but there are {len(samples)} {name} "
            "samples."
        )
    first = samples if samples is not None else table
    return None if first is None else len(first)


def _labels(name: str, found: dict[str, Any], n: int | None, checked: dict[str, Any]) -> Labels:
    if n is None:
        raise BadInput(f"{name}_labels need the samples or probabilities they belong to.")
    labels = as_labels(found[f"{name}_labels"], name=f"{name}_labels", n=n)
    n_classes = _n_classes(checked)
    if n_classes is not None and labels.max() >= n_classes:
        raise BadInput(f"{name}_labels holds {labels.max()}, but there are {n_classes} classes.")
    return labels


def _n_classes(checked: dict[str, Any]) -> int | None:
    tables = (checked.get(f"{name}_probabilities") for name in SETS)
    return next((table.shape[1] for table in tables if table is not None), None)


def _of_each_sample(
    found: dict[str, Any], checked: dict[str, Any], n: dict[str, int | None]
) -> dict[str, Any]:
    """Arrays with a row, or a number, for every sample of a set."""
    rows: dict[str, Any] = {}
    n = dict(n)
    for name, check in PER_SAMPLE.items():
        if name not in found:
            continue
        part = name.partition("_")[0]
        values = checked[name] if name in checked else check(found[name], name=name)
        if n[part] is not None and len(values) != n[part]:
            raise BadInput(
                f"{name} has {len(values)} rows, but there are {n[part]} {part} samples."
            )
        rows[name] = values
        n[part] = len(values)
    if "test_score" in rows and "test" in checked:
        d = int(np.prod(checked["test"].shape[1:]))
        if rows["test_score"].shape[1:] != (d,):
            raise BadInput(
                f"test_score must have shape ({n['test']}, {d}), not {rows['test_score'].shape}."
            )
    ends = [len(checked[name]) for name in ("path_starts", "path_ends") if name in checked]
    if len(ends) == 2 and ends[0] != ends[1]:
        raise BadInput(f"path_starts has {ends[0]} samples, but path_ends has {ends[1]}.")
    if "token_log_prob" in found:
        rows["token_log_prob"] = as_numbers(found["token_log_prob"], name="token_log_prob")
        above = int((rows["token_log_prob"] > ROUNDING).sum())
        if above:
            raise BadInput(
                f"token_log_prob: {above} of {len(rows['token_log_prob'])} tokens have "
                "probabilities above one."
            )
    return rows


def _as_factors(values: Any, *, name: str) -> Array:
    factors = as_samples(values, name=name)
    if (factors != np.rint(factors)).any():
        raise BadInput(f"{name} must be whole numbers, one for each level of a factor.")
    return factors


def check_sizes(checked: dict[str, Any]) -> None:
    """See that no array holds numbers so large that sums of their powers are none.

    Raises:
        BadInput: one does; it is named.
    """
    for name, values in checked.items():
        least, most = ends(values)
        if least == -np.inf:  # as a log-density may be
            least = values.min(initial=0, where=values > -np.inf)
        if max(most, -least) > LARGEST:
            raise BadInput(f"{name} holds numbers beyond {LARGEST:g}: scale it.")


def _prior(checked: dict[str, Any]) -> Array | None:
    """Return the law of the classes: the training set's if it is known, else the test set's."""
    for name in ("train", "test"):
        if f"{name}_probabilities" in checked:
            return np.asarray(checked[f"{name}_probabilities"].mean(axis=0))
    n_classes = _n_classes(checked)
    for name in ("train", "test"):
        labels = checked.get(f"{name}_labels")
        if labels is not None and n_classes is not None:
            return np.asarray(np.bincount(labels, minlength=n_classes) / len(labels))
    return None


PER_SAMPLE: dict[str, Callable[..., Array]] = {
    "test_factors": _as_factors,
    "generated_quality": as_numbers,
    "test_log_prob": as_numbers,
    "train_log_prob": as_numbers,
    "test_score": as_samples,
    "test_log_weights": as_samples,
    "test_codes": as_samples,
    "generated_latents": as_samples,
    "test_reconstruction": as_samples,
}
OF_REFERENCE = {field.name for field in fields(Reference) if field.init} - {"prior", "k"}
OF_COMPARISON = {field.name for field in fields(Comparison) if field.init} - {"reference", "seed"}
NAMES = sorted(
    (OF_REFERENCE | OF_COMPARISON | {"train_probabilities"})
    - {"test_points", "train_points", "generated_points"}
)
OF_A_MODEL = OF_COMPARISON - {"generated_labels", "generated_points"}
