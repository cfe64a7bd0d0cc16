"""What likelihood sees and does not see, the kernel estimate of it, and Bayesian surprise."""

from typing import Any

import numpy as np
from scipy.special import digamma, entr, logsumexp

from genbench.creativity.beliefs import Dirichlet, surprise
from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import Equals, Worsens
from genbench.sanity.worlds import MIXTURE, N, Real, mixture, on_mixture

THEIS = "Theis et al., ICLR 2016, https://arxiv.org/abs/1511.01844"
WIDE = 20.0  # standard deviation of the noise that a model mostly draws
N_POOL = 2000
N_SYMBOLS = 6


def mostly_noise(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Return what a model says that knows the truth and mixes this share of noise into it."""
    test = MIXTURE.sample(N, rng=real)[0]
    d = test.shape[1]
    noise = -(test**2).sum(axis=1) / (2 * WIDE**2) - d / 2 * np.log(2 * np.pi * WIDE**2)
    with np.errstate(divide="ignore"):  # no noise at all
        parts = np.log(1 - level) + MIXTURE.log_prob(test), np.log(level) + noise
    return {"test": test, "test_log_prob": np.logaddexp(*parts)}


def narrow_kernels(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Return what a kernel density estimate says whose bandwidth is two to the minus level."""
    drawn = mixture(real)
    train = drawn.train
    return {
        "test_log_prob": _kernel_log_prob(drawn.test, train, 2.0**-level),
        "train_log_prob": _kernel_log_prob(train, train, 2.0**-level),
    }


def _kernel_log_prob(points: Array, centres: Array, bandwidth: float) -> Array:
    d = points.shape[1]
    squared = ((points[:, None] - centres) ** 2).sum(axis=2)
    logs = logsumexp(-squared / (2 * bandwidth**2), axis=1) - np.log(len(centres))
    return np.asarray(logs - d / 2 * np.log(2 * np.pi * bandwidth**2))


def moved_density(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Return the slopes of the log-density of a model that lies this far beside the truth."""
    test = MIXTURE.sample(N, rng=real)[0]
    moved = test - level / np.sqrt(test.shape[1])
    return {"test": test, "test_score": MIXTURE.posterior(moved) @ MIXTURE.centres - moved}


def centroids(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Replace this share by centres of as many cells of many real samples as there are samples."""
    from sklearn.cluster import KMeans

    if level == 0:
        return real.fresh
    pool = MIXTURE.sample(N_POOL, rng=rng)[0]
    cells = KMeans(N, n_init=1, random_state=int(rng.integers(2**31))).fit(pool)
    n_replaced = round(level * N)
    chosen = rng.permutation(N)[:n_replaced]
    return np.concatenate([cells.cluster_centers_[chosen], real.fresh[n_replaced:]])


def surprise_per_information(rng: np.random.Generator, level: float) -> float:
    """Return the mean surprise of a symbol, over its information on the shares.

    Of a Dirichlet belief about the shares: the entropy of the predicted symbol, less its mean
    entropy given the shares.
    """
    weights = rng.uniform(0.2, level, size=N_SYMBOLS)
    predicted, total = weights / weights.sum(), weights.sum()
    known = digamma(total + 1) - predicted @ digamma(weights + 1)
    information = entr(predicted).sum() - known
    belief = Dirichlet(weights)
    surprises = [surprise(belief, symbol) for symbol in np.eye(N_SYMBOLS)]
    return float(predicted @ surprises / information)


def _of_density(metric: Metric) -> bool:
    return "test_log_prob" in metric.inputs and "train_log_prob" not in metric.inputs


def _of_slopes(metric: Metric) -> bool:
    return "test_score" in metric.inputs


CHECKS = (
    Check(
        name="density_of_noise",
        asks="Does it count that a model mostly draws noise, if its density knows the truth?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of noise",
        levels=(0.0, 0.5, 0.9, 0.99),
        expects=Worsens(role=_of_density),
        make=mostly_noise,
        source=THEIS,
    ),
    Check(
        name="density_of_training_samples",
        asks="Is it seen that a density is higher on what the model learned from?",
        desideratum=Desideratum.DIVERSITY,
        knob="narrowness of kernels",
        levels=(0.0, 1.0, 2.0, 3.0, 4.0),
        expects=Worsens(role=lambda metric: metric.name == "likelihood_gap"),
        make=narrow_kernels,
        source=THEIS,
    ),
    Check(
        name="moved_density",
        asks="Does it count that the model's density lies beside the truth?",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="distance",
        levels=(0.0, 0.25, 0.5, 1.0, 2.0),
        expects=Worsens(role=_of_slopes),
        make=moved_density,
    ),
    Check(
        name="centroids",
        asks="Are centres of cells of many samples worse than samples? (Likelihood by kernels.)",
        desideratum=Desideratum.DISCRIMINABILITY,
        knob="share of centres",
        levels=(0.0, 0.25, 0.5, 0.75, 1.0),
        only=("kernel_log_likelihood",),
        expects=Worsens(("noise",)),
        make=on_mixture(centroids),
        source=THEIS,
    ),
    Check(
        name="surprise_is_information",
        asks="Is the mean surprise of an observation its information on what is not known?",
        desideratum=Desideratum.BOUNDS,
        knob="largest weight of the belief",
        levels=(1.0, 10.0, 100.0),
        only=("bayesian_surprise",),
        # Of the belief that the metric rests on; the ratio of the two is one.
        expects=Equals({"bayesian_surprise": lambda _: 1.0}),
        measures={"bayesian_surprise": surprise_per_information},
        source="Itti and Baldi, Vision Research 2009, https://doi.org/10.1016/j.visres.2008.09.007",
    ),
)
