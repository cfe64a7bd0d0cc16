"""Scores of class probabilities: identities, closed forms and pairs written out."""

import numpy as np
import pytest
from scipy.stats import entropy

from genbench.evidence import Comparison, Probabilities, Reference
from genbench.ground.errors import Unavailable
from genbench.metrics import inception_scores
from genbench.metrics.inception_scores import (
    am_score,
    inception_score,
    mode_score,
    modified_inception_score,
    real_inception_score,
    real_modified_inception_score,
)

K = 5
WITH_IDEAL = [metric for metric in inception_scores.METRICS if metric.ideal is not None]


def probabilities(rows, *, labels=None, prior=None, test=None):
    rows = np.asarray(rows, dtype=float)
    labels = rows.argmax(axis=1) if labels is None else np.asarray(labels)
    test_labels = None if test is None else test.argmax(axis=1)
    return Probabilities(rows, labels, prior, test, test_labels)


def random_rows(seed=1, n=30):
    return np.random.default_rng(seed).dirichlet(np.full(K, 0.7), size=n)


def kl(p, q):
    return entropy(p, q)


def test_inception_score_is_written_out():
    rows = random_rows()

    found = inception_score(probabilities(rows))

    assert found == pytest.approx(np.exp(np.mean([kl(row, rows.mean(axis=0)) for row in rows])))


def test_inception_score_of_sure_and_even_predictions_is_the_number_of_classes():
    assert inception_score(probabilities(np.tile(np.eye(K), (4, 1)))) == pytest.approx(K)


def test_inception_score_of_equal_predictions_is_one():
    assert inception_score(probabilities(np.tile(random_rows(n=1), (9, 1)))) == pytest.approx(1)


def test_inception_score_of_nearly_sure_predictions_has_a_closed_form():
    doubt = 0.1
    rows = np.where(np.eye(K) == 1, 1 - doubt, doubt / (K - 1))

    found = np.log(inception_score(probabilities(rows)))

    binary = entropy([doubt, 1 - doubt])
    assert found == pytest.approx(np.log(K) - binary - doubt * np.log(K - 1))


def test_inception_score_of_few_samples_is_low_by_a_known_amount():
    rng, n = np.random.default_rng(2), 200

    logs = [
        np.log(inception_score(probabilities(np.eye(K)[rng.integers(K, size=n)])))
        for _ in range(500)
    ]

    # ln K - (K - 1) / 2n, to the next order: (K^2 - 1) / 12 n^2.
    error = np.std(logs) / np.sqrt(len(logs))
    assert np.mean(logs) == pytest.approx(
        np.log(K) - (K - 1) / (2 * n), abs=4 * error + K**2 / (12 * n**2)
    )


def test_ches_mode_score_is_the_inception_score_whatever_the_prior():
    rows, prior = random_rows(), random_rows(seed=3, n=1)[0]

    ches = np.exp(np.mean([kl(row, prior) for row in rows]) - kl(rows.mean(axis=0), prior))

    assert ches == pytest.approx(inception_score(probabilities(rows)))


def test_xus_mode_score_is_written_out():
    rows, prior = random_rows(), random_rows(seed=3, n=1)[0]
    marginal = rows.mean(axis=0)

    found = mode_score(probabilities(rows, prior=prior))

    spread = np.mean([kl(row, marginal) for row in rows])
    assert found == pytest.approx(np.exp(spread - kl(marginal, prior)))


def test_mode_score_of_sure_predictions_in_the_real_shares_is_the_number_of_even_classes():
    prior = np.array([0.5, 0.25, 0.25])
    rows = np.eye(3)[[0, 0, 1, 2]]

    assert mode_score(probabilities(rows, prior=prior)) == pytest.approx(np.exp(entropy(prior)))


def test_mode_score_is_zero_where_a_class_does_not_exist():
    found = mode_score(probabilities(np.eye(2), prior=np.array([1.0, 0.0])))

    assert found == 0


