"""The command `genbench prompt`: its table, its JSON, and what it refuses."""

import json

import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.sequences.prompts.formats import FORMATS

COUNTING = """
import numpy as np

class Pairs:
    '''Counts which symbol follows which, and adds a little at random.'''

    def fit(self, train, *, rng):
        count = int(train.max()) + 1
        self.counts = rng.uniform(0.01, 0.1, size=(count + 1, count))
        before = np.column_stack([np.full(len(train), count), train[:, :-1]]).astype(int)
        np.add.at(self.counts, (before, train.astype(int)), 1)
        return self

    def next_log_prob(self, prefixes):
        last = prefixes[:, -1].astype(int) if prefixes.shape[1] else [len(self.counts) - 1]
        rows = np.log(self.counts / self.counts.sum(axis=1, keepdims=True))[last]
        return np.broadcast_to(rows, (len(prefixes), rows.shape[1]))

class Broken(Pairs):
    def next_log_prob(self, prefixes):
        raise ArithmeticError("out of numbers")

class Choosy(Pairs):
    def refuses(self, train):
        return "It takes pictures only."

class Certain(Pairs):
    def next_log_prob(self, prefixes):
        law = np.full((len(prefixes), 29), -np.inf)
        law[:, 1] = 0
        return law
"""


@pytest.fixture
def call(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(COUNTING)
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["prompt", *arguments])


def test_json_has_every_format_beside_bayes(call):
    result = call("mine.py:Pairs", "--json")

    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [row["format"] for row in found["formats"]] == [format_.name for format_ in FORMATS]
    rows = {row["format"]: row for row in found["formats"]}
    # Who sees one symbol answers alike, whatever stands before the letter, and cannot do well.
    bare, named = rows["bare"]["model"], rows["task named"]["model"]
    assert bare == named
    assert bare["prompt_accuracy"] < 0.45
    assert rows["task named"]["bayes"]["prompt_accuracy"] == 1
    assert rows["wrong name, 3 examples: follows name"]["bayes"] is None


def test_numbers_are_the_same_again_and_others_with_another_seed(call):
    one, again, other = (call("mine.py:Pairs", "--json", "--seed", s).stdout for s in "112")

    assert one == again
    assert json.loads(one)["formats"] != json.loads(other)["formats"]


def test_the_table_shows_accuracy_interval_and_bits(call):
    bare = json.loads(call("mine.py:Pairs", "--json").stdout)["formats"][0]

    result = call("mine.py:Pairs")

    line = next(line for line in result.stdout.splitlines() if line.strip().startswith("bare"))
    low, high = bare["model"]["interval"]
    wanted = ["bare", "none", f"{bare['model']['prompt_accuracy']:.3f}", f"{low:.2f}", "to"]
    wanted += [f"{high:.2f}", f"{bare['bayes']['prompt_accuracy']:.3f}", "0.125"]
    wanted += [f"{bare[who]['prompt_bits']:.3f}" for who in ("model", "bayes")]
    assert line.split() == wanted


def test_right_answers_that_are_held_to_be_impossible_are_counted(call):
    result = call("mine.py:Certain")
    bare = json.loads(call("mine.py:Certain", "--json").stdout)["formats"][0]["model"]

    assert bare["prompt_bits"] == "inf"
    assert bare["n_impossible"] == round(400 * (1 - bare["prompt_accuracy"]))
    said = f"bare: it holds {bare['n_impossible']} of 400 right answers to be impossible."
    assert said in result.stdout
    assert "∞" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["copycat"], "copycat has no next_log_prob(prefixes), which says what follows a prompt."),
        (["mine.py:Pairs", "--dataset", "ring"], "ring has no tasks to ask for"),
        (["mine.py:Pairs", "--dataset", "task"], "Did you mean 'tasks'?"),
        (["mine.py:Choosy"], "mine.py:Choosy refuses tasks: It takes pictures only."),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(call, arguments, message):
    result = call(*arguments)

    assert result.exit_code == 2
    assert message in result.stderr.replace("\n", " ")
    assert "Traceback" not in result.stderr


def test_a_model_that_fails_is_told_from_bad_input(call):
    result = call("mine.py:Broken")

    assert result.exit_code == 1
    assert "mine.py:Broken: error in next_log_prob. ArithmeticError: out of numbers." in (
        result.stderr
    )
