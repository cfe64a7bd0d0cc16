"""On every data set of sequences: copies count only against copying, noise counts everywhere."""

import math

import numpy as np
import pytest

from genbench.datasets import load
from genbench.metrics import CATALOG
from genbench.scoring.dataset import score_samples

pytestmark = pytest.mark.long

OF_SYMBOLS = ["english", "english_pairs", "markov", "grammar"]
WITHIN = 4  # standard errors of a difference


def metrics_of(name):
    needed = "series" if load(name).series else "symbols"
    return [
        metric
        for metric in CATALOG.values()
        if needed in metric.inputs and "test_log_prob" not in metric.inputs
    ]


def scored(name, samples):
    return score_samples(load(name), samples, metrics=[one.name for one in metrics_of(name)])


@pytest.fixture(scope="module")
def real():
    known = {}

    def of(name):
        if name not in known:
            known[name] = scored(name, load(name).fresh)
        return known[name]

    return of


@pytest.mark.parametrize("name", [*OF_SYMBOLS, "ar_process"])
def test_copies_are_as_good_as_real_rows_to_all_that_do_not_look_for_copies(name, real):
    data = load(name)
    rng = np.random.default_rng(1)
    copies = scored(name, rng.permutation(data.train)[: len(data.fresh)])  # each at most once

    compared, apart = 0, {}
    for metric in metrics_of(name):
        one, other = real(name)[metric.name], copies[metric.name]
        if "copying" in metric.catches or one.status == "skipped":
            continue
        compared += 1
        if metric.p_value is metric.compute:
            assert min(one.value, other.value) > 1e-3
            continue
        error = WITHIN * math.hypot(one.standard_error, other.standard_error)
        if abs(one.value - other.value) > error:
            apart[metric.name] = (one.value, other.value, error)

    assert compared >= 4
    assert not apart


@pytest.mark.parametrize("name", OF_SYMBOLS)
def test_copies_are_seen_by_all_that_look_for_them(name, real):
    data = load(name)
    copies = scored(name, data.train[: len(data.fresh)])

    assert copies["verbatim_share"].value == 1
    assert copies["novel_ngrams"].value == 0
    assert copies["copied_span"].p_value < 1e-6 < real(name)["copied_span"].p_value


@pytest.mark.parametrize("name", [*OF_SYMBOLS, "ar_process"])
def test_noise_is_worse_than_real_rows(name, real):
    data = load(name)
    rng = np.random.default_rng(2)
    noise = scored(
        name,
        data.train.std() * rng.normal(size=data.fresh.shape)
        if data.symbols is None
        else rng.integers(data.symbols.count, size=data.fresh.shape),
    )

    for metric in metrics_of(name):
        one, other = real(name)[metric.name], noise[metric.name]
        if "noise" not in metric.catches or one.status == "skipped":
            continue
        if metric.name == "grammatical_share" and name == "markov":
            assert other.value == 1  # any row is possible
            continue
        target = one.value if one.ideal is None else one.ideal
        loss, of_real = (metric.loss(score.value, real=target) for score in (other, one))
        assert loss > of_real, metric.name


@pytest.mark.parametrize("name", ["markov", "grammar"])
def test_noise_takes_far_more_bits_than_the_truth_or_is_impossible(name):
    data = load(name)
    rng = np.random.default_rng(3)
    noise = rng.integers(data.symbols.count, size=data.fresh.shape)

    found = scored(name, noise)["surprisal_gap"]

    assert "are impossible" in found.reason if name == "grammar" else found.value > 2


def test_english_has_the_numbers_that_docstrings_quote(real):
    found = real("english")

    assert found["judged_bits"].value == pytest.approx(2.07, abs=0.01)
    assert found["ngram_divergence"].value == pytest.approx(0.078, abs=0.001)
    assert found["repetition"].value == pytest.approx(0.13, abs=0.01)
    assert found["self_similarity"].value == pytest.approx(0.89, abs=0.01)
    assert found["novel_ngrams"].value == pytest.approx(0.38, abs=0.01)
    assert found["copied_span"].value == pytest.approx(28, abs=0.5)