def test_am_score_is_written_out():
    rows, prior = random_rows(), random_rows(seed=3, n=1)[0]

    found = am_score(probabilities(rows, prior=prior))

    unsure = np.mean([entropy(row) for row in rows])
    assert found == pytest.approx(kl(prior, rows.mean(axis=0)) + unsure)


def test_am_score_of_sure_and_matched_predictions_is_zero():
    assert am_score(probabilities(np.eye(K), prior=np.full(K, 1 / K))) == pytest.approx(0)


def test_am_score_of_few_sure_samples_is_high_by_a_known_amount():
    rng, n, even = np.random.default_rng(5), 200, np.full(K, 1 / K)

    draws = [
        am_score(probabilities(np.eye(K)[rng.integers(K, size=n)], prior=even)) for _ in range(600)
    ]

    # (K - 1) / 2n, to the next order: less than K^2 / 2n^2.
    error = np.std(draws) / np.sqrt(len(draws))
    assert np.mean(draws) == pytest.approx((K - 1) / (2 * n), abs=4 * error + K**2 / (2 * n**2))


def test_am_score_of_predictions_that_say_nothing_is_the_logarithm_of_the_classes():
    even = np.full(K, 1 / K)

    assert am_score(probabilities(np.tile(even, (7, 1)), prior=even)) == pytest.approx(np.log(K))


def test_am_score_of_a_class_that_never_comes_is_infinite():
    assert am_score(probabilities(np.eye(K)[:-1], prior=np.full(K, 1 / K))) == np.inf


def test_am_score_and_inception_score_agree_where_classes_are_even():
    rows, even = random_rows(), np.full(K, 1 / K)
    marginal = rows.mean(axis=0)

    found = am_score(probabilities(rows, prior=even))

    score = inception_score(probabilities(rows))
    assert found == pytest.approx(-np.log(score) + entropy(marginal) + kl(even, marginal))


def test_modified_inception_score_goes_over_pairs_of_different_samples_of_one_class():
    rows = random_rows(n=12)
    labels = np.array([0] * 7 + [3] * 4 + [4])  # the last class has no pair

    found = modified_inception_score(probabilities(rows, labels=labels))

    def of(members):
        pairs = [kl(p, q) for i, p in enumerate(members) for j, q in enumerate(members) if i != j]
        return np.exp(np.mean(pairs))

    assert found == pytest.approx((7 * of(rows[:7]) + 4 * of(rows[7:11])) / 11)


def test_modified_inception_score_of_equal_predictions_is_one():
    rows = np.tile(random_rows(n=1), (9, 1))

    assert modified_inception_score(probabilities(rows)) == pytest.approx(1)


