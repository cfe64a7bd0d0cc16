"""What a board would tell: the verdict on each metric, and how long it would take."""

import math

import numpy as np
import pytest

from genbench.report.board_check import check_board
from genbench.runs.board_files import find


@pytest.fixture
def found(tmp_path):
    rng = np.random.default_rng(0)
    circle = rng.normal(size=(960, 2))
    circle /= np.linalg.norm(circle, axis=1, keepdims=True)
    np.save(tmp_path / "circle.npy", circle + 0.01 * rng.normal(size=circle.shape))
    path = tmp_path / "my.toml"
    path.write_text(
        'seeds = 5\nbudget = 60\nmodels = ["gaussian"]\n'
        'metrics = ["precision", "recall", "wasserstein_distance", "inception_score", "density"]\n'
        '[[data]]\nname = "circle"\nsamples = "circle.npy"\n'
    )
    (one,) = check_board(find(str(path)), jobs=1)
    return one


def test_each_metric_is_judged_and_the_time_is_that_of_all_cells(found):
    verdicts = {one.metric: one.verdict for one in found.metrics}
    gaps = {one.metric: one.gap for one in found.metrics}

    assert (found.n_train, found.n_test, found.n_fresh) == (480, 240, 240)
    assert found.test_in_train == found.fresh_in_train == 0
    assert gaps["precision"] > 10
    assert verdicts["precision"] == "counted"
    assert verdicts["density"] == "not in the headline"
    assert gaps["recall"] < 10
    assert verdicts["recall"] in ("too near", "out of order")
    assert gaps["inception_score"] is None
    assert verdicts["inception_score"] == (
        "There are no class probabilities of the generated samples."
    )
    (precision,) = (one for one in found.metrics if one.metric == "precision")
    assert precision.smallest_n == max(2, math.ceil(240 * (10 / precision.gap) ** 2))
    assert found.n_cells == 5 * 5  # real samples, three controls and the Gaussian
    assert found.seconds == 25 * (60 + found.score_seconds)
    assert 0 < found.score_seconds < 60
