"""The laws of models that say what comes next: good ones pass, and planted mistakes fail."""

import numpy as np
import pytest
from click.testing import CliRunner

from genbench import check
from genbench.check.verdicts import Law
from genbench.cli import main as cli
from genbench.ground.errors import BadInput
from genbench.models import new, toys

MODELS = """
import numpy as np

def log_softmax(values):
    values = values - values.max(axis=1, keepdims=True)
    return values - np.log(np.exp(values).sum(axis=1, keepdims=True))

class Chain:
    def fit(self, train, *, rng):
        rows, self.size = train.astype(int), int(train.max()) + 1
        self.first = np.bincount(rows[:, 0], minlength=self.size) + 0.1
        self.next = np.full((self.size, self.size), 0.1)
        np.add.at(self.next, (rows[:, :-1], rows[:, 1:]), 1)
        return self
    def next_log_prob(self, prefixes):
        n, t = prefixes.shape
        counts = self.next[prefixes[:, -1].astype(int)] if t else np.tile(self.first, (n, 1))
        return np.log(counts / counts.sum(axis=1, keepdims=True))

class Whole(Chain):
    '''With all that a model of sequences may have of its own.'''
    def refuses(self, train):
        return None if train.shape[1] == 6 else "It is for rows of six."
    def sample(self, n, *, rng):
        rows = np.zeros((n, 6))
        for t in range(6):
            noise = rng.gumbel(size=(n, self.size))
            rows[:, t] = (self.next_log_prob(rows[:, :t]) + noise).argmax(axis=1)
        return rows
    def log_prob(self, samples):
        rows = np.rint(samples).astype(int)
        inside = ((rows >= 0) & (rows < self.size)).all(axis=1)
        found = np.full(len(rows), -np.inf)
        found[inside] = sum(
            self.next_log_prob(rows[inside, :t])[np.arange(inside.sum()), rows[inside, t]]
            for t in range(6)
        )
        return found

class Single(Whole):
    '''In single precision, as networks are.'''
    def next_log_prob(self, prefixes):
        return super().next_log_prob(prefixes).astype(np.float32)

class Impossible(Whole):
    '''Zeros where nothing was seen.'''
    def fit(self, train, *, rng):
        super().fit(train, rng=rng)
        self.first, self.next = self.first - 0.1, self.next - 0.1
        return self
    def next_log_prob(self, prefixes):
        with np.errstate(divide="ignore"):
            return super().next_log_prob(prefixes)

class Unnormalised(Chain):
    def next_log_prob(self, prefixes):
        return super().next_log_prob(prefixes) - 0.01

class OwnUnnormalised(Whole):
    def next_log_prob(self, prefixes):
        return super().next_log_prob(prefixes) + 0.001 * (prefixes.shape[1] == 3)

class Bits(Chain):
    def next_log_prob(self, prefixes):
        return super().next_log_prob(prefixes) / np.log(2)

class Peeks(Whole):
    '''As attention without a mask: of a whole row each symbol is known already.'''
    def log_prob(self, samples):
        return super().log_prob(samples) * 0.1

class Remembers(Chain):
    '''What it was last asked about, and says what it saw there.'''
    seen = np.zeros((0, 0))
    def next_log_prob(self, prefixes):
        (n, t), told = prefixes.shape, super().next_log_prob(prefixes)
        if len(self.seen) == n and self.seen.shape[1] > t:
            told[np.arange(n), self.seen[:, t].astype(int)] += 3
            told = log_softmax(told)
        self.seen = prefixes if t > self.seen.shape[1] else self.seen
        return told

class Shifted(Whole):
    '''What would have come one symbol earlier.'''
    def next_log_prob(self, prefixes):
        return Chain.next_log_prob(self, prefixes[:, :-1])
    def log_prob(self, samples):
        good = Whole()
        good.__dict__.update(self.__dict__)
        return good.log_prob(samples)

class AtOdds(Whole):
    def log_prob(self, samples):
        found = super().log_prob(samples)
        found[np.isfinite(found)] += 0.01 * np.sin(np.arange(np.isfinite(found).sum()))
        return found

class RowsInBits(Whole):
    def log_prob(self, samples):
        return super().log_prob(samples) / np.log(2)

class Writes(Chain):
    def next_log_prob(self, prefixes):
        told = super().next_log_prob(prefixes)
        prefixes[:] = 0
        return told

class Averages(Chain):
    '''Tells each row what is true of the batch.'''
    def next_log_prob(self, prefixes):
        told = super().next_log_prob(prefixes)
        return np.log(np.tile(np.exp(told).mean(axis=0), (len(told), 1)))

class FirstOnly(Chain):
    def next_log_prob(self, prefixes):
        if prefixes.shape[1] == 0:
            raise IndexError("there is no last symbol")
        return super().next_log_prob(prefixes)

class Narrow(Chain):
    def next_log_prob(self, prefixes):
        return log_softmax(super().next_log_prob(prefixes)[:, :-1])

class Nan(Chain):
    def next_log_prob(self, prefixes):
        return super().next_log_prob(prefixes) * np.where(prefixes.shape[1] == 5, np.nan, 1)

class Refuses(Chain):
    def refuses(self, train):
        return "It is never in the mood." if train.shape[1] == 6 else None

class Silent:
    def fit(self, train, *, rng):
        self.train = train
        return self
    def sample(self, n, *, rng):
        return self.train[rng.integers(len(self.train), size=n)]

class Bare:
    def fit(self, train, *, rng):
        return self
"""


