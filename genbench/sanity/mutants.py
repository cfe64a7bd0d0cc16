"""Metrics broken on purpose: a suite of checks that lets one of them pass is worth little.

Each stands for a mistake that is easily made, some of them in published code. Its name is the sound
metric's and the mistake's; it claims what the sound one claims.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from genbench.evidence import Bins, Moments, Overlap, Probabilities, Proximity
from genbench.evidence.duplicates import Duplicates
from genbench.evidence.spectra import CosineSpectrum, entropy_of
from genbench.ground.arrays import Array
from genbench.metric import Metric
from genbench.metrics import find
from genbench.scoring.own_metrics import Inputs


def _mutant(name: str, compute: Callable[[Any], float], **changes: Any) -> Metric:
    sound = find(name.partition("__")[0])

    def broken(evidence: Any) -> float:
        return float(compute(evidence))

    broken.__name__ = name
    broken.__doc__ = f"{name}."
    broken.__wrapped__ = compute  # type: ignore[attr-defined]
    return replace(sound, compute=broken, standard_error=None, p_value=None, **changes)


def _on_arrays(name: str, compute: Callable[[Array, Array], float]) -> Metric:
    """Break a metric of test and generated points; its levels are those of the sound one."""
    sound = find(name.partition("__")[0])

    def level(of: Any) -> Any:
        return (lambda inputs: of(inputs.comparison.get(sound.needs.of))) if callable(of) else of

    return _mutant(
        name,
        lambda inputs: compute(
            inputs.comparison.reference.test_set, inputs.comparison.generated_set
        ),
        needs=Inputs,
        ideal=level(sound.ideal),
        chance=level(sound.chance),
    )


def _declaring(name: str, **wrong: Any) -> Metric:
    """Leave a metric as it is, and declare something wrong of it."""
    return _mutant(name, find(name.partition("__")[0]).compute, **wrong)


def _moments(points: Array) -> tuple[Array, Array]:
    return points.mean(axis=0), np.atleast_2d(np.cov(points, rowvar=False))


def _root_trace(one: Array, other: Array) -> float:
    """Trace of the root of the product of two covariances."""
    return float(np.sqrt(np.maximum(np.linalg.eigvals(one @ other).real, 0)).sum())


def no_root(test: Array, generated: Array) -> float:
    """Frechet distance with the product of the covariances, not its root."""
    (mean, one), (other_mean, other) = _moments(test), _moments(generated)
    return float(((mean - other_mean) ** 2).sum() + np.trace(one + other - 2 * one @ other))


def unsquared_mean(test: Array, generated: Array) -> float:
    """Frechet distance with the means' distance, not its square."""
    (mean, one), (other_mean, other) = _moments(test), _moments(generated)
    spread = np.trace(one + other) - 2 * _root_trace(one, other)
    return float(np.linalg.norm(mean - other_mean) + spread)


def diagonal(test: Array, generated: Array) -> float:
    """Frechet distance of the coordinates each on its own."""
    deviations = test.std(axis=0, ddof=1) - generated.std(axis=0, ddof=1)
    return float(
        ((test.mean(axis=0) - generated.mean(axis=0)) ** 2).sum() + deviations @ deviations
    )


def no_means(test: Array, generated: Array) -> float:
    """Frechet distance of the covariances alone."""
    (_, one), (_, other) = _moments(test), _moments(generated)
    return float(np.trace(one + other) - 2 * _root_trace(one, other))


def biased(test: Array, generated: Array) -> float:
    """Kernel distance with each point's likeness to itself counted (the V-statistic)."""

    def mean(x: Array, y: Array) -> float:
        return float(((x @ y.T / x.shape[1] + 1) ** 3).mean())

    return mean(test, test) + mean(generated, generated) - 2 * mean(test, generated)


def cross_term_once(test: Array, generated: Array) -> float:
    """Energy distance with its cross term counted once."""
    n, m = len(test), len(generated)
    within = cdist(test, test).sum() / (n * (n - 1))
    within += cdist(generated, generated).sum() / (m * (m - 1))
    return float(cdist(test, generated).mean() - within / 2 - cdist(test, generated).mean() / 2)


def of_means(test: Array, generated: Array) -> float:
    """Wasserstein distance of the means alone."""
    return float(np.linalg.norm(test.mean(axis=0) - generated.mean(axis=0)))


def self_as_neighbour(test: Array, generated: Array, k: int = 5) -> float:
    """Coverage by balls in which each test point counts as its own first neighbour."""
    radii = np.partition(cdist(test, test), k - 1, axis=1)[:, k - 1]
    return float((cdist(test, generated) <= radii[:, None]).any(axis=1).mean())


def itself_nearest(test: Array, generated: Array) -> float:
    """Nearest-neighbour accuracy in which each point is its own neighbour."""
    pool = np.concatenate([test, generated])
    own = np.repeat([0, 1], [len(test), len(generated)])
    return float((own[cdist(pool, pool).argmin(axis=1)] == own).mean())


def _as_precision(overlap: Overlap) -> float:
    return float((overlap.test_balls_around > 0).mean())


def _as_recall(overlap: Overlap) -> float:
    return float((overlap.generated_balls_around > 0).mean())


def _not_by_k(overlap: Overlap) -> float:
    return float(overlap.test_balls_around.mean())


def _frechet(moments: Moments) -> float:
    return moments.squared_distance


def _inception_score(probabilities: Probabilities) -> float:
    return find("inception_score").compute(probabilities)


def _authenticity(proximity: Proximity) -> float:
    return find("authenticity").compute(proximity)


def _pairs_twice(duplicates: Duplicates) -> float:
    pairs = duplicates.pairs
    return duplicates.n**2 / pairs if pairs else float("inf")


def _in_bits(spectrum: CosineSpectrum) -> float:
    return float(np.exp(entropy_of(spectrum.shares) / np.log(2)))


def _ten_percent(bins: Bins) -> float:
    return float((np.abs(bins.z_scores()) > 1.645).mean())


MUTANTS: dict[str, Metric] = {
    mutant.name: mutant
    for mutant in (
        _on_arrays("frechet_distance__no_root", no_root),
        _on_arrays("frechet_distance__unsquared_mean", unsquared_mean),
        _on_arrays("frechet_distance__diagonal", diagonal),
        _on_arrays("frechet_distance__no_means", no_means),
        _mutant("frechet_distance__higher_is_better", _frechet, aim="high"),
        _on_arrays("kernel_distance__biased", biased),
        _on_arrays("energy_distance__cross_term_once", cross_term_once),
        _on_arrays("wasserstein_distance__of_means", of_means),
        _mutant("recall__precision", _as_precision),
        _mutant("precision__recall", _as_recall),
        _mutant(
            "precision__claims_diversity", _as_precision, catches=("noise", "shift", "dropped mode")
        ),
        _mutant("density__not_by_k", _not_by_k),
        _on_arrays("coverage__self_as_neighbour", self_as_neighbour),
        _on_arrays("neighbour_two_sample_accuracy__itself", itself_nearest),
        _mutant("mode_score__inception_score", _inception_score),
        _mutant("authenticity__higher_is_better", _authenticity, aim="high"),
        _mutant("birthday_support__pairs_twice", _pairs_twice),
        _mutant("vendi_score__in_bits", _in_bits),
        _mutant("statistically_different_bins__ten_percent", _ten_percent),
        _declaring("wasserstein_distance__ideal_of_zero", ideal=0.0),
        _declaring("mutual_information_gap__chance_of_zero", chance=0.0),
        _declaring("precision__never_over_half", bounds=(0, 0.5)),
    )
}
