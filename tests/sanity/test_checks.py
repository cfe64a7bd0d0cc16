"""The checks themselves: known values hold, and the table shows what it should."""

import numpy as np
import pytest

from genbench.evidence import data_copying
from genbench.ground.arrays import Array
from genbench.metrics import CATALOG as METRICS
from genbench.metrics import find
from genbench.sanity.cell import compare
from genbench.sanity.check import Desideratum
from genbench.sanity.checks import CATALOG
from genbench.sanity.checks.memory import LIKELIEST, blurred_training_samples, moons
from genbench.sanity.checks.pictures import surest_noise
from genbench.sanity.digits import digits, probabilities_of
from genbench.sanity.expectations import Equals
from genbench.sanity.mutants import MUTANTS
from genbench.sanity.worlds import MIXTURE, mixture

pytestmark = pytest.mark.long  # minutes, all together

NOVELTY = {"authenticity", "bayesian_surprise", "data_copying", "memorization_distance",
           "memorization_informed_frechet_distance", "feature_likelihood_divergence",
           "interpolated_share"}  # fmt: skip
QUALITY = ("fid", "mmd", "precision", "recall", "density", "coverage")
KNOWN = [check for check in CATALOG.values() if isinstance(check.expects, Equals)]


@pytest.mark.parametrize("check", CATALOG.values(), ids=CATALOG)
def test_every_check_is_whole(check):
    assert check.asks.endswith("?") or check.asks.endswith(".)")
    assert len(set(check.levels)) == len(check.levels)
    assert check.desideratum in Desideratum
    assert set(check.only or ()) <= set(METRICS)
    assert (check.make is None) != (check.measures is None) or check.of_all


@pytest.mark.parametrize("check", KNOWN, ids=lambda check: check.name)
def test_known_values_hold(check, verdicts):
    names = list(check.expects.truths)

    assert verdicts(check.name, names) == dict.fromkeys(names, "+")


@pytest.mark.parametrize(
    ("mutant", "check"),
    [
        ("frechet_distance__no_root", "frechet_null"),
        ("frechet_distance__unsquared_mean", "moved_copy"),
        ("kernel_distance__biased", "unbiased"),
        ("energy_distance__cross_term_once", "unbiased"),
        ("density__not_by_k", "overlap_null"),
        ("coverage__self_as_neighbour", "overlap_null"),
        ("neighbour_two_sample_accuracy__itself", "neighbour_null"),
        ("birthday_support__pairs_twice", "birthday_support"),
        ("vendi_score__in_bits", "mode_count"),
        ("precision__recall", "noise"),
        ("recall__precision", "truncation"),
    ],
)
def test_a_broken_metric_fails_where_the_sound_one_passes(mutant, check, verdicts):
    sound = mutant.partition("__")[0]

    assert verdicts(check, [sound, MUTANTS[mutant]]) == {sound: "+", mutant: "-"}


@pytest.mark.parametrize(
    ("mutant", "check"),
    [
        ("wasserstein_distance__ideal_of_zero", "real_against_real"),
        ("mutual_information_gap__chance_of_zero", "random_codes"),
    ],
)
def test_a_wrong_declaration_is_refuted(mutant, check, verdicts):
    assert verdicts(check, [MUTANTS[mutant]], seeds=3) == {mutant: "-"}


@pytest.mark.parametrize(
    "check", ["real_against_real", "real_against_real_pictures", "random_codes"]
)
def test_no_metric_declares_what_is_refuted(check, verdicts):
    quick = set(METRICS) - {"critic_distance", "geometry_score"}

    found = verdicts(check, sorted(quick), seeds=3)

    assert {name for name, verdict in found.items() if verdict == "-"} == set()


def test_inception_and_mode_score_reward_collapse_within_modes(verdicts):
    found = verdicts("collapse_within_modes", ["is", "ms", "recall", "coverage", "fid"])

    assert found == {
        "inception_score": "-",
        "mode_score": "-",
        "recall": "+",
        "coverage": "+",
        "frechet_distance": "+",
    }


def test_measures_of_quality_reward_memory_and_those_that_count_copies_do_not(verdicts):
    of_each_sample = ("authenticity", "bayesian_surprise", "memorization_distance")

    quality, novelty = (
        verdicts("memory_of_poor_model", names, seeds=10) for names in (QUALITY, of_each_sample)
    )

    assert set(quality.values()) == {"-"}
    assert set(novelty.values()) == {"+"}


def test_recall_does_not_tell_copies_from_a_wide_gaussian(verdicts):
    quality, novelty = (
        verdicts("memory_gan", names, seeds=10) for names in (QUALITY, sorted(NOVELTY))
    )

    assert quality.pop("recall") == "·"
    assert set(quality.values()) == {"-"}
    assert set(novelty.values()) == {"+"}


def test_only_measures_of_novelty_see_copies_of_a_perfect_model(verdicts):
    quick = set(METRICS) - {"critic_distance", "geometry_score", "classifier_two_sample_test",
                            "classifier_two_sample_p_value"}  # fmt: skip

    found = verdicts("copying", sorted(quick), seeds=3)

    assert {name for name, verdict in found.items() if verdict == "+"} == NOVELTY


@pytest.mark.parametrize("seed", range(2))
def test_ten_pictures_of_noise_beat_real_digits_on_inception_score(seed):
    rng = np.random.default_rng(seed)
    real, junk = digits(rng).test, surest_noise(rng)

    score = find("is")
    scores = [_inception_score(score, pictures) for pictures in (real, junk)]

    assert junk.shape == (10, 64)
    assert len(np.unique(real, axis=0)) > 10
    assert scores[1] > scores[0]


