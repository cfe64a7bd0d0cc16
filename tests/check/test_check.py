"""`genbench check`: every bad model fails exactly the lines that it should, and good ones pass."""

import os
import re
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest
from click.testing import CliRunner

from genbench.check.conformance import check
from genbench.check.verdicts import Law
from genbench.cli.main import main
from genbench.ground.errors import BadInput
from genbench.models.new import write
from genbench.runs.cells import Cell
from genbench.runs.fits import fit_and_sample

ZOO = """
import copy, os, random, signal, subprocess, sys, threading, time
import numpy as np

class Good:
    def fit(self, train, *, rng):
        self.mean = train.mean(axis=0)
        return self
    def sample(self, n, *, rng):
        return rng.normal(self.mean, 1, size=(n, len(self.mean)))

class NeedsSomething(Good):
    def __init__(self, width, depth=2):
        self.width = width

class NeedsPackage(Good):
    def __init__(self):
        import a_package_that_is_not_there

class OnlyFits:
    def fit(self, train, *, rng):
        return self

class TakesNoRng(Good):
    def fit(self, train):
        return self

class RefusesByTrue(Good):
    def refuses(self, train):
        return True

class RaisesInFit(Good):
    def fit(self, train, *, rng):
        raise ValueError("cannot learn this.")

class Leaves(Good):
    def fit(self, train, *, rng):
        sys.exit(3)

class Hangs(Good):
    def fit(self, train, *, rng):
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)

class KillsItself(Good):
    def fit(self, train, *, rng):
        os.kill(os.getpid(), signal.SIGKILL)

class RaisesInSample(Good):
    def sample(self, n, *, rng):
        raise ValueError("cannot draw this")

class Exits(Good):
    def sample(self, n, *, rng):
        os._exit(0)

class TooFew(Good):
    def sample(self, n, *, rng):
        return super().sample(n - 1, rng=rng)

class Ragged(Good):
    def sample(self, n, *, rng):
        return [[0.0, 1.0], [2.0]] * (n // 2)

class Unusable(Good):
    def sample(self, n, *, rng):
        return self
    def __array__(self, *args, **kwargs):
        raise RuntimeError("no array")

class OneIsFlat(Good):
    def sample(self, n, *, rng):
        drawn = super().sample(n, rng=rng)
        return drawn[0] if n == 1 else drawn

class Nan(Good):
    def sample(self, n, *, rng):
        return super().sample(n, rng=rng) * np.nan

class Strings(Good):
    def sample(self, n, *, rng):
        return [["a", "b"]] * n

class WritesToTrain(Good):
    def fit(self, train, *, rng):
        super().fit(train, rng=rng)
        train -= self.mean
        return self

class Unseeded(Good):
    def sample(self, n, *, rng):
        return super().sample(n, rng=np.random.default_rng())

class Deterministic(Good):
    def sample(self, n, *, rng):
        return np.tile(self.mean, (n, 1))

class KeepsItsOwn(Good):
    def sample(self, n, *, rng):
        if not hasattr(self, "rng"):
            self.rng = np.random.default_rng(0)
        return super().sample(n, rng=self.rng)

class CopiesRng(Good):
    def sample(self, n, *, rng):
        return super().sample(n, rng=copy.deepcopy(rng))

class GlobalNumpy(Good):
    def sample(self, n, *, rng):
        return self.mean + np.random.normal(size=(n, len(self.mean)))

class GlobalPython(Good):
    def fit(self, train, *, rng):
        random.seed(0)
        return super().fit(train, rng=rng)

class GlobalTorch(Good):
    def __init__(self):
        import torch
        self.layer = torch.nn.Linear(1, 1)
    def fit(self, train, *, rng):
        super().fit(train, rng=rng)
        self.mean = self.mean + self.layer.weight.item()
        return self

class UsesAndRestores(Good):
    def sample(self, n, *, rng):
        state = np.random.get_state()
        drawn = super().sample(n, rng=rng) + np.random.normal()
        np.random.set_state(state)
        return drawn

class LogProbOfAll(Good):
    def log_prob(self, samples):
        return 0.0

class LogProbIsNan(Good):
    def log_prob(self, samples):
        return np.full(len(samples), np.nan)

class Chats(Good):
    def fit(self, train, *, rng):
        print("x" * 40_000)
        return super().fit(train, rng=rng)

class Floods(Good):
    def fit(self, train, *, rng):
        while True:
            print("x" * 100_000)

class Forks(Good):
    def fit(self, train, *, rng):
        os.fork()
        return super().fit(train, rng=rng)

class ForksSlowly(Good):
    def fit(self, train, *, rng):
        if os.fork() == 0:
            time.sleep(0.5)
        return super().fit(train, rng=rng)

class LeavesProcess(Good):
    def fit(self, train, *, rng):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        with open(os.environ["ZOO_PIDS"], "a") as file:
            file.write(f"{child.pid} ")
        return super().fit(train, rng=rng)

class LeavesThread(Good):
    def fit(self, train, *, rng):
        threading.Thread(target=time.sleep, args=(600,), name="left").start()
        return super().fit(train, rng=rng)

class OrderOfSet(Good):
    def fit(self, train, *, rng):
        super().fit(train, rng=rng)
        first = list({str(number) for number in range(100)})[0]
        self.mean = self.mean + float(first)
        return self

class RefusesAll(Good):
    def refuses(self, train):
        return f"Not {train.shape[1]} columns."

class OfClasses(Good):
    def fit(self, train, *, rng, labels):
        self.means = np.stack([train[labels == c].mean(axis=0) for c in range(labels.max() + 1)])
        return self
    def sample(self, n, *, rng, labels):
        return self.means[labels] + rng.normal(size=(n, self.means.shape[1]))

class IgnoresClasses(Good):
    def fit(self, train, *, rng, labels=None):
        return super().fit(train, rng=rng)
    def sample(self, n, *, rng, labels=None):
        return super().sample(n, rng=rng)

class BreaksWithoutClasses(OfClasses):
    def fit(self, train, *, rng, labels=None):
        return super().fit(train, rng=rng, labels=labels)
    def sample(self, n, *, rng, labels=None):
        return super().sample(n, rng=rng, labels=labels)

class Prefers(Good):
    def __init__(self, steps=10**9):
        for _ in range(steps):
            pass
    def refuses(self, train):
        return None if (train == np.rint(train)).all() else "Whole numbers only."
    def log_prob(self, samples):
        return np.full(len(samples), -np.inf)
"""

