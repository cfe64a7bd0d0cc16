"""Rarity and realism: by hand, on a lattice, and on copies."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from genbench.evidence import Comparison, Reference
from genbench.evidence.rarity import Rarity
from genbench.ground.errors import Unavailable
from genbench.metrics.rarity import rarity_score, realism_score


def rarity(test, generated, k=3):
    return Rarity.of(Comparison(reference=Reference(test=test, k=k), generated=generated))


def test_matches_the_definition_written_out():
    rng = np.random.default_rng(1)
    test, generated = rng.normal(size=(40, 3)), rng.normal(size=(31, 3)) * 1.3

    found = rarity(test, generated, k=4)

    apart = cdist(test, generated)
    radii = np.sort(cdist(test, test), axis=1)[:, 4]
    rarities, realisms = [], []
    for j in range(31):
        holding = [radii[i] for i in range(40) if apart[i, j] <= radii[i]]
        rarities += [min(holding)] if holding else []
        kept = [i for i in range(40) if radii[i] <= np.median(radii)]
        realisms.append(max(radii[i] / apart[i, j] for i in kept))
    assert found.realism == pytest.approx(realisms)
    assert realism_score(found) == pytest.approx(np.median(realisms))
    assert 1 < len(rarities) < 31
    assert rarity_score(found) == pytest.approx(np.mean(rarities))
    assert found.parameters == {"k": 4, "share_outside": (31 - len(rarities)) / 31}


def test_a_lattice_is_counted_by_hand():
    # Steps of 1, then of 10: with k = 2 balls reach 1 and 2 on the left, 10 and 20 on the right.
    test = np.array([0.0, 1, 2, 3, 50, 60, 70])[:, None]
    generated = np.array([[1.5], [-1.5], [65.0], [52.0], [-40.0], [1000.0]])

    found = rarity(test, generated, k=2)

    assert list(found.smallest_ball) == [1, 2, 10, 10, np.inf, np.inf]
    assert rarity_score(found) == (1 + 2 + 10 + 10) / 4
    assert found.share_outside == 1 / 3
    # Radii 2, 1, 1, 2, 20, 10, 20: the median is 2, and of 65 the ball of 3 is the nearest kept.
    assert found.realism[2] == 2 / 62
    assert found.realism[0] == 1 / 0.5


def test_a_copy_is_infinitely_real_and_as_rare_as_its_ball():
    test = np.random.default_rng(2).normal(size=(50, 2)) + 1000

    found = rarity(test, test[:1])

    radii = np.sort(cdist(test, test), axis=1)[:, 3]
    assert found.smallest_ball[0] <= radii[0]
    small = test[radii <= np.median(radii)]
    assert np.isinf(rarity(test, small).realism).all()


def test_repeated_points_are_not_rare_and_hold_each_other():
    constant = np.full((10, 3), 1000.1)

    found = rarity(constant, constant)

    assert rarity_score(found) == 0
    assert found.share_outside == 0
    assert realism_score(rarity(constant, constant + 1)) == 0


def test_samples_elsewhere_have_no_rarity_and_no_realism():
    rng = np.random.default_rng(3)

    found = rarity(rng.normal(size=(50, 2)), rng.normal(size=(40, 2)) + 1000)

    with pytest.raises(Unavailable, match="no generated sample lies inside"):
        rarity_score(found)
    assert realism_score(found) < 0.01


def test_tails_are_rarer_than_the_middle():
    rng = np.random.default_rng(4)
    test = rng.normal(size=(500, 2))

    middle, tail = (rarity_score(rarity(test, scale * test[:200])) for scale in (0.1, 1.0))

    assert middle < tail / 1.5
