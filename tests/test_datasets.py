"""Laws of all data sets, and the truth of those that know theirs."""

import numpy as np
import pytest

from genbench import datasets
from genbench.datasets import Dataset, load
from genbench.errors import BadInput

every_dataset = pytest.mark.parametrize("name", datasets.CATALOG)
every_density = pytest.mark.parametrize("name", ["ring", "grid", "moons"])

STEP = 0.03  # a third of the noise's width, where sums over a grid are exact to 1e-9


def on_a_grid(density):
    axis = np.arange(-5, 5, STEP)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return np.concatenate([density.log_prob(part) for part in np.array_split(grid, 40)])


@every_dataset
def test_parts_never_overlap(name):
    dataset = load(name)

    rows = np.concatenate([dataset.train, dataset.test, dataset.fresh])

    assert len(np.unique(rows, axis=0)) == len(rows)


@every_dataset
def test_loading_twice_gives_the_same_content_and_no_other_data_set_does(name):
    assert load(name).content_hash == load(name).content_hash
    others = {load(other).content_hash for other in datasets.CATALOG if other != name}
    assert load(name).content_hash not in others


@every_dataset
def test_samples_cannot_be_written_to(name):
    dataset = load(name)

    for part in (dataset.train, dataset.test, dataset.fresh, dataset.train_labels):
        with pytest.raises(ValueError, match="read-only"):
            part[0] = 0


@every_density
def test_density_integrates_to_one(name):
    density = load(name).density
    log_prob = on_a_grid(density)

    assert np.exp(log_prob).sum() * STEP**2 == pytest.approx(1, abs=1e-6)


@every_density
def test_density_agrees_with_its_samples(name):
    """Its entropy, by quadrature, is what its samples' log-density averages to."""
    density = load(name).density
    log_prob = on_a_grid(density)
    entropy = -(np.exp(log_prob) * log_prob).sum() * STEP**2

    found = -density.log_prob(density.sample(20_000, rng=np.random.default_rng(1))[0])

    assert found.mean() == pytest.approx(entropy, abs=4 * found.std() / np.sqrt(len(found)))


@every_density
def test_posterior_is_a_probability_that_knows_the_mode(name):
    density = load(name).density
    points, modes = density.sample(2000, rng=np.random.default_rng(2))

    posterior = density.posterior(points)

    np.testing.assert_allclose(posterior.sum(axis=1), 1)
    assert (posterior.argmax(axis=1) == modes).mean() > 0.98


def test_fresh_samples_differ_by_seed_where_the_density_is_known():
    ring, digits = load("ring"), load("digits")

    assert not np.array_equal(ring.fresh_for(0), ring.fresh_for(1))
    assert np.array_equal(ring.fresh_for(1), ring.fresh_for(1))
    assert np.array_equal(digits.fresh_for(1), digits.fresh)


def test_digits_are_projected_to_what_pixels_can_be():
    digits = load("digits")

    projected = digits.project(np.array([[-3.0, 0.4, 15.6, 99.0]]))

    np.testing.assert_array_equal(projected, [[0, 0, 16, 16]])


def test_whole_numbers_are_spread_over_their_cells_before_a_density_is_judged():
    digits, ring = load("digits"), load("ring")

    spread = digits.dequantized_test(np.random.default_rng(0))

    np.testing.assert_array_equal(digits.project(spread), digits.test)
    assert not np.array_equal(spread, digits.test)
    assert ring.dequantized_test(np.random.default_rng(0)) is ring.test


def test_parts_of_different_shapes_are_refused():
    with pytest.raises(BadInput, match=r"mine: test has samples of shape \(3,\); expected \(2,\)"):
        Dataset(name="mine", train=np.ones((4, 2)), test=np.ones((4, 3)), fresh=np.ones((4, 2)))


def test_labels_of_one_part_only_are_refused():
    ones = np.ones((4, 2))

    with pytest.raises(BadInput, match="labels must be given for train and test"):
        Dataset(name="mine", train=ones, test=ones, fresh=ones, train_labels=np.zeros(4))


def test_an_unknown_name_gets_near_matches():
    with pytest.raises(BadInput, match="No data set named 'digit'"):
        load("digit")
