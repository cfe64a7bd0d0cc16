"""genbench scale: cells of a board, done once, and what is said of mistakes."""

import numpy as np
import pytest
from click.testing import CliRunner

from genbench.cli.main import main
from genbench.datasets import load
from genbench.runs import records

GROWER = '''
import numpy as np

class Grower:
    """Letters at their frequency, with so many counts of each in advance."""

    def __init__(self, width=1):
        self.width = width

    def fit(self, train, *, rng):
        counts = np.bincount(train.astype(int).ravel()) + 1000 / self.width
        self.law = np.log(counts / counts.sum())
        self.n_parameters, self.n_seen = 10 * self.width, train.size
        self.length = train.shape[1]
        return self

    def sample(self, n, *, rng):
        return rng.choice(len(self.law), p=np.exp(self.law), size=(n, self.length)).astype(float)

    def log_prob(self, samples):
        return self.law[np.rint(samples).astype(int)].sum(axis=1)
'''


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grower.py").write_text(GROWER)
    return tmp_path


def scale(*words):
    return CliRunner().invoke(main, ["scale", *map(str, words)])


def test_cells_are_done_once_and_tables_come_from_records_alone(home):
    words = ("grower.py", "-d", "markov", "--widths", "1,100", "--rows", "50", "--seeds", "0")

    first = scale(*words, "-j", 1)

    folder = home / "leaderboards" / "scaling_markov"
    assert first.exit_code == 0, first.output
    assert "3 of 3 cells to do" in first.output
    assert "No law of losses: 2 cells are too few for a law of 5 parameters." in first.output
    _, small, large = sorted(records.read(folder / "records.jsonl"), key=lambda each: each.model)
    assert (small.model, large.model) == ("grower.py#width=1", "grower.py#width=100")
    assert (large.n_parameters, large.n_seen, large.n_train) == (1000, 50 * 64, 50)

    # The loss, and how much more likely training rows are, as they are by the definition.
    data = load("markov/50")
    scope = {}
    exec(GROWER, scope)
    model = scope["Grower"](width=100).fit(data.train, rng=None)
    test, train = model.log_prob(data.test).mean(), model.log_prob(data.train).mean()
    assert large.value("bits_per_symbol") == pytest.approx(-test / 64 / np.log(2))
    assert large.value("likelihood_gap") == pytest.approx(train - test)

    table = (folder / "README.md").read_text()
    (folder / "README.md").unlink()
    assert scale("--again", folder.relative_to(home)).exit_code == 0
    assert (folder / "README.md").read_text() == table
    assert "0 of 3 cells to do" in scale(*words, "-j", 1).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("grower.py",), "Say which model, and on which data"),
        (("grower.py", "-d", "englich"), "No data set named 'englich'"),
        (("grower.py", "-d", "ring"), "ring has no symbols"),
        (("grower.py", "-d", "markov/50"), "is a part of a data set"),
        (("gaussian", "-d", "markov"), "gaussian has no width"),
        (("grower.py", "-d", "markov", "--rows", "99999"), "a number from 1 to 1000"),
        (("grower.py", "-d", "markov", "--widths", "a"), "--widths must be whole numbers above 0"),
        (("grower.py", "-d", "markov", "--rows", "0"), "--rows must be whole numbers above 0"),
        (("grower.py", "-d", "markov", "--seeds", "x"), "--seeds must look like"),
        (("--again", "nowhere"), "There are no records in nowhere"),
        (("grower.py", "--again", "nowhere"), "give no model and no data set"),
    ],
)
def test_mistakes_are_one_sentence(home, words, said):
    result = scale(*words)

    assert result.exit_code == 2
    assert said in result.output
