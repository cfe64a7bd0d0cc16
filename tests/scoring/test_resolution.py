"""What is said of too few samples: where nothing could be seen, or a number is mostly bias."""

import numpy as np
import pytest

import genbench
from genbench.metric import Score
from genbench.metrics import CATALOG
from genbench.scoring.resolution import remarks_on_size


def scored(metric, n, *, d=2, shift=0.0, fresh=True, n_test=400):
    rng = np.random.default_rng(n)
    test, generated, more = (rng.normal(size=(m, d)) for m in (n_test, n, n))
    found = genbench.score(
        test=test, generated=generated + shift, metrics=metric, fresh=more if fresh else None
    )
    return found[metric]


def said(score):
    return [one for one in score.warnings if "too few" in one or "so few" in one]


def by_hand(metric, **known):
    chosen = CATALOG[metric]
    score = Score(metric=metric, aim=chosen.aim, bounds=chosen.bounds, status="ok", **known)
    return remarks_on_size(chosen, score)


@pytest.mark.parametrize(
    ("metric", "known", "span"),
    [
        ("recall", {"real": 0.3, "chance": 0.0}, 0.3),
        ("coverage", {"ideal": 0.9, "chance": 0.0}, 0.9),
        ("classifier_two_sample_test", {"ideal": 0.5, "chance": 0.5}, 0.5),
    ],
)
def test_an_error_as_large_as_all_there_is_to_see_is_told(metric, known, span):
    error = span / (2.8016 * np.sqrt(2))  # 2.8016 = 1.96 + 0.8416, quantiles of the normal law

    (warning,) = by_hand(metric, value=0.6, standard_error=error * 1.01, **known)
    assert f"only {span:g}" in warning
    assert "genbench plan" in warning
    assert by_hand(metric, value=0.6, standard_error=error * 0.99, **known) == ()
    assert by_hand(metric, value=0.6, **known) == ()


@pytest.mark.parametrize("metric", ["fid", "mmd", "precision", "coverage", "energy"])
def test_of_a_perfect_model_and_enough_samples_nothing_is_said(metric):
    assert not said(scored(metric, 400))
    assert not said(scored(metric, 400, fresh=False))


def test_a_distance_that_is_mostly_bias_says_so():
    (warning,) = said(scored("fid", 60, d=40, shift=0.25))
    assert "perfect model" in warning
    assert not said(scored("fid", 60, d=2, shift=2.0))