EXPECTED = {
    "NeedsSomething": (Law.METHODS, r"constructor asks for width: give each a default"),
    "NeedsPackage": (
        Law.METHODS,
        r"making it raised ModuleNotFoundError: .*a_package_that_is_not_there.*line 18 of zoo\.py",
    ),
    "OnlyFits": (Law.METHODS, r"no method sample: it is called as sample\(n, rng=rng\)"),
    "TakesNoRng": (Law.METHODS, r"fit cannot be called as fit\(train, rng=rng\)"),
    "RefusesByTrue": (Law.REFUSES, r"refuses returned True: return None, or a sentence"),
    "RaisesInFit": (Law.FIT, r"fit raised ValueError: cannot learn this \(line 34 of zoo\.py\)\.$"),
    "Leaves": (Law.FIT, r"fit raised SystemExit: 3"),
    "Hangs": (Law.FIT, r"fit was not done after 6 seconds"),
    "KillsItself": (Law.FIT, r"During fit the process was ended by SIGKILL"),
    "RaisesInSample": (Law.SHAPE, r"sample\(50\) raised ValueError: cannot draw this"),
    "Exits": (Law.SHAPE, r"During sample\(50\) the process ended with exit status 0"),
    "TooFew": (Law.SHAPE, r"shape \(49, 2\): return an array of shape \(50, 2\)"),
    "Ragged": (Law.SHAPE, r"no regular array"),
    "Unusable": (Law.SHAPE, r"What it gave raised RuntimeError: no array"),
    "OneIsFlat": (Law.ONE, r"sample\(1\) has shape \(2,\): return an array of shape \(1, 2\)"),
    "Nan": (Law.NUMBERS, r"50 of 50 samples hold NaN"),
    "Strings": (Law.NUMBERS, r"must hold real numbers"),
    "WritesToTrain": (Law.TRAIN, r"work on a copy"),
    "Unseeded": (Law.SAME, r"take all randomness from rng"),
    "Deterministic": (Law.OTHER, r"deterministic"),
    "KeepsItsOwn": (Law.OTHER, r"draw from the rng that sample is given"),
    "CopiesRng": (Law.AGAIN, r"not from a copy of it"),
    "GlobalNumpy": (Law.GLOBAL, r"the global state of numpy\.random: take"),
    "GlobalPython": (Law.GLOBAL, r"the global state of random: take"),
    "GlobalTorch": (Law.GLOBAL, r"the global state of torch: take .*fork_rng"),
    "UsesAndRestores": (Law.GLOBAL, r"depend on a global random state"),
    "IgnoresClasses": (Law.CLASSES, r"Asked for samples of one class and of another, it drew the"),
    "BreaksWithoutClasses": (Law.CLASSES, r"fit without labels raised"),
    "LogProbOfAll": (Law.LOG_PROB, r"must have shape \(20,\), not \(\)"),
    "LogProbIsNan": (Law.LOG_PROB, r"holds NaN"),
    "Chats": (Law.OUTPUT, r"It printed 0\.\d MB: print nothing"),
    "Floods": (Law.OUTPUT, r"fit printed over 20 MB"),
    "Forks": (Law.RUNNING, r"fit came back in two processes"),
    "ForksSlowly": (Law.RUNNING, r"fit came back in two processes"),
    "LeavesProcess": (Law.RUNNING, r"Processes that it started still run"),
    "LeavesThread": (Law.RUNNING, r"Threads still run \(left"),
    "OrderOfSet": (Law.PROCESS, r"the order of a set"),
}


