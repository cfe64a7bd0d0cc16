"""A user's own metric, from a file."""

import numpy as np
import pytest

from genbench.ground.errors import BadInput
from genbench.sanity import store
from genbench.sanity.cell import respond
from genbench.sanity.checks import CATALOG
from genbench.scoring.inputs import comparison_of
from genbench.scoring.own_metrics import load

SOUND = """
import numpy as np
from scipy.spatial.distance import cdist

def distance(test, generated):
    '''Energy distance, biased.'''
    return 2 * cdist(test, generated).mean() - cdist(test, test).mean() \\
        - cdist(generated, generated).mean()

def above(generated, test):
    return generated.mean() - test.mean()

above.aim = "low"

distance.aim = "low"
distance.bounds = (0, np.inf)

def upside_down(test, generated):
    return distance(test, generated)

upside_down.aim = "high"

def of_one_input(train):
    return 1.0

of_one_input.aim = "match"
of_one_input.catches = ("copying",)

def no_aim(test, generated):
    return 0.0

def of_something_else(images):
    return 0.0

of_something_else.aim = "low"

def boastful(test, generated):
    return 0.0

boastful.aim, boastful.catches = "low", ("everything",)

def failing(test, generated):
    raise RuntimeError("not today")

failing.aim = "low"

def leaving(test, generated):
    raise SystemExit(3)

leaving.aim = "low"
"""

WITH_EVIDENCE = """
from dataclasses import dataclass

from genbench.evidence import Evidence
from genbench.metric import Metric

@dataclass(frozen=True)
class Count(Evidence):
    n: int
    inputs = ("generated",)

    @classmethod
    def of(cls, comparison):
        return cls(len(comparison.generated))

def count(evidence):
    '''How many there are.'''
    return float(evidence.n)

metric = Metric(compute=count, needs=Count, aim="high", bounds=(0, float("inf")), catches=())
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(SOUND)
    return path


def test_is_judged_by_its_aim(file, verdicts):
    found = verdicts("noise", [load(f"{file}:distance"), load(f"{file}:upside_down")])

    assert found == {"distance": "+", "upside_down": "-"}


def test_arrays_are_handed_over_by_name(file):
    metric = load(f"{file}:above")
    comparison = comparison_of(test=np.zeros((3, 1)), generated=np.ones((3, 1)))

    assert metric.compute(comparison.get(metric.needs.of)) == 1


def test_says_what_it_needs_and_claims(file):
    metric = load(f"{file}:distance")

    assert metric.inputs == ("test", "generated")
    assert metric.meaning == "Energy distance, biased."
    assert metric.bounds == (0, float("inf"))
    assert set(metric.catches) == {"noise", "shift", "collapse", "dropped mode"}
    assert load(f"{file}:of_one_input").inputs == ("train",)
    assert load(f"{file}:of_one_input").catches == ("copying",)


@pytest.mark.parametrize(
    ("name", "reason"), [("failing", "RuntimeError: not today"), ("leaving", "SystemExit: 3")]
)
def test_one_that_fails_is_a_row_with_its_reason(file, name, reason):
    found = respond(CATALOG["noise"], 0, [load(f"{file}:{name}")])

    assert {one.reason for one in found} == {reason}


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no_aim", "Say which way no_aim points: no_aim.aim = 'low', 'high' or 'match'"),
        ("of_something_else", "No input named 'images'"),
        ("boastful", "No fault named 'everything'"),
        ("absent", "defines no function 'absent'"),
    ],
)
def test_what_is_wrong_with_it_is_said(file, name, says):
    with pytest.raises(BadInput, match=says):
        load(f"{file}:{name}")


def test_a_metric_with_evidence_of_its_own_is_known_by_its_file(tmp_path):
    path = tmp_path / "with_evidence.py"
    path.write_text(WITH_EVIDENCE)

    metric = load(f"{path}:metric")

    assert store.digest(metric)
    comparison = comparison_of(test=np.zeros((3, 1)), generated=np.ones((3, 1)))
    assert metric.compute(comparison.get(metric.needs.of)) == 3


def test_no_such_file_and_no_such_metric(tmp_path):
    with pytest.raises(BadInput, match="There is no file"):
        load(f"{tmp_path}/none.py:f")
    with pytest.raises(BadInput, match="Did you mean 'coverage'"):
        load("coverag")
    with pytest.raises(BadInput, match=r"Say which function of mine\.py is the metric"):
        load("mine.py")


def test_a_file_that_cannot_be_imported(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("1 / 0")

    with pytest.raises(BadInput, match="cannot be imported: ZeroDivisionError"):
        load(f"{path}:f")


def test_functions_are_called_as_they_can_be(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "def by_name(*, test, generated):\n    return float(test.mean() - 2 * generated.mean())\n"
        "def in_place(test, generated, /):\n    return by_name(test=test, generated=generated)\n"
        "def mixed(test, /, *, generated, scale=1.0, **more):\n"
        "    return by_name(test=test, generated=generated) * scale\n"
        "def loose(test, generated, *others, **more):\n"
        "    return mixed(test, generated=generated)\n"
        "for each in (by_name, in_place, mixed, loose):\n    each.aim = 'low'\n"
    )
    test, generated = np.random.default_rng(0).normal(size=(2, 30, 2))

    for name in ("by_name", "in_place", "mixed", "loose"):
        metric = load(f"{path}:{name}")
        found = metric.compute(metric.needs.of(comparison_of(test=test, generated=generated)))
        assert found == test.mean() - 2 * generated.mean(), name
        assert metric.inputs == ("test", "generated")
