"""Modes are counted as the words say, and the table has a row for each remedy."""

import numpy as np
import pytest

from genbench.baselines.gans.mode_collapse import CENTRES, REMEDIES, counts, table


class AtSomeModes:
    """Draws what hits the first modes and what comes near others."""

    def fit(self, train, *, rng):
        assert len(train) == 10_000
        return self

    def sample(self, n, *, rng):
        far = CENTRES + np.array([0, 0.201])
        return np.concatenate([np.repeat(CENTRES[:3], n // 5, axis=0), far[:4].repeat(n // 10, 0)])


def test_modes_are_hit_within_ten_widths_by_one_sample_in_a_hundred():
    just = CENTRES + np.array([0.199, 0])

    hit = counts(np.concatenate([just[:1].repeat(89, 0), just[1:2], CENTRES[2:3].repeat(10, 0)]))
    none = counts(np.repeat(CENTRES + np.array([0, 0.201]), 10, axis=0))

    assert hit == (3, 3, 1.0)
    assert none == (8, 0, 0.0)


def test_one_sample_in_more_than_a_hundred_is_no_mode():
    assert counts(np.concatenate([CENTRES[:1].repeat(100, 0), CENTRES[1:2]])) == (1, 1, 1.0)


def test_the_table_has_a_number_for_each_seed():
    text = table({"half of them": AtSomeModes}, seeds=(0, 1))

    assert text.splitlines()[2] == "| half of them | 4 4 | 3 3 | .60 .60 |"


@pytest.mark.parametrize("name", REMEDIES)
def test_every_remedy_can_be_played(name):
    model = REMEDIES[name]()
    model.steps = 2

    samples = model.fit(np.repeat(CENTRES, 4, axis=0), rng=np.random.default_rng(0)).sample(
        5, rng=np.random.default_rng(0)
    )

    assert samples.shape == (5, 2)
