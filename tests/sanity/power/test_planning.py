"""Plans: variances by size, faults as large as asked for, what cannot be planned, the command."""

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import norm

from genbench.cli.main import main
from genbench.datasets.symbols import Symbols
from genbench.ground.errors import BadInput
from genbench.metric import Metric
from genbench.metrics import find
from genbench.sanity.power.faults import Dropped, Noise, OtherSymbols, fault_of
from genbench.sanity.power.planning import amount_for, plan
from genbench.sanity.power.verdict import Variance, told_apart
from genbench.scoring.resolution import least_difference


def gaussian(n, seed=0, d=4):
    return np.random.default_rng(seed).normal(size=(n, d))


def test_the_variance_that_it_is_fitted_to_is_found():
    truth = Variance(0.02, 3.0, 40.0)
    found = Variance.fitted({n: truth(n) for n in (50, 100, 300, 1000, 4000)})

    assert [found(n) for n in (70, 500, 20_000)] == pytest.approx(
        [truth(n) for n in (70, 500, 20_000)], rel=1e-6
    )


@pytest.mark.parametrize("seeds", [1, 4])
def test_so_many_samples_have_the_wanted_variance(seeds):
    variance, of_seeds = Variance(0.01, 2.0, 30.0), 0.004
    n = variance.samples_for(0.02, seeds=seeds, of_seeds=of_seeds)

    of_mean = variance.fixed + (of_seeds + variance.first / n + variance.second / n**2) / seeds
    assert of_mean == pytest.approx(0.02)
    assert variance.samples_for(0.009) == np.inf


def test_a_difference_is_seen_as_often_as_it_says():
    rng, error = np.random.default_rng(0), 0.7
    apart = least_difference(2 * error**2, power=0.8)
    one, other = rng.normal(0, error, 20_000), rng.normal(apart, error, 20_000)
    seen = np.mean([told_apart((a, error), (b, error)) for a, b in zip(one, other, strict=True)])
    equal = np.mean([told_apart((a, error), (b, error)) for a, b in zip(one, other - apart,
                                                                        strict=True)])  # fmt: skip

    assert seen == pytest.approx(0.8, abs=0.01)
    assert equal == pytest.approx(0.05, abs=0.006)
    assert least_difference(1.0) == pytest.approx(norm.ppf(0.975) + norm.ppf(0.8))


def test_a_fault_is_as_large_as_makes_the_difference_even_where_more_makes_less():
    fault = Noise(np.ones(3))

    assert amount_for(lambda amount: amount**2, fault, 9.0) == pytest.approx(3.0, rel=0.02)
    bump = lambda amount: -np.sin(np.pi * (amount / fault.most) ** 0.25)  # noqa: E731
    assert bump(amount_for(bump, fault, 0.5)) == pytest.approx(-0.5, abs=0.02)
    with pytest.raises(BadInput, match="2 at most"):
        amount_for(lambda amount: min(amount, 2.0), fault, 3.0)


def test_faults_are_what_they_say():
    rng, points = np.random.default_rng(1), gaussian(5000) * [1, 3, 1, 1]
    noise = fault_of(find("fid"), points, None)
    assert isinstance(noise, Noise)
    assert noise(points, 2.0, rng=rng).std(axis=0) == pytest.approx(
        np.sqrt(5) * points.std(axis=0), rel=0.05
    )

    dropped = fault_of(find("recall"), points, None)
    assert isinstance(dropped, Dropped)
    kept = dropped(points, 0.3, rng=rng)
    assert len(kept) == pytest.approx(3500, abs=2)
    limit = np.sort(points[:, 1] * np.sign(dropped.axis[1]))[3500]
    assert (kept[:, 1] * np.sign(dropped.axis[1])).max() == pytest.approx(limit, abs=0.2)

    symbols = Symbols(("", "a", "b"), end=0)
    rows = np.array([[1.0, 1, 2, 0], [2, 0, 0, 0]] * 500)
    replaced = fault_of(find("ngram_divergence"), rows, symbols)
    assert isinstance(replaced, OtherSymbols)
    off = replaced(rows, 0.6, rng=rng)
    assert (off[:, 3] == 0).all()
    assert ((off == 0) == (rows == 0)).all()  # ends stay where they are
    other = (off != rows)[rows != 0].mean()
    assert other == pytest.approx(0.6 * 0.5, abs=0.05)  # half of what is drawn is the same


