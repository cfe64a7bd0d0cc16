"""The classifier two-sample test: exact p-values, honest halves, known accuracies."""

import numpy as np
import pytest
from scipy.stats import fisher_exact, hypergeom, norm

from genbench.evidence import ClassifierTest, classifier_test
from genbench.ground.errors import Unavailable
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


class LinearRule:
    """A classifier in place of the network, the best one for Gaussians of unit width."""

    def __init__(self, _, points, is_real):
        kinds = [points[is_real == kind] for kind in (0, 1)]
        self.means = [kind.mean(axis=0) for kind in kinds]
        self.logs = [np.log(len(kind)) for kind in kinds]

    def predict(self, points):
        generated, real = (
            log - ((points - mean) ** 2).sum(axis=1) / 2
            for mean, log in zip(self.means, self.logs, strict=True)
        )
        return (real > generated).astype(int)


def test_accuracy_of_a_linear_rule_on_shifted_gaussians_has_a_closed_form(monkeypatch):
    monkeypatch.setattr(classifier_test, "_network", LinearRule)
    rng, shift, n_draws = np.random.default_rng(3), 1.5, 50

    found = []
    for seed in range(n_draws):
        test, generated = rng.normal(size=(400, 2)), rng.normal([shift, 0], size=(400, 2))
        found.append(classifier_two_sample_test(judged(test, generated, seed)))

    best = norm.cdf(shift / 2)
    assert best == pytest.approx(0.7734, abs=1e-4)
    # Means of 200 points turn and shift the rule a little, which costs about a thousandth.
    error = np.sqrt(best * (1 - best) / (400 * n_draws))
    assert np.mean(found) == pytest.approx(best, abs=4 * error + 0.002)


def test_between_equal_distributions_accuracy_is_binomial_about_one_half(monkeypatch):
    monkeypatch.setattr(classifier_test, "_network", LinearRule)
    rng, n, n_draws = np.random.default_rng(4), 100, 1000

    found = [
        classifier_two_sample_test(judged(*rng.normal(size=(2, 2 * n, 2)), seed))
        for seed in range(n_draws)
    ]

    # Halves of the pool, of which one has more of either kind, would average less than one half.
    spread = np.sqrt(0.25 / (2 * n))
    assert spread == pytest.approx(0.0354, abs=1e-4)
    assert np.mean(found) == pytest.approx(0.5, abs=4 * spread / np.sqrt(n_draws))
    assert np.std(found) == pytest.approx(spread, rel=4 / np.sqrt(2 * n_draws))


def test_too_few_points_are_counted_in_the_reason():
    with pytest.raises(Unavailable, match="needs 20 points of each set; there are 19"):
        judged(np.zeros((19, 2)), np.zeros((40, 2)))


def test_as_many_points_as_the_reason_asks_for_are_enough_beside_more_of_the_others():
    rng = np.random.default_rng(6)

    few, many = rng.normal(size=(20, 2)), rng.normal(size=(30, 2))

    assert judged(few, many).n == judged(many, few).n == 10
