"""SMOTE: every sample lies between a training sample and one of its nearest neighbours."""

import numpy as np
import pytest

from genbench.baselines.densities.smote import Smote


def fitted(train, **knobs):
    return Smote(**knobs).fit(train, rng=np.random.default_rng(0))


def test_samples_lie_on_lines_to_the_nearest_neighbours_in_standard_units():
    rng = np.random.default_rng(1)
    train = rng.normal(size=(30, 2)) * [1, 1000]
    scaled = train / train.std(axis=0)
    distances = np.linalg.norm(scaled[:, None] - scaled, axis=2) + np.diag(np.full(30, np.inf))
    nearest = np.argsort(distances, axis=1)[:, :3]

    samples = fitted(train, neighbours=3).sample(300, rng=rng) / train.std(axis=0)

    starts, ends = np.repeat(scaled, 3, axis=0), scaled[nearest].reshape(-1, 2)
    there, along = samples[:, None] - starts, ends - starts
    share = (there * along).sum(axis=2) / (along**2).sum(axis=1)
    aside = np.linalg.norm(there - share[:, :, None] * along, axis=2)
    on_line = (aside < 1e-9) & (share >= 0) & (share <= 1)
    assert on_line.any(axis=1).all()
    # All ninety lines but a few are drawn from: each is missed with probability exp(-300 / 90).
    assert on_line.any(axis=0).mean() > 0.9


def test_every_place_on_a_line_is_as_likely():
    samples = fitted(np.array([[1.0], [5.0]])).sample(10_000, rng=np.random.default_rng(2))

    quarters = np.histogram(samples, bins=[1, 2, 3, 4, 5])[0] / 10_000
    assert quarters == pytest.approx(0.25, abs=0.018)  # four standard deviations


def test_one_training_sample_is_refused():
    with pytest.raises(ValueError, match="two training samples"):
        fitted(np.zeros((1, 2)))