def failures(verdicts):
    assert [verdict.law for verdict in verdicts] == list(Law)
    return {verdict.law: verdict.reason for verdict in verdicts if verdict.outcome == "fail"}


def reason_of(law, verdicts):
    return next(verdict.reason for verdict in verdicts if verdict.law == law)


@pytest.fixture
def zoo(tmp_path):
    path = tmp_path / "zoo.py"
    path.write_text(ZOO)
    return path


@pytest.mark.parametrize("animal", EXPECTED)
def test_a_bad_model_fails_the_line_it_should_and_no_other(zoo, tmp_path, monkeypatch, animal):
    law, reason = EXPECTED[animal]
    pids = tmp_path / "pids"
    monkeypatch.setenv("ZOO_PIDS", str(pids))

    found = failures(check(f"{zoo}:{animal}", deadline=6 if animal == "Hangs" else 120))

    assert list(found) == [law], found
    assert re.search(reason, found[law]), found[law]
    if animal == "LeavesProcess":
        wait_until_ended(int(pid) for pid in pids.read_text().split())


def wait_until_ended(pids):
    last = time.monotonic() + 20
    for pid in pids:
        while is_running(pid):
            assert time.monotonic() < last, f"{pid} was left"
            time.sleep(0.05)


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/status")
    return not (status.exists() and "State:\tZ" in status.read_text())


def test_good_models_pass(zoo):
    assert failures(check("copycat")) == {}
    assert failures(check("genbench.baselines.samplers.gaussian:Gaussian")) == {}

    choosy = check(f"{zoo}:Prefers")

    assert failures(choosy) == {}
    assert reason_of(Law.FIT, choosy) == "on whole numbers; shortened: steps=10"
    others = {Law.CLASSES, Law.NEXT, Law.ADDS_UP}
    assert {verdict.law for verdict in choosy if verdict.outcome != "pass"} == others
    assert reason_of(Law.CLASSES, choosy) == "it asks for none, and need not"


def test_a_model_of_classes_is_asked_for_them(zoo):
    found = check(f"{zoo}:OfClasses")

    assert failures(found) == {}
    assert next(v.outcome for v in found if v.law == Law.CLASSES) == "pass"


def test_a_model_that_refuses_all_toy_data_is_told_so_and_does_not_fail(zoo):
    found = check(f"{zoo}:RefusesAll")

    assert failures(found) == {}
    assert "it refuses all toy data" in reason_of(Law.FIT, found)
    assert "Not 6 columns." in reason_of(Law.FIT, found)  # of the last toy


NOISY = """
import os, random, threading, time
import numpy as np
import sklearn.mixture  # which itself moves the state of random when it is first imported
print("hello")
os.chdir("/")
np.random.seed(3)
threading.Thread(target=time.sleep, args=(600,), name="left", daemon=True).start()
"""


def test_what_importing_does_beside_is_all_named(tmp_path):
    path = tmp_path / "noisy.py"
    path.write_text(NOISY + ZOO)

    found = failures(check(f"{path}:Good"))

    assert list(found) == [Law.QUIET]
    assert found[Law.QUIET].startswith(
        "Importing it prints and changes the current folder and leaves a thread running (left) "
        "and moves the global state of numpy.random: "
    )


def test_importing_scikit_learn_is_no_side_effect(tmp_path):
    path = tmp_path / "quiet.py"
    path.write_text("import sklearn.mixture\n" + ZOO)

    assert failures(check(f"{path}:Good")) == {}


