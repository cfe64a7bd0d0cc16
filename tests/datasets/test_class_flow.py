"""The flow is one, its densities are, and its Bayes error is what no classifier goes below."""

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import multivariate_normal

import genbench
from genbench.datasets import load
from genbench.datasets.class_flow import N_LAYERS, ClassFlow, Layer


@pytest.fixture(scope="module")
def density():
    return load("class_flow").density


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def flow_of(points, labels, **settings):
    return ClassFlow.fitted(points, labels, **settings)


def test_a_layer_is_undone_by_its_inverse_also_far_out(density, rng):
    points = 30 * rng.normal(size=(500, 10))
    for layer in density.layers:
        images, _ = layer.forward(points)
        np.testing.assert_allclose(layer.inverse(images), points, atol=1e-8)


def test_a_layer_s_log_determinant_is_that_of_its_jacobian(density, rng):
    points = density.sample(20, rng=rng)[0]
    layer, step = density.layers[1], 1e-6
    _, log_det = layer.forward(points)

    for point, expected in zip(points, log_det, strict=True):
        shifted = point + step * np.concatenate([np.eye(10), -np.eye(10)])
        up, down = np.split(layer.forward(shifted)[0], 2)
        _, found = np.linalg.slogdet((up - down) / (2 * step))
        assert found == pytest.approx(expected, abs=1e-4)


def test_a_layer_s_lines_carry_quantiles_to_normal_ones(rng):
    points = rng.exponential(size=(5000, 2))

    images, _ = Layer.of(points, np.eye(2)).forward(points)

    share = (images < 0.5).mean(axis=0)
    np.testing.assert_allclose(share, ndtr(0.5), atol=0.03)


def test_without_layers_it_is_a_mixture_of_normals(rng):
    labels = rng.integers(3, size=900)
    points = 3 * labels[:, None] + rng.normal(size=(900, 2)) @ [[1, 0.5], [0, 2]]
    flow = flow_of(points, labels, n_layers=0)

    normals = [multivariate_normal(mean, flow.covariance) for mean in flow.means]
    expected = np.log(np.mean([normal.pdf(points) for normal in normals], axis=0))
    np.testing.assert_allclose(flow.log_prob(points), expected)


def test_its_density_integrates_to_one(rng):
    """In the plane, on a fine grid, with bends and turns."""
    labels = rng.integers(2, size=2000)
    points = np.column_stack([rng.exponential(size=2000), rng.normal(size=2000) + 2 * labels])
    flow = flow_of(points, labels)
    step = 0.01  # where the exponential law begins, the density has an edge
    first, second = np.arange(-1, 12, step), np.arange(-6, 8, step)
    rows = (np.stack(np.meshgrid(first, some), axis=-1) for some in np.array_split(second, 20))

    mass = sum(np.exp(flow.log_prob(row.reshape(-1, 2))).sum() for row in rows) * step**2

    assert mass == pytest.approx(1, abs=0.005)


def test_samples_and_density_agree(density, rng):
    """By importance weights: samples of one flow, weighed as the real one says, are its own."""
    points, classes = density.sample(20_000, rng=rng)
    posterior = density.posterior(points)

    assert (posterior.argmax(axis=1) == classes).mean() == pytest.approx(
        1 - density.bayes_error()[0], abs=0.01
    )
    # Where a class is given a third, a third of the samples are of it.
    bins = (10 * posterior[:, 3]).astype(int).clip(0, 9)
    for share in range(1, 9):
        inside = bins == share
        error = 4 / np.sqrt(4 * inside.sum())
        assert (classes[inside] == 3).mean() == pytest.approx(
            posterior[inside, 3].mean(), abs=error
        )


def test_two_classes_err_as_the_distance_of_their_means_says(rng):
    labels = np.repeat([0, 1], 3000)
    points = 1.5 * labels[:, None] * [1, 0] + rng.normal(size=(6000, 2))
    flow = flow_of(points, labels)
    difference = flow.means[1] - flow.means[0]
    distance = np.sqrt(difference @ np.linalg.solve(flow.covariance, difference))

    error, standard_error = flow.bayes_error()

    assert standard_error < 0.001
    assert error == pytest.approx(ndtr(-distance / 2), abs=4 * standard_error)


def test_it_is_like_the_digits_that_it_was_fitted_to():
    """In its margins: the map is made of them; and classes overlap, but not much."""
    from sklearn.datasets import load_digits

    digits = load_digits().data
    digits = digits - digits.mean(axis=0)
    variances = np.linalg.svd(digits, compute_uv=False)[:10] ** 2 / len(digits)
    drawn = load("class_flow").density.sample(50_000, rng=np.random.default_rng(0))[0]

    np.testing.assert_allclose(drawn.var(axis=0), variances, rtol=0.3)
    assert 0.01 < load("class_flow").density.bayes_error()[0] < 0.2
    assert len(load("class_flow").density.layers) == N_LAYERS


def test_no_classifier_is_right_more_often_and_gan_train_comes_near():
    data = load("class_flow")
    best = 1 - data.density.bayes_error()[0]
    found = genbench.score(
        test=data.test,
        generated=data.fresh,
        train=data.train,
        test_labels=data.test_labels,
        train_labels=data.train_labels,
        generated_labels=data.fresh_labels,
        metrics=["train_on_generated_accuracy", "test_on_generated_accuracy"],
    )

    for score in found.values():
        error = np.sqrt(best * (1 - best) / 1000)
        assert best - 0.12 < score.value < best + 3 * error


def test_the_am_score_of_true_posteriors_is_what_they_leave_open(density):
    """Real samples have AM score H(class | sample): classes are as common as they should be."""
    data = load("class_flow")
    test, fresh = density.posterior(data.test), density.posterior(data.fresh)

    (score,) = genbench.score(
        test=data.test,
        generated=data.fresh,
        generated_probabilities=fresh,
        test_probabilities=test,
        metrics=["am_score"],
    ).values()

    open_ = -(fresh * np.log(fresh + 1e-300)).sum(axis=1).mean()
    assert score.value == pytest.approx(open_, abs=0.02)


def test_a_two_sample_test_is_right_no_more_often_than_the_true_odds():
    """Between the flow and one whose classes are shifted, the best classifier is known."""
    data = load("class_flow")
    rng = np.random.default_rng(1)
    density = data.density
    shifted = ClassFlow(density.layers, density.means + 0.5, density.covariance)
    drawn = shifted.sample(1000, rng=rng)[0]
    many = [law.sample(20_000, rng=rng)[0] for law in (density, shifted)]
    odds = [density.log_prob(points) - shifted.log_prob(points) for points in many]
    best = ((odds[0] > 0).mean() + (odds[1] < 0).mean()) / 2

    (score,) = genbench.score(
        test=data.test, generated=drawn, metrics=["classifier_two_sample_test"]
    ).values()

    assert 0.6 < best < 0.95
    assert 0.5 < score.value < best + 4 * score.standard_error
