"""Truth boards: exact densities, divergences against closed forms and enumeration, rankings."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy.special import rel_entr
from scipy.stats import multivariate_normal

import genbench
from genbench.cli.main import main
from genbench.datasets.densities import GaussianMixture
from genbench.datasets.markov import PairChain
from genbench.ground.randomness import rng_for
from genbench.sanity.truth import cells, kept, table
from genbench.sanity.truth.boards import BOARDS, REAL, board, with_train
from genbench.sanity.truth.cells import Found, Place
from genbench.sanity.truth.divergences import (
    Known,
    divergence,
    divergence_by_mixture,
    divergence_of_gaussians,
    overlap,
    squared_w2_of_gaussians,
    w2,
)
from genbench.sanity.truth.facts import Truth, truth_of
from genbench.sanity.truth.models import (
    Blend,
    Copies,
    Gaussian,
    SomeClasses,
    SymbolByItself,
    hotter,
)
from genbench.sanity.truth.ranking import agreement, losses_of, separating

ONE = Gaussian(np.array([0.0, 1.0]), np.array([[1.0, 0.3], [0.3, 0.5]]))
OTHER = Gaussian(np.array([0.5, 0.5]), np.array([[1.5, -0.2], [-0.2, 0.8]]))
MIXTURE = GaussianMixture(np.array([[-3.0, 0.0], [3.0, 0.0], [0.0, 4.0]]), width=0.7)


def rng(seed=0):
    return np.random.default_rng(seed)


def grid_of(law, *, half=12.0, n=601):
    """Densities (n * n,) at the nodes of a grid, and the area of a cell."""
    axis = np.linspace(-half, half, n)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    return np.exp(law.log_prob(points)), (axis[1] - axis[0]) ** 2


def on_grid(one, other):
    p, area = grid_of(one)
    q, _ = grid_of(other)
    return float(rel_entr(p, q).sum() * area)


@pytest.mark.parametrize(
    "model",
    [
        hotter(MIXTURE, 1.3),
        SomeClasses(MIXTURE, np.array([0, 2])),
        Blend(MIXTURE, Gaussian(np.zeros(2), 9 * np.eye(2)), 0.2),
    ],
    ids=["heat", "dropped", "blend"],
)
def test_a_model_draws_what_its_density_says(model):
    p, area = grid_of(model)
    assert p.sum() * area == pytest.approx(1, abs=1e-4)

    points, _ = model.sample(40_000, rng=rng())
    axis = np.linspace(-12, 12, 601)
    right = (np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)[:, 0] > 1) @ p * area
    assert (points[:, 0] > 1).mean() == pytest.approx(right, abs=0.012)


def test_divergences_are_those_of_quadrature():
    hot = hotter(MIXTURE, 1.4)
    blend = Blend(MIXTURE, Gaussian(np.zeros(2), 9 * np.eye(2)), 0.2)
    for one, other in ((MIXTURE, hot), (hot, MIXTURE), (MIXTURE, blend), (blend, hot)):
        truth = Known(on_grid(one, other))
        assert divergence(one, other, rng=rng(1)).agrees(truth)
        assert divergence_by_mixture(one, other, rng=rng(2)).agrees(truth)
    missed = overlap(MIXTURE, hot, rng=rng(4))
    p, area = grid_of(MIXTURE)
    assert missed.agrees(Known(float(np.minimum(p, grid_of(hot)[0]).sum() * area)))


def test_divergences_of_gaussians_are_closed():
    assert divergence(ONE, OTHER, rng=rng()).agrees(Known(divergence_of_gaussians(ONE, OTHER)))
    points, _ = ONE.sample(4, rng=rng())
    by_scipy = multivariate_normal(ONE.mean, ONE.covariance).logpdf(points)
    assert ONE.log_prob(points) == pytest.approx(by_scipy)


def test_the_divergence_of_chains_is_that_of_all_rows():
    transitions = rng(0).dirichlet(np.ones(3), size=(3, 3))
    chain = PairChain(transitions, 5)
    hot = hotter(chain, 1.5)
    rows = np.stack(np.meshgrid(*[np.arange(3.0)] * 5), axis=-1).reshape(-1, 5)
    p, q = (np.exp(law.log_prob(rows)) for law in (chain, hot))

    assert p.sum() == pytest.approx(1)
    assert q.sum() == pytest.approx(1)
    assert divergence(chain, hot, rng=rng(1)).agrees(Known(float(rel_entr(p, q).sum())))
    alone = SymbolByItself.fitted(chain, 3, rng=rng(2))
    r = np.exp(alone.log_prob(rows))
    assert r.sum() == pytest.approx(1)
    assert divergence(chain, alone, rng=rng(3)).agrees(Known(float(rel_entr(p, r).sum())))


def test_what_a_model_cannot_draw_makes_its_divergence_endless():
    far = SomeClasses(MIXTURE, np.array([0]))
    assert np.isfinite(divergence(far, MIXTURE, rng=rng()).value)
    narrow = GaussianMixture(MIXTURE.centres[:1], width=0.01)
    assert divergence(MIXTURE, narrow, rng=rng()).value > 1000
    chain = PairChain(np.array([[[0.5, 0.5], [0.5, 0.5]], [[0.5, 0.5], [1.0, 0.0]]]), 6)
    blocked = replace(chain, transitions=np.array([[[0.5, 0.5], [1.0, 0.0]]] * 2))
    with np.errstate(divide="ignore"):
        assert divergence(chain, blocked, rng=rng()).value == np.inf


def test_both_estimates_see_what_one_law_all_but_lacks():
    narrow = GaussianMixture(MIXTURE.centres, width=0.1)
    blend = Blend(narrow, Gaussian(np.zeros(2), 9 * np.eye(2)), 0.02)
    one, other = (f(blend, narrow, rng=rng()) for f in (divergence, divergence_by_mixture))

    assert one.agrees(other)
    assert one.value > 5
    far = SomeClasses(MIXTURE, np.array([0]))
    assert divergence_by_mixture(far, MIXTURE, rng=rng()).agrees(Known(on_grid(far, MIXTURE)))


@pytest.mark.long
def test_w2_is_closed_for_gaussians_and_that_of_samples_near_it():
    closed = w2(ONE, OTHER, rng=rng())
    assert closed.error == 0
    assert closed.value**2 == pytest.approx(squared_w2_of_gaussians(ONE, OTHER))
    half = squared_w2_of_gaussians(
        Gaussian(np.zeros(1), np.eye(1)), Gaussian(np.ones(1) * 2, 9 * np.eye(1))
    )
    assert half == pytest.approx(2**2 + (3 - 1) ** 2)

    as_mixtures = [GaussianMixture(np.array([[x, 0.0]]), width=s) for x, s in ((0, 1.0), (1, 1.5))]
    sampled = w2(*as_mixtures, rng=rng(1))
    assert sampled.agrees(Known(np.sqrt(1 + 2 * 0.5**2)))
    assert w2(MIXTURE, hotter(MIXTURE, 1.001), rng=rng(2)) is None


def test_copies_are_as_many_as_it_says():
    train = rng(0).normal(size=(50, 2))
    drawn, copied = Copies(MIXTURE, train, 0.3).sample(4000, rng=rng(1))

    assert copied.mean() == pytest.approx(0.3, abs=0.03)
    known = {row.tobytes() for row in train}
    assert [row.tobytes() in known for row in drawn] == copied.astype(bool).tolist()


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_begins_with_the_law_itself_and_its_models_can_be_drawn(name):
    asked = board(name)
    train, _ = asked.law.sample(20, rng=rng())

    assert asked.models[0].name == REAL
    assert asked.models[0].law is asked.law
    assert len({model.name for model in asked.models}) == len(asked.models) > 8
    for model in asked.models:
        if model.family == "baseline":  # is fitted, which takes seconds
            continue
        drawn, _ = with_train(model, train).sample(7, rng=rng(1))
        assert drawn.shape == (7, *train.shape[1:])
        if asked.symbols is not None:
            assert (asked.symbols.close(drawn) == drawn).all()
            assert ((drawn >= 0) & (drawn < asked.symbols.count)).all()


@pytest.mark.parametrize(("name", "baseline"), [("plane", "kernel_density"), ("markov", "ngram")])
def test_a_baseline_is_fitted_to_the_law_and_has_a_density(name, baseline):
    asked = board(name)
    model = asked.by_name[baseline]

    drawn, _ = model.law.sample(500, rng=rng(1))

    train, _ = asked.law.sample(2, rng=rng())
    assert drawn.shape == (500, *train.shape[1:])
    assert np.isfinite(model.law.log_prob(drawn)).all()
    assert model.source
    found = divergence(asked.law, model.law, rng=rng(2), n=4000)
    assert found.agrees(divergence_by_mixture(asked.law, model.law, rng=rng(3), n=4000))
    assert found.value > 4 * found.error


def test_a_board_of_very_many_dimensions_is_not_looked_at_with_very_many_samples():
    found = cells.places(["features", "gaussian"], [500, 10_000], [0])

    assert {(one.board, one.n) for one in found} == {
        ("features", 500), ("gaussian", 500), ("gaussian", 10_000)
    }  # fmt: skip


def test_both_estimates_of_truths_agree_on_a_board():
    found = [truth_of(board("gaussian"), one) for one in board("gaussian").models]

    assert all(one.forward.agrees(one.forward_again) for one in found[1:])
    assert all(one.reverse.agrees(one.reverse_again) for one in found[1:])
    hot = [one.forward.value for one in found if one.model in ("heat 1.1", "heat 1.25")]
    assert hot[0] < hot[1]


def made(values, n=500, metric="recall"):
    """Found values by model and seed."""
    return [
        Found(place=Place(board="plane", model=model, n=n, seed=seed), values={metric: value})
        for model, by_seed in values.items()
        for seed, value in enumerate(by_seed)
    ]


def true(model, forward, **known):
    zero = {"forward_again": None, "reverse": None, "reverse_again": None, "w2": None}
    known = {"family": "heat", "uncovered": 0.0, "copies": 0.0, "missed": Known(forward)} | known
    return Truth(model=model, forward=Known(forward), **zero, **known)


TRUE = [true(REAL, 0.0, family=REAL), true("a", 0.1), true("b", 0.2), true("c", 0.3)]


def test_agreement_is_one_in_the_true_order_and_minus_one_in_the_opposite():
    right = losses_of(made({REAL: [0.9, 0.8], "a": [0.7, 0.7], "b": [0.6, 0.5], "c": [0.1, 0.2]}),
                      "recall")  # fmt: skip
    wrong = losses_of(made({REAL: [0.1, 0.1], "a": [0.2, 0.2], "b": [0.3, 0.3], "c": [0.4, 0.4]}),
                      "recall")  # fmt: skip
    one, other = (
        agreement("plane", 500, "recall", "KL(law | model)", each, TRUE) for each in (right, wrong)
    )

    assert (one.tau, one.low, one.high) == (1, 1, 1)
    assert other.tau == -1
    assert one.models == 4
    few = agreement("plane", 500, "recall", "W2", right, TRUE)
    assert few is None


def test_the_interval_is_over_seeds():
    values = {REAL: [0.9, 0.1], "a": [0.7, 0.2], "b": [0.6, 0.3], "c": [0.1, 0.4]}
    found = agreement("plane", 500, "recall", "KL(law | model)",
                      losses_of(made(values), "recall"), TRUE)  # fmt: skip

    assert (found.tau, found.low, found.high) == (0, -1, 1)


def test_n95_is_the_size_from_which_on_all_larger_ones_separate():
    good, bad, same = [0.9, 0.91, 0.92], [0.5, 0.51, 0.52], [0.9, 0.91, 0.92]
    by_size = {
        n: losses_of(made({REAL: good, "a": worse}, n), "recall")
        for n, worse in ((100, bad), (500, same), (2000, bad), (10_000, bad))
    }

    assert separating("plane", "recall", TRUE[1], by_size).n95 == 2000
    never = dict.fromkeys((500, 2000), by_size[500])
    found = separating("plane", "recall", TRUE[1], never)
    assert (found.n95, found.most) == (None, 2000)


def test_real_samples_of_a_cell_are_not_the_test_samples(monkeypatch):
    seen = []
    score = cells.evaluate
    monkeypatch.setattr(cells, "evaluate", lambda *given: seen.append(given[0]) or score(*given))
    for model in (REAL, "heat 0.9"):
        cells._score(Place(board="plane", model=model, n=60, seed=0), ["frechet_distance"])

    first, second = seen
    assert first.reference is second.reference  # what is known of it is found once
    held = (first.reference.test, first.reference.train, first.generated, second.generated)
    sets = [{row.tobytes() for row in rows} for rows in held]
    assert len(set.union(*sets)) == 240


def test_a_cell_has_the_value_of_its_own_samples_alone():
    place = Place(board="markov", model="heat 0.9", n=60, seed=1)
    values = cells._score(place, ["frechet_distance", "ngram_divergence"])

    real = cells._real("markov", 60, 1).reference
    made = rng_for(1, "truth", "markov", "model", "heat 0.9", "60")
    generated, _ = board("markov").by_name["heat 0.9"].law.sample(60, rng=made)
    alone = genbench.score(
        test=real.test,
        train=real.train,
        generated=generated,
        symbols=board("markov").symbols,
        seed=1,
        metrics=list(values),
    )
    assert {name: score.value for name, score in alone.items()} == values


def test_the_command_writes_tables_and_goes_on_where_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "truth_of", lambda _, one: true(one.name, len(one.name) / 10))
    monkeypatch.setattr(cells, "QUICK", ("frechet_distance", "coverage"))
    monkeypatch.setattr(cells, "SLOWER", ())
    words = ["trial", "truth", "gaussian", "--sizes", "60", "--seeds", "2", "-j", "1"]
    words += ["--folder", str(tmp_path)]
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 0, told.output
    assert "## gaussian" in (tmp_path / "truth.md").read_text()
    before = (tmp_path / "agreement.csv").read_bytes()
    values = pd.read_csv(tmp_path / "truth_values.csv.gz").set_index(["model", "n", "seed"])
    (kept_value,) = [
        json.loads(path.read_text())["values"]["coverage"]
        for path in (tmp_path / "work").glob("truth-gaussian-heat_0.9-60-1.json")
    ]
    assert values.coverage["heat 0.9", 60, 1] == kept_value
    assert len(values) == 2 * len(board("gaussian").models)

    monkeypatch.setattr(cells, "_score", lambda *_: pytest.fail("was there already"))
    assert CliRunner().invoke(main, words).exit_code == 0
    assert (tmp_path / "agreement.csv").read_bytes() == before
    for bad in (["trial", "truth", "nowhere"], ["trial", "truth", "--sizes", "5,x"]):
        assert CliRunner().invoke(main, bad).exit_code == 2


def test_halves_of_the_seeds_are_compared():
    assert table.agreeing_halves({"plane": TRUE}, made({REAL: [0.9], "a": [0.5]})) == (0, 0)
