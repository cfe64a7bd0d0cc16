"""The sheet has a panel for each model in the plane, with the samples of its lowest seed."""

import matplotlib.image
import numpy as np
import pytest

from genbench.report.sheet import _density, draw, panels
from genbench.runs.records import REAL, Record


def record(model, dataset, seed, preview):
    return Record(
        key="k", dataset=dataset, model=model, family="f", seed=seed, status="ok", preview=preview
    )


@pytest.fixture
def records():
    return [
        record("gan", "ring", 1, ((9.0, 9.0),)),
        record("gan", "ring", 0, ((1.0, 2.0), (0.0, 2.0))),
        record(REAL, "moons", 0, ((0.0, 1.0),)),
        record("gan", "digits", 0, ((0.0,) * 64,)),
        record("maf", "wine", 0, ()),
    ]


def test_only_models_in_the_plane_are_drawn_each_once(records):
    found = panels(records)

    assert set(found) == {("gan", "ring"), (REAL, "moons")}
    np.testing.assert_array_equal(found["gan", "ring"], [[1, 2], [0, 2]])


def test_it_is_written_as_a_picture_with_room_for_all(records, tmp_path):
    draw(tmp_path / "sheet.png", records)

    height, width, _ = matplotlib.image.imread(tmp_path / "sheet.png").shape
    assert height > 150  # two models
    assert width > 250  # two data sets, and names
    assert len(list(tmp_path.iterdir())) == 1


def test_the_density_is_the_true_one():
    density, (left, right, low, high) = _density("ring")

    rows, columns = np.unravel_index(density.argmax(), density.shape)
    x = left + (right - left) * columns / (density.shape[1] - 1)
    y = low + (high - low) * rows / (density.shape[0] - 1)
    assert np.hypot(x, y) == pytest.approx(2, abs=0.05)  # on the circle of modes
