"""Calibration of standard errors: laws, ratios with their intervals, what is kept and shipped."""

import csv
import json
from importlib import resources

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import multivariate_normal

from genbench.cli.main import main
from genbench.metrics import CATALOG
from genbench.report.behaviour import published_calibration
from genbench.sanity.calibration import redraws, samples
from genbench.sanity.calibration.laws import LAWS
from genbench.sanity.calibration.samples import CASES, redraw
from genbench.sanity.calibration.table import GOOD, calibrated, markdown

# What they are judged by is learned, or drawn, and held fixed; `uncertainty` says so.
HELD_FIXED = {
    "tournament_win_rate",
    "skill_rating",
    "bradley_terry_strength",
    "nash_average",
    "generative_adversarial_metric",
    "latent_information",
    "self_similarity",
}


@pytest.mark.parametrize("law", LAWS)
def test_a_law_knows_its_density_and_slope(law):
    mixture, rng = LAWS[law]().model, np.random.default_rng(1)
    points, modes = mixture.sample(3000, rng=rng)

    by_hand = sum(
        weight * multivariate_normal(mean, root @ root.T).pdf(points[:5])
        for weight, mean, root in zip(mixture.weights, mixture.means, mixture.roots, strict=True)
    )
    assert np.exp(mixture.log_prob(points[:5])) == pytest.approx(by_hand)
    step = 1e-5 * np.eye(points.shape[1])
    for point, slope in zip(points[:3], mixture.slope(points[:3]), strict=True):
        numeric = (mixture.log_prob(point + step) - mixture.log_prob(point - step)) / 2e-5
        assert slope == pytest.approx(numeric, rel=1e-4, abs=1e-6)
    assert np.bincount(modes) / 3000 == pytest.approx(mixture.weights, abs=0.05)
    spread = points[modes == 0] - mixture.means[0]
    truth = mixture.roots[0] @ mixture.roots[0].T
    assert np.cov(spread.T) == pytest.approx(truth, abs=0.35 * np.trace(truth) / len(truth))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_draw_depends_on_its_seed_alone_and_has_the_sizes_of_its_case(case):
    once, again, other = redraw(case, 3), redraw(case, 3), redraw(case, 4)

    for name in ("test", "generated"):
        assert (once[name] == again[name]).all()
        assert (once[name] != other[name]).any()
    assert len(once["test"]) == case.n_test
    assert len(once["generated"]) == case.n_generated


def pairs(ratio, n, seed=0):
    values = np.random.default_rng(seed).normal(scale=3, size=n)
    return [(value, 3.0 * ratio) for value in values]


def test_the_ratio_is_error_over_spread_and_its_interval_covers_the_truth():
    covered = []
    for seed in range(200):
        (row,) = calibrated("a case", {"a metric": pairs(1.1, 80, seed)})
        covered.append(row.low <= 1.1 <= row.high)
        assert row.ratio == pytest.approx(1.1, abs=0.5)

    assert 0.87 < np.mean(covered) < 0.99


def test_what_is_surely_off_is_told_from_what_may_be():
    rows = calibrated(
        "a case", {"good": pairs(1.0, 200), "bad": pairs(2.0, 200), "unsure": pairs(1.4, 25)}
    )

    assert {row.metric: row.off for row in rows} == {"good": False, "bad": True, "unsure": False}
    assert "**" in markdown(rows, "a command")


def test_too_few_draws_or_no_spread_say_nothing():
    assert calibrated("a case", {"few": pairs(1.0, 19), "same": [(1.0, 0.5)] * 50}) == []


def test_draws_are_kept_and_only_those_of_a_changed_metric_are_made_again(tmp_path, monkeypatch):
    asked = []
    measure = redraws._measure

    def counted(case, seed, metrics):
        asked.append(sorted(metric.name for metric in metrics))
        return measure(case, seed, metrics)

    monkeypatch.setattr(samples, "CASES", CASES[:1])
    monkeypatch.setattr(redraws, "_measure", counted)
    names = ("likelihood_gap", "perplexity")

    redraws.run(names, 2, tmp_path)
    redraws.run((*names, "bits_per_byte"), 2, tmp_path)
    assert asked == [["likelihood_gap", "perplexity"]] * 2 + [["bits_per_byte"]] * 2

    path = next((tmp_path / "work").glob("*-1.json"))
    kept = json.loads(path.read_text())
    kept["made_by"]["perplexity"] = "an older version"
    path.write_text(json.dumps(kept))
    asked.clear()
    found = redraws.found(tmp_path, CASES[0], 2, [CATALOG[name] for name in names])
    assert {name: len(one) for name, one in found.items()} == {"likelihood_gap": 2, "perplexity": 1}
    redraws.run(names, 2, tmp_path)
    assert asked == [["perplexity"]]


def test_of_slow_metrics_there_are_draws_enough_to_say_anything(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "CASES", CASES[:1])
    monkeypatch.setattr(redraws, "SLOW", {"perplexity"})

    redraws.run(("perplexity",), 21, tmp_path)

    (row,) = calibrated("a case", redraws.found(tmp_path, CASES[0], 21, [CATALOG["perplexity"]]))
    assert row.draws == 20
    assert "drawn anew 20 times" in markdown([row], "a command")


def test_the_command_writes_the_table_and_refuses_what_has_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "CASES", CASES[:2])
    runner = CliRunner()
    told = runner.invoke(
        main,
        ["calibrate", "perplexity", "--draws", "40", "-j", "1", "--folder", str(tmp_path)],
    )
    assert told.exit_code == 0, told.output
    rows = list(csv.DictReader((tmp_path / "calibration.csv").read_text().splitlines()))
    assert {row["metric"] for row in rows} == {"perplexity"}
    assert all(0.5 < float(row["ratio"]) < 2 for row in rows)
    assert "genbench calibrate perplexity --draws 40" in (tmp_path / "calibration.md").read_text()

    refused = runner.invoke(main, ["calibrate", "coverage_ratio"])
    assert refused.exit_code == 2
    without = runner.invoke(main, ["calibrate", "mauve"])
    assert without.exit_code == 2
    assert "standard error" in without.output


def test_the_shipped_table_has_every_standard_error_and_none_that_is_surely_off():
    table = resources.files("genbench.leaderboards") / "metrics" / "calibration.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    off = {
        row["metric"] for row in rows if float(row["high"]) < GOOD[0] or float(row["low"]) > GOOD[1]
    }

    assert set(published_calibration()) == set(redraws.with_errors())
    assert off <= HELD_FIXED
    assert all("held fixed" in CATALOG[name].uncertainty for name in HELD_FIXED)