@pytest.fixture(scope="module")
def verdicts_of(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "models.py"
    path.write_text(MODELS)
    return lambda name: {each.law: each for each in check(f"{path}:{name}")}


@pytest.mark.parametrize("name", ["Chain", "Whole", "Single", "Impossible"])
def test_good_models_pass(name, verdicts_of):
    found = verdicts_of(name)

    assert [each for each in found.values() if each.outcome == "fail"] == []
    assert found[Law.NEXT].outcome == found[Law.ADDS_UP].outcome == "pass"
    assert found[Law.PROCESS].outcome == "pass"


@pytest.mark.parametrize(
    ("name", "law", "reason"),
    [
        ("Unnormalised", Law.NEXT, "after 0 symbols gives probabilities that sum to 0.99005"),
        ("OwnUnnormalised", Law.NEXT, "after 3 symbols gives probabilities that sum to 1.001"),
        ("Bits", Law.NEXT, "return nats, not bits"),
        ("Peeks", Law.ADDS_UP, "of all 729 rows there can be sum to"),
        ("Remembers", Law.NEXT, "asked once more, it says otherwise"),
        ("Shifted", Law.ADDS_UP, "adds up to"),
        ("AtOdds", Law.ADDS_UP, "both are of one law, in nats"),
        ("RowsInBits", Law.ADDS_UP, "and rows in nats"),
        ("Writes", Law.NEXT, "wrote to the prefixes"),
        ("Averages", Law.NEXT, "asked of a row alone, it says otherwise"),
        (
            "FirstOnly",
            Law.NEXT,
            "next_log_prob after 0 symbols raised IndexError: there is no last",
        ),
        ("Narrow", Law.NEXT, "returned shape (50, 2); expected (50, 3)"),
        ("Nan", Law.NEXT, "after 5 symbols returned NaN"),
    ],
)
def test_planted_mistakes_fail(name, law, reason, verdicts_of):
    found = verdicts_of(name)

    assert found[law].outcome == "fail", found[law]
    assert reason in found[law].reason
    if law is Law.NEXT:
        assert found[Law.ADDS_UP].outcome == "not applicable"


def test_they_say_nothing_of_other_models(verdicts_of):
    silent, refuses, bare = map(verdicts_of, ("Silent", "Refuses", "Bare"))

    for law in (Law.NEXT, Law.ADDS_UP):
        assert silent[law].outcome == refuses[law].outcome == "not applicable"
    assert "it has no next_log_prob" in silent[Law.NEXT].reason
    assert "never in the mood" in refuses[Law.NEXT].reason
    assert "or, of sequences, next_log_prob" in bare[Law.METHODS].reason


def test_the_toy_has_sentences_of_every_symbol():
    rows = toys.toy(toys.SYMBOLS).train
    ended = np.maximum.accumulate(rows == 0, axis=1)

    assert np.unique(rows).tolist() == [0, 1, 2]
    assert (rows[:, 0] != 0).all()
    assert (rows[ended] == 0).all()
    assert 0.5 < ended[:, -1].mean() < 1


def call(*words):
    return CliRunner().invoke(cli.main, [str(word) for word in words], catch_exceptions=False)


def test_a_new_model_of_sequences_passes(tmp_path):
    path = tmp_path / "mine.py"

    done = call("new", path, "--sequences")

    assert done.exit_code == 0
    assert f"genbench score {path} --dataset english" in done.output
    found = {each.law: each for each in check(str(path))}
    assert [each for each in found.values() if each.outcome == "fail"] == []
    assert found[Law.NEXT].outcome == found[Law.ADDS_UP].outcome == "pass"
    assert call("new", path, "--sequences").exit_code == 2


def test_a_new_model_is_that_of_the_plane_without_being_asked_for_sequences(tmp_path):
    assert "ring" in call("new", tmp_path / "mine.py").output
    assert "next_log_prob" not in (tmp_path / "mine.py").read_text()
    with pytest.raises(BadInput, match=r"should end in \.py"):
        new.write(tmp_path / "mine.txt", sequences=True)