def test_more_samples_are_needed_for_less_and_for_more_power():
    real = gaussian(800)
    needed = {
        (difference, power): plan(find("fid"), real, difference=difference, power=power).needed[1]
        for difference, power in ((0.2, 0.8), (0.1, 0.8), (0.2, 0.95))
    }

    assert needed[0.2, 0.8] < needed[0.2, 0.95] < needed[0.1, 0.8] * 1.5
    assert needed[0.2, 0.8] * 2 < needed[0.1, 0.8]


def test_standard_errors_were_looked_at_where_they_matter():
    planned = plan(find("coverage"), gaussian(400, d=8), difference=0.2)

    assert planned.needed[1] == pytest.approx(planned.closely, rel=0.06)
    assert planned.needed[1] < planned.largest


def test_seeds_share_the_samples_and_their_own_spread_asks_for_more_of_them():
    real = gaussian(800)
    alone = plan(find("fid"), real, difference=0.2)
    scattered = plan(find("fid"), real, difference=0.2, seed_spread=0.06)

    assert alone.needed[1] > alone.needed[3] > alone.needed[5]
    assert scattered.needed[1] is None
    assert scattered.needed[5] > alone.needed[5]


def test_too_few_real_samples_are_told_and_enough_of_them_do():
    few = plan(find("fid"), gaussian(200), difference=0.04)
    assert set(few.needed.values()) == {None}
    assert few.real_needed > few.n_test

    many = plan(find("fid"), gaussian(5 * few.real_needed), difference=0.04)
    assert many.needed[1] is not None
    assert many.real_needed is None


def test_the_better_model_may_be_off_as_well():
    planned = plan(find("fid"), gaussian(800), difference=0.1, value=1.0)

    assert planned.value == 1.0
    assert 0 < planned.first_amount < planned.amount
    assert planned.needed[10] is None or planned.needed[10] > 40


@pytest.mark.parametrize(
    ("metric", "settings", "says"),
    [
        ("mauve", {"difference": 1}, "no standard error"),
        ("authenticity", {"difference": 1}, "train"),
        ("fid", {"difference": 0}, "above 0"),
        ("fid", {"difference": np.nan}, "above 0"),
        ("fid", {"difference": 1, "power": 1.0}, "below 1"),
        ("fid", {"difference": 1, "seed_spread": -1}, "from 0 up"),
        ("precision", {"difference": 1.5}, "at most"),
        ("rarity_score", {"difference": 1}, "cannot be planned with"),
    ],
)
def test_what_cannot_be_planned_is_refused(metric, settings, says):
    with pytest.raises(BadInput, match=says):
        plan(find(metric), gaussian(400), **settings)
    with pytest.raises(BadInput, match="160 real samples"):
        plan(find("fid"), gaussian(159), difference=1)


def test_every_metric_of_samples_with_an_error_has_a_fault_or_says_why():
    from genbench.metrics import CATALOG

    def without(metric: Metric) -> bool:
        try:
            fault_of(metric, gaussian(50), None)
        except BadInput:
            return True
        return False

    able = [m for m in CATALOG.values() if m.standard_error and m.inputs == ("test", "generated")]
    assert len(able) > 15
    assert [metric.name for metric in able if without(metric)] == []


def test_the_command_plans_from_a_file_and_refuses_in_one_sentence(tmp_path):
    np.save(tmp_path / "real.npy", gaussian(600))
    (tmp_path / "real.txt").write_text("ab ba\nb\nabab\n" * 100)
    runner = CliRunner()

    def run(*words):
        return runner.invoke(main, ["plan", *words])

    told = run("-m", "fid", "-d", "0.5", "--against", f"{tmp_path}/real.npy", "--simulations", "20")
    assert told.exit_code == 0, told.output
    assert "samples of each model and seed" in told.output
    assert "Simulated with" in told.output

    text = run("-m", "zipf_gap", "-d", "0.2", "--against", f"{tmp_path}/real.txt")
    assert text.exit_code == 0, text.output
    assert "of the symbols replaced" in text.output

    for words in (
        ("-m", "fid", "-d", "1", "--against", f"{tmp_path}/none.npy"),
        ("-m", "fid", "-d", "1", "--against", f"{tmp_path}/real.npy", "--sha256", "0"),
        ("-m", "zipf_gap", "-d", "1", "--against", f"{tmp_path}/real.txt", "--standardise"),
        ("-m", "fid", "-d", "0.01", "--against", f"{tmp_path}/real.npy", "--simulations", "5"),
    ):
        refused = run(*words)
        assert refused.exit_code == 2, (words, refused.output)
        assert "Traceback" not in refused.output
