"""The command line, end to end: what it prints, what it leaves on disk, how it fails."""

import csv
import json
import re

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli import main as cli
from genbench.cli.main import main
from genbench.cli.score_command import TAKEN
from genbench.datasets import CATALOG as DATASETS
from genbench.ground.randomness import rng_for
from genbench.metrics import CATALOG as METRICS
from genbench.models.find import baselines
from genbench.runs import board_files, records
from genbench.scoring.evaluate import score


@pytest.fixture(autouse=True, scope="module")
def wide():
    """A terminal so wide that no name is folded, whatever the one that runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli.CONSOLE, "width", 120)
        yield


def call(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def small_board(folder):
    """Write the file of a board of the controls on the ring, and return its path."""
    path = folder / "small.toml"
    path.write_text(
        'seeds = 1\nmodels = ["copycat"]\n'
        'metrics = ["fid", "mmd", "wasserstein_distance", "authenticity", "bayesian_surprise"]\n'
        '[[data]]\nname = "ring"\n'
    )
    return path


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("metrics", METRICS),
        ("models", baselines()),
        ("datasets", DATASETS),
        ("boards", board_files.names()),
    ],
)
def test_list_shows_every_name(what, names):
    result = call("list", what)

    assert result.exit_code == 0
    assert all(name in result.output for name in names)


@pytest.mark.parametrize(
    "command",
    ["score", "submit", "check", "prompt", "sanity", "compare", "show", "export"],
)
def test_examples_in_the_help_stand_on_lines_of_their_own(command):
    result = call(command, "-h")

    examples = [line for line in result.output.splitlines() if line.startswith("  genbench ")]
    assert len(examples) > 1, result.output
    assert all(line.count("genbench ") == 1 for line in examples)
    assert "\\b" not in result.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "quick", "--seeds", "0-99999999999"), "names 100000000000 seeds: at most 10000"),
        (("sanity", "fid", "--seeds", "0-99999999999"), "names 100000000000 seeds: at most 10000"),
        (("score", "gaussian", "--dataset", "ring", "--isolate", "env X='"), "as a shell takes it"),
    ],
)
def test_what_no_machine_can_do_is_told_in_a_sentence(arguments, says):
    result = call(*arguments)

    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize(
    "command", [("run", "quick"), ("sanity", "fid", "-c", "noise", "--seeds", "2", "-j", "1")]
)
def test_a_folder_that_cannot_be_written_to_is_named_in_one_sentence(tmp_path, command):
    taken = tmp_path / "taken"
    taken.write_text("a file")

    result = call(*command, "--folder", taken / "board")

    assert result.exit_code == 2
    assert re.search(r"taken/board.*: Not a directory\.$", result.stderr.strip())
    assert len(result.stderr.strip().splitlines()) == 1
    assert "Traceback" not in result.output


def test_score_compares_two_files(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "real.npy", rng.normal(size=(60, 3)))
    np.save(tmp_path / "mine.npy", rng.normal(size=(50, 3)))

    files = "score", tmp_path / "mine.npy", "--against", tmp_path / "real.npy"
    result, told = call(*files), call(*files, "--why")

    assert result.exit_code == told.exit_code == 0, result.output
    assert "frechet_distance" in result.output
    assert result.output.count("Not scored") == 1
    assert re.search(rf"Not scored: \d+ of {len(METRICS)} metrics; --why says", result.output)
    output = " ".join(told.output.split())
    assert re.search(r"Not scored: There are no train samples \([^)]*\bauthenticity\b", output)
    assert "mine.npy (n = 50, d = 3) against" in output
    assert "real.npy (n = 60, d = 3)" in output


@pytest.fixture
def files(tmp_path):
    """The words that score one small file against another."""
    rng = np.random.default_rng(0)
    for name, n in (("real", 60), ("mine", 50), ("more", 55)):
        np.save(tmp_path / f"{name}.npy", rng.normal(size=(n, 3)))
    return ["score", tmp_path / "mine.npy", "--against", tmp_path / "real.npy"]


def test_score_prints_json_and_writes_files_of_the_metrics_that_are_asked_for(files, tmp_path):
    asked = [*files, "-m", "fid, coverage,authenticity", "--json"]

    results = [call(*asked, "--out", tmp_path / f"scores.{end}") for end in ("json", "csv")]

    assert [result.exit_code for result in results] == [0, 0], results[0].output
    found = json.loads(results[0].stdout)
    assert list(found) == ["authenticity", "coverage", "frechet_distance"]
    assert found["authenticity"]["status"] == "skipped"
    assert "train" in found["authenticity"]["reason"]
    assert json.loads((tmp_path / "scores.json").read_text()) == found
    rows = list(csv.DictReader((tmp_path / "scores.csv").read_text().splitlines()))
    assert {row["metric"] for row in rows} == set(found)
    by_name = {row["metric"]: row["value"] for row in rows}
    assert float(by_name["coverage"]) == found["coverage"]["value"]


def test_score_of_fresh_samples_stands_beside(files, tmp_path):
    fresh = ["--fresh", tmp_path / "more.npy"]

    result = call(*files, *fresh, "-m", "coverage")
    found = json.loads(call(*files, *fresh, "-m", "coverage", "--json").stdout)

    assert result.exit_code == 0, result.output
    test, generated, more = (np.load(tmp_path / f"{n}.npy") for n in ("real", "mine", "more"))
    expected = score(test=test, generated=generated, fresh=more, metrics="coverage")["coverage"]
    assert found["coverage"]["real"] == expected.real is not None
    row = next(line for line in result.output.splitlines() if line.startswith("  coverage"))
    assert f"{expected.real:.3g}" in row.split()
    assert "more.npy (n = 55, d = 3)" in result.output


def test_half_of_the_real_samples_stands_in_for_fresh_ones_and_it_is_said(files, tmp_path):
    rng = np.random.default_rng(1)
    real = rng.normal(size=(121, 3))
    np.save(tmp_path / "real.npy", real)
    asked = [*files, "-m", "coverage", "--json", "--seed", 3]

    result, again, whole = call(*asked), call(*asked), call(*asked, "--no-fresh")
    shown = call(*files)

    found = json.loads(result.stdout)["coverage"]
    said = " ".join(result.stderr.split())
    assert "real.npy, 60 of 121 samples drawn at random (seed 3), stands in for fresh" in said
    assert "compared with the other 61" in said
    order = rng_for(3, "half").permutation(121)
    fresh, test = real[np.sort(order[:60])], real[np.sort(order[60:])]
    mine = np.load(tmp_path / "mine.npy")
    expected = score(test=test, generated=mine, fresh=fresh, metrics="coverage", seed=3)["coverage"]
    assert (found["value"], found["real"]) == (expected.value, expected.real)
    assert json.loads(again.stdout)["coverage"]["real"] == found["real"]
    (alone,) = json.loads(whole.stdout).values()
    assert alone["value"] == score(test=real, generated=mine, metrics="coverage")["coverage"].value
    assert alone.get("real") is None
    assert "(n = 61, d = 3), real: " in shown.output
    assert "Half of" in shown.output
    assert " real " in shown.output.partition("metric ")[2].partition("\n")[0]


@pytest.mark.parametrize(("n_real", "more"), [(99, []), (60, []), (400, ["--preset", "prdc"])])
def test_where_half_is_too_few_or_all_are_wanted_nothing_is_set_apart(n_real, more, tmp_path):
    rng = np.random.default_rng(2)
    real, mine = rng.normal(size=(n_real, 3)), rng.normal(size=(50, 3))
    np.save(tmp_path / "real.npy", real)
    np.save(tmp_path / "mine.npy", mine)
    files = ["score", tmp_path / "mine.npy", "--against", tmp_path / "real.npy"]

    result = call(*files, *more, "-m", "coverage", "--json")

    preset = more[1] if more else None
    expected = score(test=real, generated=mine, metrics="coverage", preset=preset)["coverage"]
    found = json.loads(result.stdout)["coverage"]
    assert found["value"] == expected.value
    assert found.get("real") is None
    assert ("No column real: half of" in result.stderr) == (not more)


def test_fresh_and_none_contradict_each_other(files, tmp_path):
    result = call(*files, "--fresh", tmp_path / "more.npy", "--no-fresh")

    assert result.exit_code == 2
    assert "--fresh and --no-fresh contradict each other" in result.stderr


def test_rows_of_scores_are_never_folded(files, monkeypatch):
    monkeypatch.setattr(cli.CONSOLE, "width", 30)

    output = call(*files).output

    rows = [line for line in output.splitlines() if line.startswith("  ")]
    assert len(rows) > 20
    assert all(line.split()[0] in {*METRICS, "metric"} for line in rows)
    assert max(map(len, rows)) > 60


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["-m", "fidd"], "Did you mean"),
        (["-m", ","], "--metrics names no metric"),
        (["--out", "scores.txt"], "--out must end in .json or .csv, not 'scores.txt'"),
    ],
)
def test_what_cannot_be_shown_is_refused(files, said, message):
    result = call(*files, *said)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())


def test_score_measures_files_as_another_program_does(tmp_path):
    line = np.arange(8.0)[:, None]
    np.save(tmp_path / "line.npy", line)
    files = (tmp_path / "line.npy", "--against", tmp_path / "line.npy")

    plain, other = (
        call("score", *files, *more) for more in ((), ("--preset", "prdc", "--device", "cpu:0"))
    )

    assert plain.exit_code == other.exit_code == 0
    assert density_of(plain) > density_of(other) == 1
    for wrong in (("ring", "--preset", "prdc"), ("ring", "--device", "cuda")):
        refused = call("score", tmp_path / "line.npy", "--dataset", *wrong)
        assert refused.exit_code == 2
        assert f"{wrong[1]} would do nothing" in refused.output


def density_of(result):
    return float(re.search(r"^ *density +→ +(\S+)", result.output, re.MULTILINE).group(1))


@pytest.mark.long
def test_score_takes_samples_of_a_data_set(tmp_path):
    samples = np.random.default_rng(0).normal(size=(60, 2))
    np.save(tmp_path / "mine.npy", samples)

    result = call("score", tmp_path / "mine.npy", "--dataset", "ring")

    assert result.exit_code == 0, result.output
    assert "high_density_share" in result.output


BAD_CALLS = {
    "an unknown command": (["scor"], "No command named 'scor'. Did you mean 'score'"),
    "an unknown board": (["run", "quik"], "No board named 'quik'. Did you mean 'quick'"),
    "a board like another": (
        ["run", "qu\u0456ck"],
        "which holds '\u0456' (U+0456 CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I). Did you",
    ),
    "a model like another": (
        ["run", "--models", "\u0441opycat"],
        "No model named '\u0441opycat', which holds '\u0441' (U+0441 CYRILLIC SMALL LETTER ES).",
    ),
    "an unknown data set": (
        ["score", "gaussian", "--dataset", "rng"],
        "No data set named 'rng'. Did you mean 'ring'",
    ),
    "an unknown model": (
        ["score", "gausian", "--dataset", "ring"],
        "No model named 'gausian'. Did you mean 'gaussian'",
    ),
    "nothing to compare with": (["score", "x.npy"], "--dataset NAME or --against FILE"),
    "two things to compare with": (
        ["score", "x.npy", "--dataset", "ring", "--against", "y.npy"],
        "--dataset NAME or --against FILE",
    ),
    "a missing file": (["score", "x.npy", "--dataset", "ring"], "There is no file x.npy"),
    "features of a model": (
        ["score", "x", "--against", "y", "--features", "inception"],
        "--features would do nothing: to score a model on files",
    ),
    "seeds that are none": (["run", "--seeds", "a-b"], "--seeds must look like 0,1,2 or 0-4"),
    "no models": (["run", "--models", ","], "No models were named"),
    "a model that is not there": (
        ["run", "--models", "copycat,copicat"],
        "No model named 'copicat'. Did you mean 'copycat'",
    ),
    "a check of no model": (
        ["check", "gausian"],
        "No model named 'gausian'. Did you mean 'gaussian'",
    ),
    "a check of no class": (
        ["check", "genbench.models.find:Nothing"],
        "genbench.models.find defines no 'Nothing'",
    ),
    "a new model that is no Python": (["new", "mine.txt"], "mine.txt should end in .py"),
    "a new model in no folder": (["new", "no/mine.py"], "no/mine.py cannot be written"),
    "a report without records": (["report", "quick"], "no records"),
}


@pytest.mark.parametrize("case", BAD_CALLS)
def test_a_bad_call_gets_one_sentence_and_exit_code_2(case, tmp_path, monkeypatch):
    arguments, message = BAD_CALLS[case]
    monkeypatch.chdir(tmp_path)

    result = call(*arguments)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


OPTIONS = {
    "board": ["quick"],
    "dataset": ["ring"],
    "against": ["real.npy"],
    "name": ["Mine"],
    "train": ["nowhere.npy"],
    "features": ["inception"],
    "weights": ["nowhere.pth"],
    "sha256": ["0" * 64],
    "download": [],
    "n": ["5"],
    "workers": ["1"],
    "cache": ["nowhere"],
    "no_cache": [],
    "range": ["0,1"],
    "layout": ["nhwc"],
    "background": ["white"],
    "preset": ["prdc"],
    "device": ["cpu"],  # what it would be anyway, said aloud
    "seed": ["0"],
    "deadline": ["9"],
    "memory": ["8GB"],
    "python": ["python3"],
    "isolate": ["env"],
    "jobs": ["1"],
    "fresh": ["nowhere.npy"],
    "no_fresh": [],
    "metrics": ["fid"],
    "json": [],
    "out": ["nowhere.json"],
    "why": [],
    "folder": ["nowhere"],
    "results": ["nowhere"],
}
WAYS = {
    "a model on a board": ("gaussian", ["board"]),
    "samples on a board": ("mine.npy", ["board", "dataset"]),
    "a model on a data set": ("gaussian", ["dataset"]),
    "samples on a data set": ("mine.npy", ["dataset"]),
    "a model on files": ("gaussian", ["against"]),
    "two files": ("mine.npy", ["against"]),
    "pictures": ("mine.zip", ["against", "features"]),
}


@pytest.mark.parametrize(
    ("way", "idle"),
    [
        (way, idle)
        for way in WAYS
        for idle in OPTIONS
        if idle not in TAKEN[way].split() and idle not in ("board", "dataset", "against")
    ],
)
def test_an_option_that_would_do_nothing_is_an_error(way, idle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target, chosen = WAYS[way]
    flag = idle.replace("_", "-")
    words = {name: (f"--{name.replace('_', '-')}", *OPTIONS[name]) for name in (*chosen, idle)}
    said = [word for given in words.values() for word in given]

    result = call("score", target, *said)

    assert result.exit_code == 2
    message = " ".join(result.stderr.split())
    assert f"--{flag}" in message
    assert "would do nothing" in message
    assert list(tmp_path.iterdir()) == []


def test_every_option_of_score_is_of_use_in_some_way():
    options = {parameter.name for parameter in main.commands["score"].params} - {"target"}

    assert options == {name for taken in TAKEN.values() for name in taken.split()}
    assert set(WAYS) == set(TAKEN)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (["--address", "tcp://1.2.3.4:5"], "--address would do nothing"),
        (["--address", "tcp://1.2.3.4:5", "--engine", "loky"], "--address would do nothing"),
        (["--fail-fast", "--max-failures", "3"], "give one of them"),
    ],
)
def test_options_of_run_that_do_nothing_are_errors(said, message, tmp_path):
    result = call("run", "quick", "--folder", tmp_path / "boards", *said)

    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert list(tmp_path.iterdir()) == []


def test_a_model_that_fails_ends_with_1_with_a_board_and_without(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text("def fit(train, *, rng):\n    1 / 0\ndef sample(n, *, rng):\n    return None\n")
    board = small_board(tmp_path)

    alone = call("score", path, "--dataset", "ring")
    beside = call(
        "score", path, "--board", board, "--results", tmp_path / "r", "--folder", tmp_path / "f"
    )

    assert alone.exit_code == beside.exit_code == 1, (alone.output, beside.output)


def test_a_model_that_fails_to_fit_is_told_with_its_own_words(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "class Mine:\n"
        "    def fit(self, train, *, rng):\n        raise ValueError('too hard')\n"
        "    def sample(self, n, *, rng):\n        return None\n"
    )

    result = call("score", path, "--dataset", "ring")

    assert result.exit_code == 1
    assert "error in fit. ValueError: too hard" in " ".join(result.stderr.split())


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A board of the controls on the ring, run once."""
    folder = tmp_path_factory.mktemp("boards")
    return folder, call("run", small_board(folder), "--folder", folder, "--jobs", 2)


