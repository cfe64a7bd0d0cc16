"""Attacks: slopes are the metrics themselves, search gets better, and known frauds come out."""

import numpy as np
import pytest
import torch
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.metrics import find
from genbench.sanity.attack import attempts
from genbench.sanity.attack.attempts import ATTACKED, HEADLINE, attempt, cells
from genbench.sanity.attack.search import search
from genbench.sanity.attack.slopes import SLOPES
from genbench.sanity.attack.table import Anchors, anchors_of, best, is_copies, is_junk
from genbench.sanity.attack.world import WHITE, remembering, world


@pytest.fixture(scope="module")
def digits():
    return world()


@pytest.mark.parametrize("metric", SLOPES)
@pytest.mark.parametrize("against", ["train", "test"])
def test_a_slope_is_the_metric_itself(digits, metric, against):
    pictures = np.concatenate([digits.fresh[:40], digits.noise(np.random.default_rng(0), 30)])
    found = SLOPES[metric](digits, against)(torch.tensor(pictures), 1.0).item()

    assert found == pytest.approx(
        digits.value(find(metric), pictures, against=against), rel=1e-4, abs=1e-6
    )


def test_what_is_followed_at_first_is_a_bound_of_the_inception_score(digits):
    slope = SLOPES["inception_score"](digits, "train")
    for pictures in (digits.noise(np.random.default_rng(0)), digits.fresh[:100]):
        moved = torch.tensor(pictures)
        assert slope(moved, 0.0) <= slope(moved, 1.0) + 1e-9


def test_search_finds_what_is_near_and_never_gets_worse():
    rng = np.random.default_rng(0)
    start = rng.uniform(0, WHITE, size=(20, 64))
    dark = lambda pictures: float(pictures.mean())  # noqa: E731
    found, least = search(dark, start, 300, rng=np.random.default_rng(1))

    some = search(dark, start, 50, rng=np.random.default_rng(1))[1]
    assert least == dark(found) < some < dark(start)
    assert found.min() >= 0
    assert found.max() <= WHITE
    assert search(dark, start, 1, rng=rng)[1] == dark(start)


def test_copies_are_sought_among_what_is_given_only():
    rng = np.random.default_rng(0)
    given = rng.uniform(0, WHITE, size=(50, 64))
    found, _ = search(lambda p: float(p.mean()), given[:10], 100, rng=rng, given=given)

    assert {row.tobytes() for row in found} <= {row.tobytes() for row in given}


def test_features_are_made_once(digits):
    asked = []
    embed = remembering(lambda pictures: asked.append(len(pictures)) or digits.embed(pictures))
    pictures = digits.train[:6]
    once, again = embed(pictures), embed(pictures[[5, 0, 0]])

    assert asked == [6]
    assert again == pytest.approx(once[[5, 0, 0]])


def test_junk_and_copies_are_told_from_real_pictures(digits):
    noise = digits.noise(np.random.default_rng(0))

    assert digits.share_of_junk(noise) == 1
    assert digits.share_of_junk(digits.test[:50]) == 0
    assert digits.share_of_copies(noise) == 0
    assert digits.share_of_copies(np.concatenate([digits.train[:5], noise[:15]])) == 0.25


def reached(metric, given, start, evaluations):
    known = find(metric)
    made = attempt(known, given, start, 0, evaluations)
    return made, anchors_of(world(), known.name).reached(known.name, made.value)


@pytest.mark.long
def test_ten_junk_pictures_beat_real_samples_by_the_inception_score(digits):
    made, far = reached("inception_score", "train", "ten", 240)

    assert len(made.pictures) == 10
    assert is_junk(made)
    assert far > 1
    assert made.value > digits.value(find("is"), digits.fresh)  # all of them, not a hundred


@pytest.mark.parametrize("given", ["train", "train and test"])
def test_a_few_outliers_win_recall(given):
    """From one junk picture over and over, one more on the other side holds all that is real."""
    made, far = reached("recall", given, "outliers", 20)

    assert is_junk(made)
    assert made.value == 1
    assert far > 1


@pytest.mark.long
def test_junk_beats_real_samples_by_the_frechet_distance_without_the_test_set():
    made, far = reached("frechet_distance", "train", "noise", 240)

    assert is_junk(made)
    assert far > 1


@pytest.mark.parametrize(
    "metric", ["frechet_distance", "precision", "recall", "coverage", "maximum_mean_discrepancy"]
)
def test_copies_of_test_samples_beat_real_samples(metric):
    made, far = reached(metric, "train and test", "copies", 40)

    assert is_copies(made)
    assert far > 1


def test_a_metric_of_novelty_does_not_fall_to_copies():
    _, far = reached("authenticity", "train", "copies", 40)
    assert far < 0.5


def test_exploitability_is_none_for_noise_and_one_for_real_whatever_the_aim():
    low, high = Anchors(draws=(1.9, 2.1), noise=10.0), Anchors(draws=(0.8, 1.0), noise=0.1)

    assert [low.reached("frechet_distance", v) for v in (10.0, 2.0, 1.0)] == pytest.approx(
        [0, 1, 9 / 8]
    )
    assert high.reached("recall", 1.0) == pytest.approx(9 / 8)
    assert best("recall", high, []).attempt is None


def test_what_is_as_near_to_what_is_to_be_matched_as_real_samples_are_has_reached_them():
    off = 0.04 * np.random.default_rng(0).normal(size=4000)
    match = Anchors(draws=tuple(0.5 + off), noise=1.0)
    usual = 0.04 * np.sqrt(2 / np.pi)  # mean distance of a normal number from its mean

    assert match.reached("authenticity", 1.0) == 0
    assert match.reached("authenticity", match.real + usual) == pytest.approx(1, abs=2e-3)
    assert match.reached("authenticity", match.real - usual / 2) > 1
    assert match.reached("authenticity", match.real + 2 * usual) < 1


def test_all_of_the_headline_is_attacked_from_every_start():
    assert set(HEADLINE) <= set(ATTACKED)
    asked = cells(ATTACKED, [0, 1])
    assert len(asked) == len(set(asked)) == len(ATTACKED) * 2 * 5 * 2


@pytest.mark.long
def test_the_command_writes_tables_and_pictures_and_goes_on_where_it_was(tmp_path, monkeypatch):
    words = ["trial", "attack", "recall", "--evaluations", "10", "--seeds", "1", "-j", "1"]
    words += ["--folder", str(tmp_path)]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 0, told.output
    text = (tmp_path / "attacks.md").read_text()
    assert "`recall` ↑" in text
    assert "genbench trial attack recall --evaluations 10" in text
    assert (tmp_path / "attacks.png").read_bytes().startswith(b"\x89PNG")

    monkeypatch.setattr(attempts, "attempt", lambda *_: pytest.fail("was there already"))
    before = (tmp_path / "attacks.csv").read_bytes()
    assert CliRunner().invoke(main, words).exit_code == 0
    assert (tmp_path / "attacks.csv").read_bytes() == before
    none = CliRunner().invoke(main, ["trial", "attack", "recall", "--seeds", "0"])
    assert "--seeds must be at least one" in none.output
    refused = CliRunner().invoke(main, ["trial", "attack", "perplexity"])
    assert refused.exit_code == 2
