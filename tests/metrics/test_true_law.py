"""Generated rows under the true law: tempered chains in closed form, sets of rows by hand."""

import numpy as np
import pytest

from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison, Reference
from genbench.evidence.true_law import TrueLaw
from genbench.ground.errors import Unavailable
from genbench.metrics.true_law import (
    covered_error,
    covered_probability,
    gap_error,
    grammatical_error,
    grammatical_share,
    surprisal_gap,
)

LETTERS = Symbols(("a", "b", "c"))
SHARES = np.array([0.6, 0.3, 0.1])


class Letters:
    """Independent letters."""

    def __init__(self, shares=SHARES, length=10):
        self.shares, self.length = np.asarray(shares), length

    def sample(self, n, *, rng):
        rows = rng.choice(len(self.shares), p=self.shares, size=(n, self.length))
        return rows.astype(float), rows[:, 0]

    def log_prob(self, points):
        with np.errstate(divide="ignore"):
            return np.log(self.shares)[points.astype(int)].sum(axis=1)


class Table:
    """Rows with known probabilities; all others are impossible."""

    def __init__(self, probabilities):
        self.probabilities = probabilities

    def sample(self, n, *, rng):
        rows = np.array(list(self.probabilities), dtype=float)
        drawn = rng.choice(len(rows), p=list(self.probabilities.values()), size=n)
        return rows[drawn], drawn

    def log_prob(self, points):
        with np.errstate(divide="ignore"):
            found = [self.probabilities.get(tuple(map(int, row)), 0.0) for row in points]
            return np.log(np.array(found))


# Sentences of a (0), b (1) and an end (2), in rows of three: abb is the beginning of any.
TABLE = Table({(2, 2, 2): 0.1, (0, 2, 2): 0.4, (0, 1, 2): 0.3, (0, 1, 1): 0.2})
SENTENCES = Symbols(("a", "b", ""), end=2)


def law(generated, density, symbols):
    reference = Reference(symbols=symbols, density=density)
    return TrueLaw.of(Comparison(reference=reference, generated=np.asarray(generated, float)))


def test_tempered_letters_have_a_gap_in_closed_form():
    squared = SHARES**2 / (SHARES**2).sum()  # at temperature one half
    rows = Letters(squared).sample(3000, rng=np.random.default_rng(1))[0]

    found = law(rows, Letters(), LETTERS)

    expected = -squared @ np.log2(SHARES) + SHARES @ np.log2(SHARES)
    assert surprisal_gap(found) == pytest.approx(expected, abs=4 * gap_error(found))
    assert expected < -0.2
    assert gap_error(found) < 0.02
    assert found.entropy.bits == pytest.approx(-SHARES @ np.log2(SHARES), abs=0.03)


def test_a_known_entropy_is_taken_as_it_is():
    density = Letters()
    density.row_entropy = 10 * float(-SHARES @ np.log(SHARES))
    rows = density.sample(50, rng=np.random.default_rng(2))[0]

    found = law(rows, density, LETTERS)

    assert found.entropy.bits == pytest.approx(-SHARES @ np.log2(SHARES), rel=1e-12)
    assert found.entropy.error == 0


def test_real_rows_have_no_gap_and_its_error_is_right():
    rng = np.random.default_rng(3)
    density = Letters()
    entropy = law(density.sample(2, rng=rng)[0], density, LETTERS).entropy
    gaps, errors = [], []

    for _ in range(300):
        found = law(density.sample(40, rng=rng)[0], density, LETTERS)
        gaps.append(surprisal_gap(found))
        errors.append(np.sqrt(gap_error(found) ** 2 - entropy.error**2))

    assert np.mean(gaps) == pytest.approx(0, abs=4 * entropy.error)
    assert np.mean(errors) == pytest.approx(np.std(gaps), rel=0.12)


def test_lengths_count_the_end_and_beginnings_are_told():
    rows = [[0, 2, 2], [0, 1, 1], [0, 1, 2]]

    found = law(rows, TABLE, SENTENCES)

    bits = -np.log2([0.4, 0.2, 0.3]).sum() / (2 + 3 + 3)
    assert surprisal_gap(found) == pytest.approx(bits - found.entropy.bits)
    entropy = -sum(p * np.log2(p) for p in TABLE.probabilities.values())
    mean = 0.1 * 1 + 0.4 * 2 + 0.3 * 3 + 0.2 * 3
    assert found.entropy.bits == pytest.approx(entropy / mean, abs=5 * found.entropy.error)
    assert found.parameters["n_beginnings"] == 1


def test_an_impossible_row_leaves_no_gap_and_counts_as_ungrammatical():
    found = law([[0, 2, 2], [1, 2, 2], [0, 1, 1], [1, 1, 1]], TABLE, SENTENCES)

    assert grammatical_share(found) == 0.5
    assert grammatical_error(found) == pytest.approx(0.25)
    with pytest.raises(Unavailable, match="2 of 4 rows are impossible"):
        surprisal_gap(found)


def test_different_rows_cover_their_probability_once():
    rows = [[0, 2, 2], [0, 2, 2], [0, 1, 1], [1, 1, 1]]

    found = law(rows, TABLE, SENTENCES)

    assert covered_probability(found) == pytest.approx(0.4 + 0.2)
    # Once abb, twice or three times a.
    twice, often = ([[0, 1, 1], *[[0, 2, 2]] * n, [1, 1, 1]] for n in (2, 3))
    assert covered_error(law(twice, TABLE, SENTENCES)) == 0  # what twos take away is more
    assert covered_error(law(often, TABLE, SENTENCES)) == (
        pytest.approx(np.sqrt(0.75 * 0.2**2 - 0.2**2 / 5))
    )
    assert covered_probability(law(list(TABLE.probabilities), TABLE, SENTENCES)) == pytest.approx(1)


@pytest.mark.parametrize("length", [3, 6, 9])
def test_the_error_of_what_is_covered_is_that_of_rows_drawn_anew(length):
    rng = np.random.default_rng(4)
    density = Letters(length=length)
    covered, errors = [], []

    for _ in range(400):
        found = law(density.sample(100, rng=rng)[0], density, LETTERS)
        covered.append(covered_probability(found))
        errors.append(covered_error(found))

    assert np.mean(errors) == pytest.approx(np.std(covered), rel=0.2)


def test_needs_a_law():
    with pytest.raises(Unavailable, match="density"):
        law([[0, 2, 2]], None, SENTENCES)
