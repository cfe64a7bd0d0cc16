"""Promised power is met where all is drawn anew, and a broken promise is told."""

import numpy as np
import pytest

from genbench.metrics import find
from genbench.sanity.power import promises
from genbench.sanity.power.planning import plan
from genbench.sanity.power.simulation import Kept, dealt, most_dealt, simulate

LAW = np.array([1.0, 1.0, 2.0, 0.5])


def draw(n_test, n_others, rng):
    return rng.normal(size=(n_test, 4)) * LAW, rng.normal(size=(n_others, 4)) * LAW


def planned(metric, difference, n_real=800):
    real, _ = draw(n_real, 0, np.random.default_rng(3))
    return plan(find(metric), real, difference=difference)


@pytest.mark.long
@pytest.mark.parametrize(("metric", "difference"), [("fid", 0.3), ("mmd", 0.02)])
def test_promised_power_is_met_within_binomial_error(metric, difference):
    kept = simulate(find(metric), planned(metric, difference), draw, simulations=60)

    assert kept.met
    assert kept.interval[0] < 0.95  # and not by many times too many samples


def test_a_quarter_of_the_samples_breaks_the_promise():
    made = planned("fid", 0.3, n_real=2000)
    kept = simulate(find("fid"), made, draw, n=made.needed[1] // 4, simulations=60)

    assert not kept.met


def test_the_interval_is_that_of_a_binomial_share():
    kept = Kept(simulations=200, seen=150, promised=0.8)

    assert kept.share == 0.75
    assert kept.interval == pytest.approx((0.684, 0.808), abs=2e-3)
    assert kept.met
    assert not Kept(simulations=200, seen=140, promised=0.8).met


def test_own_samples_are_dealt_out_into_parts_that_share_none():
    real = np.arange(100.0)[:, None]
    test, rest = dealt(real)(50, 40, np.random.default_rng(0))

    assert (len(test), len(rest)) == (50, 40)
    assert not set(test.ravel()) & set(rest.ravel())
    made = planned("fid", 0.3)
    assert most_dealt(np.zeros((900, 4)), made) == (900 - made.n_test) // 2


def test_promises_are_kept_on_disk_and_tried_again_only_if_something_changed(tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(promises, "_try", lambda *cell: tried.append(cell) or (100, 15))
    cells = [("frechet_distance", "gaussian")]

    (found,) = promises.run(cells, 20, tmp_path)
    (again,) = promises.run(cells, 20, tmp_path)
    assert found == again
    assert found.kept.share == 0.75
    assert len(tried) == 1
    monkeypatch.setitem(promises.DIFFERENCES, "frechet_distance", {"gaussian": 0.5})
    list(promises.run(cells, 20, tmp_path))
    assert len(tried) == 2


def test_six_metrics_are_tried_on_three_laws():
    assert len(promises.CELLS) == 18
    for _, law in promises.CELLS:
        points, _ = promises.REFERENCES[law]().sample(5, rng=np.random.default_rng(0))
        assert points.ndim == 2
