"""Laws that every built-in model keeps, with training cut short where it can be."""

import inspect

import numpy as np
import pytest

from genbench.datasets import load
from genbench.models import GenerativeModel, HasLogProb, baselines

CATALOG = baselines()
BUDGETS = {"steps": 10, "epochs": 1, "max_steps": 10, "max_epochs": 1}  # enough to run every line


def quick(name):
    """Make the model with the smallest budget its constructor takes."""
    spec = CATALOG[name]
    model = type(spec.make())
    knobs = inspect.signature(model.__init__).parameters
    return model(**{**spec.params, **{key: n for key, n in BUDGETS.items() if key in knobs}})


@pytest.fixture(scope="module")
def tables():
    digits = load("digits").train[:150].copy()
    ring = load("ring").train[:300].copy()
    return {"digits": digits, "ring": ring}


every_model = pytest.mark.parametrize("name", CATALOG)
every_table = pytest.mark.parametrize("table", ["digits", "ring"])


@every_model
@every_table
def test_draws_finite_samples_of_the_right_shape(name, table, tables):
    train = tables[table]
    model = quick(name).fit(train.copy(), rng=np.random.default_rng(0))

    several = model.sample(37, rng=np.random.default_rng(1))
    one = model.sample(1, rng=np.random.default_rng(1))

    assert isinstance(model, GenerativeModel)
    assert several.shape == (37, train.shape[1])
    assert one.shape == (1, train.shape[1])
    assert np.isfinite(several).all()


@every_model
def test_the_same_seed_gives_the_same_samples_and_another_seed_others(name, tables):
    train = tables["ring"]

    def draw(fit_seed, sample_seed):
        model = quick(name).fit(train.copy(), rng=np.random.default_rng(fit_seed))
        return model.sample(50, rng=np.random.default_rng(sample_seed))

    first = draw(0, 1)

    np.testing.assert_array_equal(first, draw(0, 1))
    assert not np.array_equal(first, draw(0, 2))


@every_model
def test_leaves_training_data_and_global_randomness_alone(name, tables):
    import torch

    train = tables["ring"].copy()
    before = train.copy()
    legacy, of_torch = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002

    quick(name).fit(train, rng=np.random.default_rng(0)).sample(5, rng=np.random.default_rng(0))

    np.testing.assert_array_equal(train, before)
    np.testing.assert_array_equal(np.random.get_state()[1], legacy)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), of_torch)


@every_model
@every_table
def test_log_prob_if_any_is_one_number_a_sample(name, table, tables):
    train = tables[table]
    model = quick(name).fit(train.copy(), rng=np.random.default_rng(0))
    if not isinstance(model, HasLogProb):
        pytest.skip("the model has no log_prob")

    log_prob = model.log_prob(train[:7])

    assert log_prob.shape == (7,)
    assert not np.isnan(log_prob).any()


@every_model
def test_copes_with_few_samples_and_a_constant_coordinate(name):
    rng = np.random.default_rng(0)
    train = np.column_stack([rng.normal(size=25), np.full(25, 3.0), rng.normal(size=25)])

    samples = quick(name).fit(train, rng=rng).sample(10, rng=rng)

    assert samples.shape == (10, 3)
    assert np.isfinite(samples).all()