def _inception_score(metric, pictures: Array) -> float:
    from genbench import score

    probabilities = probabilities_of(pictures)
    return score(metrics=[metric.name], generated_probabilities=probabilities)[metric.name].value


def test_data_copying_is_zero_near_the_likeliest_bandwidth_and_steep_on_either_side():
    widths = LIKELIEST * np.array([0.01, 1 / 1.6, 1.0, 1.6, 100])

    values = np.mean([[_copying(width, seed) for width in widths] for seed in range(4)], axis=0)

    assert (np.diff(values) > 0).all()
    assert values[1] < 0 < values[3]


def test_kernels_narrower_and_wider_than_the_likeliest_are_both_worse(verdicts):
    novelty = ["c_t", "authenticity"]

    for check in ("narrow_kernels", "wide_kernels"):
        assert set(verdicts(check, novelty).values()) == {"+"}
    narrow, wide = (compare(CATALOG[name], 0, 100.0) for name in ("narrow_kernels", "wide_kernels"))
    assert value("c_t", narrow) < -10
    assert value("c_t", wide) > 10


def test_copies_alone_are_as_far_below_as_ranks_can_be():
    inputs = _moons(1e-9, seed=0)
    found = compare_of(inputs).get(find("c_t").needs.of)

    counts = np.array([(len(inputs["generated"]) * n / found.n_test.sum(), n) for n in
                       found.n_test])  # fmt: skip
    m, n = counts.T
    lowest = -np.sqrt(3 * n * m / (n + m + 1))  # every copy nearer than every test sample
    assert find("c_t").compute(found) == pytest.approx(np.average(lowest, weights=n), rel=0.03)


def test_data_copying_follows_the_published_curve(monkeypatch):
    """Figure 3 of Meehan et al.: 2,000 moons, 1,000 to test, 1,000 by kernels, five cells.

    Their statistic is about -17.3 for copies and 16.2 for noise, and zero near the bandwidth that
    is likeliest, .1, whence our check takes it.
    """
    monkeypatch.setattr(data_copying, "N_CELLS", 5)
    widths = np.array([1e-3, 1e-2, LIKELIEST / 1.6, LIKELIEST * 1.6, 1.0, 10.0])

    curves = np.array([[_published(width, seed) for width in widths] for seed in range(3)])

    copies, *_, noise = curves.mean(axis=0)
    assert copies == pytest.approx(-17.3, abs=0.6)
    assert noise == pytest.approx(16.2, abs=0.6)
    assert (np.diff(curves, axis=1) > 0).all()
    assert (curves[:, 2] < 0).all()
    assert (curves[:, 3] > 0).all()


def _published(width, seed):
    rng = np.random.default_rng(seed)
    train, test = moons(2000, rng), moons(1000, rng)
    generated = train[rng.integers(2000, size=1000)] + width * rng.normal(size=(1000, 2))
    return value("c_t", compare_of({"test": test, "train": train, "generated": generated}))


def _copying(width, seed):
    return value("c_t", compare_of(_moons(width, seed)))


def value(name, comparison):
    metric = find(name)
    return metric.compute(comparison.get(metric.needs.of))


def _moons(width, seed):
    real, model = (np.random.default_rng([seed, part]) for part in (0, 1))
    return blurred_training_samples(real, model, width)


def compare_of(inputs):
    from genbench.scoring.inputs import comparison_of

    return comparison_of(**inputs)


@pytest.mark.parametrize(
    "name",
    [
        "noise",
        "shift",
        "collapse",
        "mode_drop",
        "mode_drop_simultaneous",
        "collapse_within_modes",
        "truncation",
        "copying",
    ],
)
def test_the_first_level_is_without_fault(name):
    """Samples of the model are then of the mixture: their mean log-density is its entropy's."""
    check = CATALOG[name]
    densities = np.concatenate(
        [MIXTURE.log_prob(compare(check, seed, check.levels[0]).generated) for seed in range(5)]
    )
    truth = MIXTURE.log_prob(MIXTURE.sample(20_000, rng=np.random.default_rng(1))[0])

    error = densities.std() / np.sqrt(len(densities))
    assert abs(densities.mean() - truth.mean()) < 3.5 * error


def test_collapse_leaves_one_sample_of_each_mode():
    collapsed = compare(CATALOG["collapse_within_modes"], 0, 6.0).generated

    assert len(np.unique(collapsed, axis=0)) == 6


def test_copies_are_training_samples():
    comparison = compare(CATALOG["copying"], 0, 1.0)

    assert set(map(tuple, comparison.generated)) == set(map(tuple, comparison.reference.train))


def test_moments_match_exactly_but_the_middle_is_avoided():
    inputs = CATALOG["matched_moments"].make(*np.random.default_rng(0).spawn(2), 0.95)

    many = np.concatenate(
        [
            CATALOG["matched_moments"].make(*np.random.default_rng(seed).spawn(2), 0.95)[
                "generated"
            ]
            for seed in range(40)
        ]
    )
    assert np.allclose(many.mean(axis=0), 0, atol=0.05)
    assert np.allclose(np.cov(many.T), np.eye(4), atol=0.06)
    assert (np.abs(inputs["generated"]) < 0.3).mean() < 0.05


def test_seeds_draw_other_worlds():
    one, other = (mixture(np.random.default_rng(seed)).test for seed in (0, 1))

    assert (one != other).all()