def test_modified_inception_score_of_two_kinds_of_prediction_has_a_closed_form():
    p, q = np.array([0.6, 0.3, 0.1]), np.array([0.5, 0.1, 0.4])
    n = 10

    found = modified_inception_score(probabilities(np.repeat([p, q], n // 2, axis=0)))

    assert found == pytest.approx(np.exp((kl(p, q) + kl(q, p)) / 4 * n / (n - 1)))


def test_modified_inception_score_of_one_class_is_above_the_inception_score_by_a_divergence():
    rows, n = random_rows(n=20), 20
    marginal = rows.mean(axis=0)

    found = modified_inception_score(probabilities(rows, labels=np.zeros(n)))

    score = inception_score(probabilities(rows))
    over_all_pairs = np.log(score) + np.mean([kl(marginal, row) for row in rows])
    assert np.log(found) == pytest.approx(over_all_pairs * n / (n - 1))
    assert found > score


def test_modified_inception_score_of_few_samples_is_right_on_average():
    rng, n = np.random.default_rng(6), 8
    kinds = np.array([[0.6, 0.3, 0.1], [0.5, 0.1, 0.4]])

    logs = [
        np.log(modified_inception_score(probabilities(kinds[rng.integers(2, size=n)])))
        for _ in range(1000)
    ]

    # Were samples paired with themselves, an eighth of it would be missing.
    expected = (kl(*kinds) + kl(*kinds[::-1])) / 4
    error = np.std(logs) / np.sqrt(len(logs))
    assert np.mean(logs) == pytest.approx(expected, abs=4 * error)
    assert 4 * error < expected / 8


def test_modified_inception_score_stays_finite_at_exact_zeros():
    rows = np.array([[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.9, 0.0, 0.1]])

    found = modified_inception_score(probabilities(rows))

    assert 1 < found < np.inf


def test_modified_inception_score_needs_two_samples_of_a_class():
    with pytest.raises(Unavailable, match="no class has two samples"):
        modified_inception_score(probabilities(np.eye(K)))


@pytest.mark.parametrize("metric", [mode_score, am_score])
def test_without_real_shares_there_is_no_comparison_with_them(metric):
    with pytest.raises(Unavailable, match="law of the classes"):
        metric(probabilities(np.eye(K)))


def test_uninformed_levels_are_what_uniform_predictions_get():
    prior = random_rows(seed=3, n=1)[0]
    uniform = probabilities(np.full((8, K), 1 / K), prior=prior)

    found = {metric.name: metric for metric in inception_scores.METRICS}

    assert found["inception_score"].chance == pytest.approx(inception_score(uniform))
    assert found["modified_inception_score"].chance == pytest.approx(
        modified_inception_score(uniform)
    )
    assert found["mode_score"].chance(uniform) == pytest.approx(mode_score(uniform))
    assert found["am_score"].chance(uniform) == pytest.approx(am_score(uniform))


def test_ideal_levels_are_what_the_test_samples_get():
    test = random_rows(seed=4)
    as_if_generated = probabilities(test, prior=test.mean(axis=0))
    other = probabilities(random_rows(), prior=test.mean(axis=0), test=test)

    for metric in WITH_IDEAL:
        assert metric.ideal(other) == pytest.approx(metric.compute(as_if_generated))


def test_ideal_of_the_modified_score_is_in_true_classes_where_those_are_given():
    """Real samples that are taken for another class stand out among their own."""
    rows, classes = random_rows(seed=5), np.arange(30) % K
    real = Reference(test_probabilities=rows, test_labels=classes)
    known = {"reference": real, "generated_probabilities": rows}

    by_truth = Probabilities.of(Comparison(**known, generated_labels=classes))
    by_guess = Probabilities.of(Comparison(**known))

    ideal = real_modified_inception_score
    assert ideal(by_truth) == pytest.approx(modified_inception_score(by_truth))
    assert ideal(by_guess) == pytest.approx(modified_inception_score(by_guess))
    assert ideal(by_truth) > 1.1 * ideal(by_guess)
    unknown = Comparison(**known | {"reference": Reference(test_probabilities=rows)},
                         generated_labels=classes)  # fmt: skip
    assert ideal(Probabilities.of(unknown)) is None


def test_without_test_samples_no_level_is_ideal():
    for metric in WITH_IDEAL:
        assert metric.ideal(probabilities(random_rows())) is None


def test_ideals_are_read_from_the_test_samples_and_scores_from_the_generated_ones():
    test, generated = random_rows(seed=6), random_rows(seed=7)
    real = Reference(test_probabilities=test)

    found = Probabilities.of(Comparison(reference=real, generated_probabilities=generated))

    assert inception_score(found) == pytest.approx(inception_score(probabilities(generated)))
    assert real_inception_score(found) == pytest.approx(inception_score(probabilities(test)))


def test_modified_inception_score_of_two_samples_is_that_of_their_two_orders():
    one, other = rows = random_rows(n=2)

    found = modified_inception_score(probabilities(rows, labels=[3, 3]))

    assert found == pytest.approx(np.exp((kl(one, other) + kl(other, one)) / 2))


def test_ideals_are_in_the_real_shares_even_if_the_test_samples_are_not():
    test, prior = random_rows(seed=8), random_rows(seed=9, n=1)[0]
    as_if_generated = probabilities(test, prior=prior)
    other = probabilities(random_rows(), prior=prior, test=test)

    for metric in WITH_IDEAL:
        assert metric.ideal(other) == pytest.approx(metric.compute(as_if_generated))
