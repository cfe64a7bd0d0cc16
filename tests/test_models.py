"""Models by name, file and package, and what goes wrong with each."""

import json

import pytest

from genbench.errors import BadInput
from genbench.models import baselines, find

MODEL = """
class Mine:
    def __init__(self, scale=1.0):
        self.scale = scale
    def fit(self, train, *, rng):
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, 2))
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MODEL)
    return path


def test_a_baseline_is_found_by_its_name():
    assert find("copycat") is baselines()["copycat"]


def test_a_file_is_found_with_and_without_its_only_class_named(file):
    assert find(f"{file}:Mine") == find(str(file))
    assert type(find(str(file)).make()).__name__ == "Mine"


def test_a_class_of_a_package_is_found():
    assert type(find("genbench.baselines.copycat:Copycat").make()).__name__ == "Copycat"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("gausian", "No model named 'gausian'. Did you mean 'gaussian'"),
        ("nowhere.py:Mine", "There is no file nowhere.py"),
        ("nowhere.py", "There is no file nowhere.py"),
    ],
)
def test_what_is_not_there_is_named(target, message):
    with pytest.raises(BadInput, match=message):
        find(target)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_package.module:Mine", "There is no module 'no_such_package.module'"),
        ("genbench.models:Nothing", "genbench.models defines no 'Nothing'"),
        ("pathlib:PurePath", "must have the methods fit"),
    ],
)
def test_what_cannot_be_made_is_named(target, message):
    with pytest.raises(BadInput, match=message):
        find(target).make()


def test_a_file_of_two_classes_asks_which(file):
    file.write_text(MODEL + "\nclass Other:\n    pass\n")

    with pytest.raises(BadInput, match=r"should define one class, or say which.*Mine, Other"):
        find(str(file))


def test_a_file_that_is_not_python_is_named(file):
    file.write_text("class :")

    with pytest.raises(BadInput, match=r"mine.py is not Python"):
        find(str(file))


def test_a_spec_survives_json(file):
    import json

    from genbench.models import ModelSpec

    spec = find(str(file))

    assert ModelSpec(**json.loads(json.dumps(spec.to_json()))) == spec


def test_a_file_may_hold_a_dataclass_and_be_called_as_a_package_is(tmp_path):
    path = tmp_path / "json.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class Mine:\n"
        "    width: float = 1.0\n"
        "    def fit(self, train, *, rng): return self\n"
        "    def sample(self, n, *, rng): return rng.normal(scale=self.width, size=(n, 2))\n"
    )

    assert find(str(path)).make().width == 1
    assert json.dumps([1]) == "[1]"
