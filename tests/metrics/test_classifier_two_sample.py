"""The classifier two-sample test: exact p-values, honest halves, known accuracies."""

import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom, norm

from genbench.errors import Unavailable
from genbench.evidence import ClassifierTest, classifier_test
from genbench.metrics.classifier_two_sample import (
    accuracy_error,
    classifier_two_sample_p_value,
    classifier_two_sample_test,
)


def judged(test, generated, seed=0):
    return ClassifierTest.measure(test, generated, rng=np.random.default_rng(seed))


def test_accuracy_counts_right_calls_of_both_kinds():
    found = ClassifierTest(n=10, real_called_real=8, generated_called_real=3)

    assert classifier_two_sample_test(found) == (8 + 7) / 20
    assert accuracy_error(found) == pytest.approx(np.sqrt(0.75 * 0.25 / 20))


@pytest.mark.parametrize("calls", [(8, 3), (5, 5), (0, 10), (10, 0), (10, 10), (2, 7), (0, 0)])
def test_p_value_is_fishers_one_sided(calls):
    n = 10
    real, generated = calls

    found = classifier_two_sample_p_value(ClassifierTest(n, real, generated))

    table = [[real, n - real], [generated, n - generated]]
    assert found == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-9)


def test_p_value_is_no_smaller_than_it_says():
    n, called_real = 12, 9
    calls = np.arange(called_real + 1)
    chances = hypergeom.pmf(calls, 2 * n, n, called_real)

    p_values = np.array(
        [classifier_two_sample_p_value(ClassifierTest(n, c, called_real - c)) for c in calls]
    )

    for level in p_values:
        assert chances[p_values <= level].sum() <= level * (1 + 1e-9)


def test_halves_are_balanced_and_no_point_is_in_both(monkeypatch):
    test, generated = np.arange(31.0)[:, None], -1 - np.arange(50.0)[:, None]
    seen = {}

    class Oracle:
        def predict(self, points):
            seen["held out"] = points[:, 0]
            return (points[:, 0] >= 0).astype(int)

    def network(random_state, points, is_real):
        seen["learned"], seen["is_real"] = points[:, 0], is_real
        return Oracle()

    monkeypatch.setattr(classifier_test, "_network", network)
    found = judged(test, generated)

    assert (found.n, found.real_called_real, found.generated_called_real) == (15, 15, 0)
    assert ((seen["learned"] >= 0) == seen["is_real"]).all()
    assert [(seen[half] >= 0).sum() for half in ("learned", "held out")] == [15, 15]
    assert [len(seen[half]) for half in ("learned", "held out")] == [30, 30]
    assert not set(seen["learned"]) & set(seen["held out"])


def test_accuracy_on_shifted_gaussians_is_that_of_the_best_rule():
    rng, shift = np.random.default_rng(1), 1.5
    test, generated = rng.normal(size=(2, 1000, 2))
    generated[:, 0] += shift

    found = judged(test, generated)

    best = norm.cdf(shift / 2)
    error = np.sqrt(best * (1 - best) / 1000)
    assert best - 0.05 - 4 * error < classifier_two_sample_test(found) < best + 4 * error
    assert classifier_two_sample_p_value(found) < 1e-20


def test_accuracy_averages_one_half_on_equal_distributions():
    rng = np.random.default_rng(2)

    found = [judged(*rng.normal(size=(2, 30, 2)), seed) for seed in range(24)]

    accuracies = [classifier_two_sample_test(one) for one in found]
    p_values = [classifier_two_sample_p_value(one) for one in found]
    error = np.std(accuracies, ddof=1) / np.sqrt(24)
    assert np.mean(accuracies) == pytest.approx(0.5, abs=4 * error)
    assert np.mean(np.array(p_values) <= 0.05) <= 0.05 + 4 * np.sqrt(0.05 * 0.95 / 24)


def test_too_few_points_are_counted_in_the_reason():
    with pytest.raises(Unavailable, match="needs 20 points of each set; there are 19"):
        judged(np.zeros((19, 2)), np.zeros((40, 2)))
