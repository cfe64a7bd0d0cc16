"""What the documents say is so: their code runs, their tables are up to date, their files exist."""

import doctest
import importlib
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from click import Group

from genbench.cli.main import main
from genbench.cli.readme import PARTS, metrics_table, regenerated
from genbench.presets import MODULES
from genbench.report.behaviour import Behaviour

ROOT = Path(__file__).parent.parent
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
ROOMS = sorted([*ROOT.glob("genbench/*/README.md"), ROOT / "baselines" / "README.md"])
LONGEST = 180  # lines of the first README: it is a door, not the library


def read(path):
    return path.read_text(encoding="utf-8")


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def targets_in(text):
    """The targets of links and pictures that are here, not on another machine."""
    found = re.findall(r"\]\(([^)]+)\)", text)
    return [target for target in found if not target.startswith(("http://", "https://"))]


def anchors_of(text):
    """The names by which a link reaches the headings of a document."""
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def imports_in(text):
    """The module and the names of every `from genbench... import ...`."""
    for module, names in re.findall(r"from (genbench[\w.]*) import (\w+(?:, \w+)*)", text):
        yield module, names.split(", ")


every_readme = pytest.mark.parametrize("path", [README, *ROOMS], ids=name_of)
every_document = pytest.mark.parametrize("path", [README, CONTRIBUTING, *ROOMS], ids=name_of)


@pytest.fixture
def text():
    return read(README)


@every_readme
def test_its_examples_run(path):
    failures, tried = doctest.testfile(str(path), module_relative=False, encoding="utf-8")

    assert failures == 0
    assert (tried > 0) == (">>>" in read(path))
    assert tried > 5 or path != README


@pytest.mark.parametrize("document", PARTS)
def test_its_tables_are_what_the_catalogs_say(document):
    text = read(ROOT / document)

    assert regenerated(text, PARTS[document]) == text, "run: python -m genbench.cli.readme"


@every_document
def test_every_generated_part_is_one_that_is_written(path):
    parts = re.findall(r"<!-- (\w+): begin -->", read(path))

    assert parts == list(PARTS.get(name_of(path), ()))


@pytest.mark.parametrize("text", ["", "<!-- one: begin -->\n", "<!-- one: end -->"])
def test_a_part_without_a_place_is_an_error(text):
    with pytest.raises(ValueError, match="One place for the part 'one' is needed"):
        regenerated(text, {"one": lambda: "table\n"})


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
    faults = slice(lines[0].index("noise"), lines[0].index("error / spread"))
    by_name = {line[0].strip("`"): line[faults] for line in lines}

    assert by_name["measure"] == [
        "noise", "shift", "collapse", "collapse within modes", "dropped mode", "copying"
    ]  # fmt: skip
    assert by_name["recall"] == ["(-)", "", "", "", "+", ""]
    assert by_name["contrast_distance"] == ["·", "", "", "", "", ""]
    assert by_name["precision"] == [""] * 6


@every_document
def test_its_links_and_pictures_exist(path):
    targets = targets_in(read(path))

    assert len(targets) > 5 or path != README
    for target in targets:
        file, _, anchor = target.partition("#")
        found = path.parent / file if file else path
        assert found.exists(), target
        assert not anchor or anchor in anchors_of(read(found)), target


@every_document
def test_files_that_it_names_exist(path):
    shipped = r"`((?:genbench|baselines|benchmarks|leaderboards|tests)/[\w./-]*)`"
    for name in re.findall(shipped, read(path)):
        assert (ROOT / name).exists(), name


@every_document
def test_what_it_imports_of_ours_is_there(path):
    for module, names in imports_in(read(path)):
        for name in names:
            assert hasattr(importlib.import_module(module), name), f"{module} has no {name}"


@every_document
def test_commands_that_it_shows_have_these_options(path):
    blocks = re.findall(r"```console\n(.*?)```", read(path), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    shown = [shlex.split(line, comments=True) for line in lines if line.startswith("genbench ")]

    assert shown or path not in (README, ROOT / "genbench" / "runs" / "README.md")
    for _, command, *words in shown:
        found = main.commands[command]
        params = found.commands[words[0]].params if isinstance(found, Group) else found.params
        known = {option for one in params for option in (*one.opts, *one.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= known, (command, words)


def test_the_first_readme_is_a_door(text):
    assert len(text.splitlines()) <= LONGEST
    reached = {(ROOT / target.partition("#")[0]).resolve() for target in targets_in(text)}
    for room in ROOMS:
        assert room.resolve() in reached, f"{name_of(room)} is not linked from README.md"
    assert "genbench/runs/README.md#security" in text


def test_users_import_from_one_place(text):
    found = list(imports_in(text))

    assert found
    assert {module for module, _ in found} == {"genbench"}
    assert not re.search(r"genbench\.(\w+\.)+\w+|genbench\.[A-Z]|import genbench\.", text)


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_every_room_says_what_happens_there(path):
    title, blank, sentence, *_ = read(path).splitlines()

    assert title.startswith("# ")
    assert blank == ""
    assert sentence.startswith("Here ")


def test_every_preset_is_explained():
    text = read(ROOT / "genbench" / "presets" / "README.md")

    assert re.findall(r"^\| \[`([\w-]+)`\]", text, re.MULTILINE) == list(MODULES)


def test_the_map_of_rooms_has_every_floor_in_order():
    floors = tomllib.loads(read(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"][0]
    rows = re.findall(r"^\| ((?:`[\w./]+`(?:, )?)+) \|", read(CONTRIBUTING), re.MULTILINE)
    drawn = [{re.sub(r"/|\.py", "", room) for room in re.findall(r"`(.+?)`", row)} for row in rows]

    assert drawn == [
        set(floor.split(" | ")) for floor in floors["layers"] if floor != "__main__"
    ]  # fmt: skip


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
