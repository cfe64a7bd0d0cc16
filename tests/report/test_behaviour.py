"""What is known of how metrics behave: from the table as shipped, and only what matters."""

from importlib import resources

import pytest

from genbench.report.behaviour import Behaviour, Failing, failings, published_behaviour, warning

TABLE = """\
metric,sound_metric,check,desideratum,samples,claimed,verdict
recall,recall,collapse,diversity,points,True,-
recall,recall,noise,discriminability,points,False,-
recall,recall,picture_noise,discriminability,pictures,True,
"""


def behaviour(check="noise", *, desideratum="discriminability", samples="points", claimed=True,
              verdict="-"):  # fmt: skip
    return Behaviour(metric="recall", check=check, desideratum=desideratum, samples=samples,
                     claimed=claimed, verdict=verdict)  # fmt: skip


@pytest.fixture
def shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "files", {"genbench.leaderboards": tmp_path}.__getitem__)
    return tmp_path


def test_the_table_is_read_as_it_is_shipped(shipped):
    (shipped / "metrics").mkdir()
    (shipped / "metrics" / "checks.csv").write_text(TABLE)

    found = published_behaviour()

    assert [one.letter for one in found] == ["-", "(-)", ""]
    assert [one.samples for one in found] == ["points", "points", "pictures"]
    assert failings(found) == {"recall": (Failing(check="collapse", on_pictures=False),)}


def test_nothing_is_known_where_no_table_is_shipped(shipped):
    assert published_behaviour() == []


def test_the_table_is_there():
    assert len({one.metric for one in published_behaviour()}) > 70


@pytest.mark.parametrize(
    "harmless",
    [
        behaviour(verdict="+"),
        behaviour(verdict="·"),
        behaviour(verdict=""),
        behaviour(claimed=False),
        behaviour(desideratum="latents"),
        behaviour(desideratum="cost"),
        behaviour(desideratum="human judgement"),
    ],
)
def test_only_a_broken_claim_that_matters_to_a_board_is_a_failing(harmless):
    assert failings([harmless]) == {}


def test_what_fails_on_pictures_is_told_of_pictures_only():
    failed = failings(
        [behaviour("collapse_within_modes"), behaviour("junk_pictures", samples="pictures")]
    )["recall"]

    says = "In genbench's checks of metrics it fails: collapse within modes"
    assert warning(failed, pictures=False) == f"{says}."
    assert warning(failed, pictures=True) == f"{says}, junk pictures."
    assert warning(failed[1:], pictures=False) == ""
    assert warning((), pictures=True) == ""
    fell = "In genbench's attacks it liked junk and copies better than real samples."
    assert warning((), ("junk", "copies"), pictures=False) == fell
    assert warning(failed, ("junk", "copies"), pictures=False) == f"{says}. {fell}"
