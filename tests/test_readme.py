"""What the README says is so: its code runs, its tables are up to date, its files exist."""

import doctest
import re
from pathlib import Path

import pytest

from genbench.cli.readme import metrics_table, regenerated
from genbench.report.behaviour import Behaviour

README = Path(__file__).parent.parent / "README.md"


@pytest.fixture
def text():
    return README.read_text(encoding="utf-8")


def test_its_examples_run():
    failures, tried = doctest.testfile(str(README), module_relative=False)

    assert tried > 5
    assert failures == 0


def test_its_tables_are_what_the_catalogs_say(text):
    assert regenerated(text) == text, "run: python -m genbench.cli.readme"


def test_what_measures_catch_is_what_the_checks_found(monkeypatch):
    found = [
        Behaviour(metric=metric, check=check, desideratum="", samples="", claimed=claimed,
                  verdict=verdict)
        for metric, check, claimed, verdict in (
            ("recall", "noise", False, "-"),
            ("recall", "picture_noise", True, "+"),  # the plainest check comes first
            ("recall", "collapse", True, ""),
            ("recall", "mode_drop", True, "+"),
            ("contrast_distance", "picture_noise", True, "·"),
        )
    ]  # fmt: skip
    monkeypatch.setattr("genbench.cli.readme.published_behaviour", lambda: found)

    lines = [line.strip("| ").split(" | ") for line in metrics_table().splitlines()]
    faults = slice(lines[0].index("noise"), lines[0].index("what it is"))
    by_name = {line[0].strip("`"): line[faults] for line in lines}

    assert by_name["measure"] == [
        "noise", "shift", "collapse", "collapse within modes", "dropped mode", "copying"
    ]  # fmt: skip
    assert by_name["recall"] == ["(-)", "", "", "", "+", ""]
    assert by_name["contrast_distance"] == ["·", "", "", "", "", ""]
    assert by_name["precision"] == [""] * 6


def test_its_links_and_pictures_exist(text):
    targets = re.findall(r"\]\(([^)#]+)\)", text)

    assert len(targets) > 5
    for target in targets:
        assert (README.parent / target).exists(), target


def test_its_model_passes_the_door_it_goes_through(text, tmp_path):
    import numpy as np

    from genbench.models.find import find

    code = next(
        block for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "MyModel" in block
    )
    (tmp_path / "my_model.py").write_text(code)

    model = find(f"{tmp_path / 'my_model.py'}:MyModel").make()
    rng = np.random.default_rng(0)
    samples = model.fit(rng.normal(size=(20, 2)), rng=rng).sample(5, rng=rng)

    assert samples.shape == (5, 2)
