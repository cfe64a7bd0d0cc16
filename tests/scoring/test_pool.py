"""The reference pool: what it holds, written out."""

import numpy as np
import pytest

from genbench.datasets import load
from genbench.distances import nearest
from genbench.scoring.pool import BLURS, N_EACH, reference_pool


def sorts(name):
    dataset = load(name)
    pool = reference_pool(dataset)
    ends = N_EACH * np.arange(1, len(BLURS) + 2)
    return dataset, np.split(pool, ends)


@pytest.mark.parametrize("name", ["ring", "wine"])
def test_a_pool_holds_copies_ever_more_blurred_ones_noise_and_fresh_samples(name):
    dataset, (copies, *blurred, noise, fresh) = sorts(name)

    assert {tuple(row) for row in copies} <= {tuple(row) for row in dataset.train}
    assert sorted(map(tuple, fresh)) == sorted(map(tuple, dataset.fresh))
    assert len(noise) == len(copies) == N_EACH
    train = dataset.train / dataset.train.std(axis=0)
    far = [
        np.median(nearest(each / dataset.train.std(axis=0), train)[0])
        for each in (copies, *blurred)
    ]
    assert far == sorted(far)
    assert far[0] == 0


def test_blur_is_so_many_spacings_long_in_the_root_mean_square():
    dataset, (_, *blurred, _, _) = sorts("ring")
    scale = dataset.train.std(axis=0)
    train = dataset.train / scale
    spacing = np.median(nearest(train, train, same=True)[0])

    # So little noise that the nearest is the one it came from.
    moved = nearest(blurred[0] / scale, train)[0]
    assert np.sqrt((moved**2).mean()) == pytest.approx(BLURS[1] * spacing, rel=0.1)


def test_a_pool_is_what_data_can_be_and_the_same_again():
    dataset, parts = sorts("digits")

    pool = np.concatenate(parts)
    assert np.array_equal(pool, dataset.project(pool))
    assert np.array_equal(pool, reference_pool(dataset))
