"""Mistakes that measures are prone to, planted one at a time: the tests of the measure catch each.

Every mistake is put into a copy of the package, on which the tests that should catch it are run;
the same tests pass on a copy without a mistake.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import genbench

TESTS = Path(__file__).parent
PACKAGE = Path(genbench.__file__).parent


@dataclass(frozen=True)
class Mistake:
    """A line of the package, what it is replaced by, and the file of tests that fails."""

    file: str
    right: str
    wrong: str
    caught_by: str


MISTAKES = {
    "pooled degrees of freedom": Mistake(
        "report/standing.py",
        "degrees = np.divide(variance**2, share, out=np.ones_like(variance), where=~sure)",
        "degrees = np.full_like(variance, 8.0)",
        "report/test_standing.py",
    ),
    "one side of a test": Mistake(
        "report/standing.py",
        "2 * t.sf(statistic, degrees)",
        "t.sf(statistic, degrees)",
        "report/test_standing.py",
    ),
    "told apart at the limit": Mistake(
        "report/standing.py",
        "p_values(intervals) < TOLD_APART",
        "p_values(intervals) <= TOLD_APART",
        "report/test_standing.py",
    ),
    "equals that are worse": Mistake(
        "report/standing.py",
        "hollow=bool(means[i] < best_of_rest)",
        "hollow=bool(means[i] <= best_of_rest)",
        "report/test_standing.py",
    ),
    "variance over n": Mistake(
        "report/intervals.py",
        "for value in self.values) / (n - 1) / n",
        "for value in self.values) / n / n",
        "report/test_standing.py",
    ),
    "degrees of freedom n": Mistake(
        "report/intervals.py",
        "self.variance**2 / (len(self.values) - 1)",
        "self.variance**2 / len(self.values)",
        "report/test_standing.py",
    ),
    "a tolerance that is absolute": Mistake(
        "sequences/scaling/log_sum_exp.py",
        "return value / scale, slope / scale",
        "return value, slope",
        "sequences/scaling/test_loss_law.py",
    ),
    "fewer errors than there are": Mistake(
        "sequences/scaling/power_law.py",
        "spread = math.sqrt(left / (len(x) - 2))",
        "spread = math.sqrt(left / len(x))",
        "sequences/scaling/test_power_law.py",
    ),
    "arguments swapped": Mistake(
        "evidence/overlap.py",
        "ball_blocks(test, test_radii, generated, generated_radii)",
        "ball_blocks(test, test_radii[::-1], generated, generated_radii)",
        "metrics/test_precision_recall.py",
    ),
    "precision for recall": Mistake(
        "metrics/precision_recall.py",
        "overlap.generated_balls_around > 0",
        "overlap.test_balls_around > 0",
        "metrics/test_precision_recall.py",
    ),
    "biased estimator": Mistake(
        "evidence/pair_means.py",
        "seen = np.tril_indices(n_rows)",
        "seen = np.tril_indices(n_rows, -1)",
        "metrics/test_kernel_distances.py",
    ),
    "forgotten cross term": Mistake(
        "evidence/pair_means.py",
        "- 2 * self.between.mean",
        "- self.between.mean",
        "metrics/test_kernel_distances.py",
    ),
    "self as neighbour": Mistake(
        "distances.py",
        "        if same:\n",
        "        if False:\n",
        "test_distances.py",
    ),
    "missing square root": Mistake(
        "distances.py",
        'np.sqrt(np.einsum("ijk,ijk->ij", apart, apart))',
        'np.einsum("ijk,ijk->ij", apart, apart)',
        "test_distances.py",
    ),
    "rounding of what lies far out": Mistake(
        "evidence/hull.py",
        "PRECISION * np.maximum(1, squares)",
        "PRECISION",
        "metrics/test_hull.py",
    ),
    "weights without a sum": Mistake(
        "evidence/hull.py",
        "np.append(points[i], 1.0)",
        "np.append(points[i], 0.5)",
        "metrics/test_hull.py",
    ),
    "diagonal covariance": Mistake(
        "evidence/gaussians.py",
        "covariance += centred.T @ centred",
        "covariance += np.diag((centred**2).sum(axis=0))",
        "metrics/test_frechet.py",
    ),
    "covariance over n": Mistake(
        "evidence/gaussians.py",
        "_cholesky(covariance / (n - 1), SAFE)",
        "_cholesky(covariance / n, SAFE)",
        "metrics/test_frechet.py",
    ),
    "means forgotten": Mistake(
        "evidence/gaussians.py",
        "shift = ((one.mean - other.mean) ** 2).sum()",
        "shift = 0.0",
        "metrics/test_frechet.py",
    ),
    "divergence the wrong way round": Mistake(
        "metrics/inception_scores.py",
        "rel_entr(_prior(probabilities), probabilities.marginal)",
        "rel_entr(probabilities.marginal, _prior(probabilities))",
        "metrics/test_inception_scores.py",
    ),
    "bandwidth chosen on what it judges": Mistake(
        "evidence/kernel_likelihood.py",
        "for chooses, judged in (halves, halves[::-1]):",
        "for chooses, judged in zip(halves, halves):",
        "metrics/test_likelihood.py",
    ),
    "p-value off by one": Mistake(
        "metrics/classifier_two_sample.py",
        "hypergeom.sf(test.real_called_real - 1,",
        "hypergeom.sf(test.real_called_real,",
        "metrics/test_classifier_two_sample.py",
    ),
    "spacing of the wrong sample": Mistake(
        "evidence/proximity.py",
        "train_spacing[found.indices[:, 0]]",
        "train_spacing[np.arange(len(found.indices)) % len(train)]",
        "metrics/test_authenticity.py",
    ),
    "distance to training samples from the wrong side": Mistake(
        "evidence/memorization.py",
        "nearest(generated, points)[0][:, 0] for points in (train, -train)",
        "nearest(train, points)[0][:, 0] for points in (generated, -generated)",
        "metrics/test_memorization.py",
    ),
    "parameters in the order in which they are told": Mistake(
        "models/parameters.py",
        "return model, dict(sorted(found.items()))",
        "return model, found",
        "models/test_parameters.py",
    ),
    "a curve that is ranked": Mistake(
        "report/losses.py",
        "and not has_parameters(record.model)",
        "and record.model",
        "report/test_curves.py",
    ),
    "a curve that the others feel": Mistake(
        "report/leaderboard.py",
        "table = _table(dataset, alone, rules)",
        "table = _table(dataset, records, rules)",
        "report/test_curves.py",
    ),
    "a curve in the order of names": Mistake(
        "report/curves.py",
        "ordered = tuple(sorted(points, key=_place))",
        "ordered = tuple(points)",
        "report/test_curves.py",
    ),
    "clones that entropy favours": Mistake(
        "tournament/nash.py",
        "np.unique(table, axis=0, return_inverse=True)",
        "(table, np.arange(len(table)))",
        "tournament/test_nash.py",
    ),
    "any of the equilibria": Mistake(
        "tournament/nash.py",
        "if ways.shape[1]:",
        "if not ways.shape[0]:",
        "tournament/test_nash.py",
    ),
    "what the other never does does not bind": Mistake(
        "tournament/nash.py",
        "gains[:, ~binding].T)",
        "gains[:, :0].T)",
        "tournament/test_nash.py",
    ),
    "the mix that lets the most pass": Mistake(
        "evidence/matches.py",
        "equilibrium(self.pool.called_real.T).columns",
        "equilibrium(-self.pool.called_real.T).columns",
        "metrics/test_tournament.py",
    ),
    "grams that pass an end": Mistake(
        "evidence/symbol_rows.py",
        "np.nonzero(self.inside[:, order - 1 :])",
        "np.nonzero(self.inside[:, :starts])",
        "metrics/test_grams.py",
    ),
    "a row against itself": Mistake(
        "evidence/self_similarity.py",
        "elsewhere[places] = second",
        "elsewhere[places] = counts[places]",
        "metrics/test_self_similarity.py",
    ),
    "one added to letters too": Mistake(
        "evidence/self_similarity.py",
        "added = order > 1",
        "added = True",
        "metrics/test_self_similarity.py",
    ),
    "what is before a row in common": Mistake(
        "evidence/training_matches.py",
        "np.minimum(shared, said)",
        "shared",
        "metrics/test_copied_text.py",
    ),
    "one neighbour of two": Mistake(
        "evidence/training_matches.py",
        "np.maximum(_alike(strings, known, above), _alike(strings, known, below))",
        "_alike(strings, known, above)",
        "metrics/test_copied_text.py",
    ),
    "short spans suspected": Mistake(
        "metrics/copied_text.py",
        'alternative="greater"',
        'alternative="less"',
        "metrics/test_copied_text.py",
    ),
    "a fitted predictor taken for the true one": Mistake(
        "evidence/innovations.py",
        "off @ off / (1 + len(self.generated) / len(self.test))",
        "off @ off",
        "metrics/test_series.py",
    ),
    "lagged products by the length of a row": Mistake(
        "evidence/series.py",
        "(rows[:, : length - lag] * rows[:, lag:]).mean(axis=1)",
        "(rows[:, : length - lag] * rows[:, lag:]).sum(axis=1) / length",
        "metrics/test_series.py",
    ),
    "a ratio taken for a mean": Mistake(
        "ground/spread.py",
        "off = values - values.sum() / sizes.sum() * sizes",
        "off = values - values.mean()",
        "metrics/test_sequence_bits.py",
    ),
    "a mean of rows' own bits": Mistake(
        "metrics/sequence_bits.py",
        "float(likelihoods.bits.sum() / likelihoods.lengths.sum())",
        "float((likelihoods.bits / likelihoods.lengths).mean())",
        "metrics/test_sequence_bits.py",
    ),
    "a judge that does not know all symbols": Mistake(
        "evidence/judged_rows.py",
        'numbers[np.argsort(occurs, kind="stable")]',
        'numbers[np.argsort(~occurs, kind="stable")]',
        "metrics/test_judged_bits.py",
    ),
    "a judge of three rows": Mistake(
        "evidence/judged_rows.py",
        "rows = reference.get(test_rows)",
        "rows = reference.get(test_rows).some(np.arange(3))",
        "metrics/test_judged_bits.py",
    ),
    "words cut by a window": Mistake(
        "evidence/words.py",
        "(t[1:-1] if cut else t)",
        "t",
        "metrics/test_zipf.py",
    ),
    "equal rows covered twice": Mistake(
        "evidence/true_law.py",
        "first[np.unique(codes, return_index=True)[1]] = True",
        "first[:] = True",
        "metrics/test_true_law.py",
    ),
    "fresh rows that go on behind their end": Mistake(
        "scoring/inputs.py",
        'fresh = closed(fresh, symbols, name="fresh")',
        "pass",
        "scoring/test_sequences.py",
    ),
}


def passes(package, tests):
    """Run files of tests on a package, wherever another copy is installed."""
    done = subprocess.run(
        [
            sys.executable,
            *("-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist"),
            *(str(TESTS / test) for test in tests),
            *("--rootdir", str(TESTS.parent)),
            *("-c", str(TESTS.parent / "pyproject.toml")),
        ],
        env=os.environ | {"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=package.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr  # passed or failed, nothing else
    return done.returncode == 0


@pytest.fixture
def package(tmp_path):
    return Path(
        shutil.copytree(
            PACKAGE, tmp_path / "genbench", ignore=shutil.ignore_patterns("__pycache__")
        )
    )


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_has_one_place_to_be_planted(mistake):
    assert (PACKAGE / mistake.file).read_text(encoding="utf-8").count(mistake.right) == 1


@pytest.mark.long  # minutes, all together
@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_planted_mistake_is_caught(package, mistake):
    path = package / mistake.file
    text = path.read_text(encoding="utf-8")

    path.write_text(text.replace(mistake.right, mistake.wrong), encoding="utf-8")

    assert not passes(package, [mistake.caught_by])


@pytest.mark.long
def test_without_a_mistake_the_same_tests_pass(package):
    assert passes(package, sorted({mistake.caught_by for mistake in MISTAKES.values()}))
