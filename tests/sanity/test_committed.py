"""The committed table: it belongs to the metrics as they are, and bears out what they declare."""

from pathlib import Path

import pandas as pd
import pytest

from genbench.metrics import CATALOG as METRICS
from genbench.sanity.checks import CATALOG as CHECKS
from genbench.sanity.mutants import MUTANTS

FOLDER = Path(__file__).parents[2] / "leaderboards" / "metrics"
TABLE = FOLDER / "checks.csv"
PLAIN = {
    "noise": ("noise", "picture_noise"),
    "shift": ("shift",),
    "collapse": ("collapse",),
    "dropped mode": ("mode_drop",),
    "copying": ("copying",),
}

# Claims that ten seeds of the plainest check do not decide; no claim is refuted.
UNDECIDED = {
    ("neighbour_two_sample_accuracy_on_generated", "noise"),
    ("statistically_different_bins", "noise"),
    ("bin_divergence", "noise"),
    ("adversarial_divergence", "noise"),
    ("mauve", "shift"),
    ("surprise_efficiency", "shift"),
    ("recall", "collapse"),
}


@pytest.fixture(scope="module")
def table():
    found = pd.read_csv(TABLE, keep_default_na=False)
    return found.set_index(["metric", "check"])


def test_it_is_of_todays_metrics_and_checks(table):
    for (name, check), row in table.iterrows():
        metric = METRICS.get(name) or MUTANTS[name]
        assert CHECKS[check].expects.claimed_by(metric) == bool(row.claimed), (name, check)
    sound = {name for name, _ in table.index} & set(METRICS)
    assert set(MUTANTS) <= {name for name, _ in table.index}
    assert len(sound) > 70


def test_what_metrics_declare_that_they_catch_is_borne_out(table):
    verdicts = {}
    for name, metric in METRICS.items():
        for failure in metric.catches:
            shown = [table.verdict.get((name, check)) for check in PLAIN[failure]]
            verdicts[name, failure] = next((one for one in shown if one), None)

    assert not [claim for claim, verdict in verdicts.items() if verdict == "-"]
    assert {claim for claim, verdict in verdicts.items() if verdict == "·"} == UNDECIDED


def test_a_claim_that_is_not_true_would_not_be(table):
    assert table.verdict["precision__claims_diversity", "mode_drop"] == "·"
    assert table.verdict["authenticity__higher_is_better", "noise"] == "-"


@pytest.mark.parametrize(
    "check",
    ["real_against_real", "real_against_real_pictures", "random_codes", "declared_bounds"],
)
def test_what_metrics_declare_of_real_samples_and_chance_is_not_refuted(table, check):
    verdicts = table.verdict.xs(check, level="check")

    refuted = {name for name, verdict in verdicts.items() if verdict == "-"}
    assert refuted <= set(MUTANTS)
    assert refuted


@pytest.mark.parametrize("mutant", MUTANTS)
def test_every_metric_that_is_broken_is_caught(table, mutant):
    sound = mutant.partition("__")[0]
    rows = table[table.claimed & (table.verdict != "+")]

    caught_by = [
        check
        for check in rows.loc[mutant].index
        if not CHECKS[check].timed
        and ((sound, check) not in table.index
             or table.verdict[sound, check] == "+" or not table.claimed[sound, check])
    ]  # fmt: skip

    assert caught_by


def test_pages_are_of_a_size_that_people_can_read():
    assert (FOLDER / "README.md").stat().st_size < 60_000
    assert (FOLDER / "index.html").stat().st_size < 3_000_000