def test_a_file_that_cannot_be_imported_fails_with_the_line(tmp_path):
    path = tmp_path / "broken.py"
    path.write_text("import numpy\nnumpy.no_such_thing\nclass Model:\n    pass\n")

    found = failures(check(str(path)))

    assert list(found) == [Law.IMPORT]
    assert "AttributeError" in found[Law.IMPORT]
    assert "(line 2 of broken.py)" in found[Law.IMPORT]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("gausian", "Did you mean 'gaussian'"),
        ("no_such_package.module:Mine", "There is no module 'no_such_package.module'"),
        ("genbench.models.find:Nothing", "genbench.models.find defines no 'Nothing'"),
    ],
)
def test_a_model_that_is_not_there_is_the_callers_mistake(target, message):
    with pytest.raises(BadInput, match=message):
        check(target)


def test_a_new_model_passes_and_is_never_overwritten(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    written = CliRunner().invoke(main, ["new", "my_model.py"])
    checked = CliRunner().invoke(main, ["check", "my_model.py"])
    cell = Cell("ring", "my_model.py", 0)  # what `genbench score` runs, and then scores
    outcome = fit_and_sample(cell, tmp_path / "cell")

    assert written.exit_code == 0, written.output
    assert "genbench check my_model.py" in written.output
    assert checked.exit_code == 0, checked.output
    assert "17 passed, 0 failed, 3 n/a" in checked.output
    assert outcome.status == "ok", outcome.reason
    with pytest.raises(BadInput, match="is there already"):
        write(tmp_path / "my_model.py")


def test_a_bad_model_is_exit_code_1_and_a_sentence(zoo):
    result = CliRunner().invoke(main, ["check", f"{zoo}:TooFew", "--deadline", "100"])

    assert result.exit_code == 1
    output = " ".join(result.output.split())
    assert "✗ fail sample(n) gives n samples" in output
    assert "1 failed" in output
    assert "Traceback" not in output


def test_the_process_of_the_check_imports_little():
    program = "import sys, genbench.check.worker; print('\\n'.join(sys.modules))"
    command = [sys.executable, "-I", "-c", program]

    done = subprocess.run(command, capture_output=True, text=True, check=True)

    assert set(done.stdout.split()).isdisjoint({"torch", "scipy", "sklearn", "rich", "click"})


@pytest.fixture(scope="module")
def generator(tmp_path_factory):
    """An exported generator of the digits' width."""
    import torch

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("exported") / "generator.pt"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it is what people have
        torch.jit.trace(torch.nn.Linear(3, 64), torch.zeros(4, 3)).save(path)
    return f"{path}:3"


@pytest.mark.long
def test_a_model_of_one_width_is_checked_on_a_data_set(generator):
    on_toys = CliRunner().invoke(main, ["check", generator])
    on_digits = CliRunner().invoke(main, ["check", generator, "--dataset", "digits"])
    on_ring = CliRunner().invoke(main, ["check", generator, "--dataset", "ring"])

    assert on_toys.exit_code == on_ring.exit_code == 1
    assert "name the data that it is made for by --dataset" in on_toys.output
    assert "(50, 64): return an array of shape (50, 2)" in on_ring.output
    assert on_digits.exit_code == 0, on_digits.output
    assert ", on digits" in on_digits.output
    assert "toy data" not in on_digits.output.partition("\n")[0]


def test_a_model_learns_a_few_samples_of_the_data_set_and_no_others(tmp_path):
    path = tmp_path / "strict.py"
    path.write_text(
        "import numpy as np\n"
        "class Strict:\n"
        "    def refuses(self, train):\n"
        "        return None if train.shape[1] == 13 else 'wine only'\n"
        "    def fit(self, train, *, rng):\n"
        "        assert train.shape[1] == 13 and len(train) <= 200\n"
        "        self.train = train\n"
        "        return self\n"
        "    def sample(self, n, *, rng):\n"
        "        return self.train[rng.integers(len(self.train), size=n)]\n"
        "    def log_prob(self, points):\n"
        "        assert points.shape[1] == 13\n"
        "        return -(points**2).sum(axis=1)\n"
    )

    passed = {each.law for each in check(str(path), dataset="wine") if each.outcome == "pass"}
    refused = {each.law: each.reason for each in check(str(path), dataset="ring")}

    assert {Law.FIT, Law.SHAPE, Law.LOG_PROB, Law.SAME, Law.PROCESS, Law.REFUSES} <= passed
    assert "it refuses ring, so nothing more was tried: wine only" in refused[Law.FIT]
    with pytest.raises(BadInput, match="No data set named 'wien'"):
        check(str(path), dataset="wien")
