"""What of a model's samples is kept to look at."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.runs.scorer import preview_of


@pytest.mark.parametrize(("name", "n", "length"), [("ring", 200, 2), ("photographs_8", 10, 192)])
def test_a_few_samples_that_can_be_drawn_are_kept(name, n, length):
    dataset = load(name)

    preview = preview_of(dataset, dataset.fresh + 0.4)

    assert {len(sample) for sample in preview} == {length}
    np.testing.assert_allclose(preview, dataset.project(dataset.fresh[:n] + 0.4), atol=5e-4)


@pytest.mark.parametrize("name", ["wine", "iris"])
def test_rows_of_a_table_are_not_kept_since_nobody_could_draw_them(name):
    table = load(name)

    assert preview_of(table, table.fresh) == ()