def test_run_ends_with_the_table_and_leaves_every_file(finished):
    folder, result = finished

    assert result.exit_code == 0, result.output
    assert "copycat" in result.output
    names = {path.name for path in (folder / "small").iterdir()}
    assert names >= {
        "records.jsonl",
        "README.md",
        "results.csv",
        "table.csv",
        "index.html",
        "novelty_quality.csv",
        "novelty_quality.png",
        "novelty_quality.svg",
        "codebook.json",
        "frontier.csv",
        "frontier.png",
        "frontier.svg",
    }


def test_report_brings_every_generated_file_back_byte_for_byte(finished):
    folder, _ = finished
    generated = {
        path.name: path.read_bytes()
        for path in (folder / "small").iterdir()
        if path.is_file() and path.name != "records.jsonl"
    }
    for name in generated:
        (folder / "small" / name).unlink()

    result = call("report", folder / "small.toml", "--folder", folder)

    assert result.exit_code == 0, result.output
    for name, content in generated.items():
        assert (folder / "small" / name).read_bytes() == content, name


def test_copycat_is_exposed_and_noise_is_last(finished):
    folder, _ = finished
    by_model = {r.model: r for r in records.read(folder / "small" / "records.jsonl")}
    real, copycat, noise = (by_model[name] for name in (records.REAL, "copycat", "noise"))

    assert copycat.value("authenticity") == 0
    assert copycat.value("bayesian_surprise") < real.value("bayesian_surprise")
    for metric in ("frechet_distance", "maximum_mean_discrepancy", "wasserstein_distance"):
        assert noise.value(metric) > copycat.value(metric)
