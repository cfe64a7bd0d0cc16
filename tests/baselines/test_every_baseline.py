"""Laws that every built-in model keeps, with training cut short where it can be."""

import inspect
import re
from functools import cache

import numpy as np
import pytest
from torch.optim.optimizer import register_optimizer_step_post_hook

from genbench.datasets import load
from genbench.models.find import GenerativeModel, HasLogProb, Selective, baselines

CATALOG = baselines()
# Enough to run every line; `times` are those of a diffusion's walk.
BUDGETS = {
    "steps": 10,
    "epochs": 1,
    "max_steps": 10,
    "max_epochs": 1,
    "prior_steps": 10,
    "times": 50,
    "pairs": 200,
    "restarts": 1,
}


def quick(name):
    """Make the model with the smallest budget its constructor takes."""
    spec = CATALOG[name]
    model = type(spec.make())
    knobs = inspect.signature(model.__init__).parameters
    return model(**{**spec.params, **{key: n for key, n in BUDGETS.items() if key in knobs}})


TABLES = {"ring": 150, "digits": 80, "grammar": 60}  # rows


def rows_of(table):
    return load(table).train[: TABLES[table]].copy()


def first_of_each(kind, names=CATALOG):
    found = {}
    for name in names:
        found.setdefault(kind(name), name)
    return set(found.values())


# The others are the same class with other parameters, or a larger network of the same layers.
PLAIN = {
    name
    for name in first_of_each(lambda name: type(CATALOG[name].make()))
    if not name.endswith("_text")
}
# What is no model of symbols takes them for numbers, as the digits.
OF_SYMBOLS = {"autoregressive", "Transformer", "sequence model", "count model", "control"}


def long_unless(quick, *case):
    """What takes long is asked for by that."""
    return pytest.param(*case, marks=() if quick else pytest.mark.long)


every_model = pytest.mark.parametrize(
    "name", [long_unless(name in PLAIN, name) for name in CATALOG]
)
every_model_on_every_table = pytest.mark.parametrize(
    ("name", "table"),
    [
        long_unless(
            name in PLAIN and (table != "grammar" or CATALOG[name].family in OF_SYMBOLS),
            name,
            table,
        )
        for name in CATALOG
        for table in TABLES
    ],
)


def knobs(name):
    return inspect.signature(type(CATALOG[name].make()).__init__).parameters


TRAINED = [name for name in CATALOG if {"steps", "epochs"} & set(knobs(name))]
ONE_OF_EACH_FAMILY = first_of_each(lambda name: CATALOG[name].family, TRAINED)


def refusal(model, train):
    return model.refuses(train) if isinstance(model, Selective) else None


def learnable(name):
    """The first of the tables that the model can learn from."""
    return next(table for table in TABLES if not refusal(quick(name), rows_of(table)))


def fitted(name, train):
    return quick(name).fit(train, rng=np.random.default_rng(0))


@cache
def fitted_once(name, table):
    """A model for all laws that only ask it something."""
    return fitted(name, rows_of(table))


@every_model_on_every_table
def test_draws_finite_samples_of_the_right_shape_or_refuses_beforehand(name, table):
    train = rows_of(table)
    if reason := refusal(quick(name), train):
        with pytest.raises(ValueError, match=re.escape(reason)):
            fitted(name, train)
        return
    model = fitted_once(name, table)

    several = model.sample(37, rng=np.random.default_rng(1))
    one = model.sample(1, rng=np.random.default_rng(1))

    assert isinstance(model, GenerativeModel)
    assert several.shape == (37, train.shape[1])
    assert one.shape == (1, train.shape[1])
    assert np.isfinite(several).all()


@every_model_on_every_table
def test_log_prob_if_any_is_one_number_a_sample(name, table):
    train = rows_of(table)
    if not isinstance(quick(name), HasLogProb):
        pytest.skip("the model has no log_prob")
    if reason := refusal(quick(name), train):
        pytest.skip(reason)

    log_prob = fitted_once(name, table).log_prob(train[:7])

    assert log_prob.shape == (7,)
    assert not np.isnan(log_prob).any()
    assert (log_prob < np.inf).all()


@every_model
def test_depends_on_its_seed_alone_and_leaves_all_else_alone(name, capfd):
    """Training data, global randomness and the screen are as they were."""
    import torch

    table = learnable(name)
    train, once = rows_of(table), fitted_once(name, table)
    before = train.copy()
    legacy, of_torch = np.random.get_state()[1].copy(), torch.get_rng_state()  # noqa: NPY002
    capfd.readouterr()

    first = fitted(name, train).sample(50, rng=np.random.default_rng(1))

    np.testing.assert_array_equal(train, before)
    np.testing.assert_array_equal(np.random.get_state()[1], legacy)  # noqa: NPY002
    assert torch.equal(torch.get_rng_state(), of_torch)
    assert capfd.readouterr() == ("", "")
    np.testing.assert_array_equal(first, once.sample(50, rng=np.random.default_rng(1)))
    assert not np.array_equal(first, once.sample(50, rng=np.random.default_rng(2)))


@every_model
def test_copes_with_few_samples_and_a_constant_coordinate(name):
    rng = np.random.default_rng(0)
    train = np.column_stack([rng.normal(size=25), np.full(25, 3.0), rng.normal(size=25)])
    if reason := refusal(quick(name), train):
        pytest.skip(reason)

    samples = quick(name).fit(train, rng=rng).sample(10, rng=rng)

    assert samples.shape == (10, 3)
    assert np.isfinite(samples).all()


@pytest.mark.parametrize(
    "name", [long_unless(name in ONE_OF_EACH_FAMILY, name) for name in TRAINED]
)
def test_whoever_is_trained_takes_a_budget_that_decides_how_long(name):
    train = rows_of(learnable(name))[:100]
    settings = {key: 4 * n for key, n in BUDGETS.items() if key in knobs(name)}
    make = type(CATALOG[name].make())

    def steps_of(budget):
        taken = []
        hook = register_optimizer_step_post_hook(lambda *_: taken.append(1))
        make(**CATALOG[name].params, **settings, budget=budget).fit(
            train, rng=np.random.default_rng(0)
        )
        hook.remove()
        return len(taken)

    assert steps_of(60.0) >= 1.5 * steps_of(15.0) > 0  # some stop early


def test_all_that_are_trained_are_seen_to_be():
    assert len(TRAINED) > 40
