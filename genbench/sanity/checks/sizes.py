"""Tests of equality on equal pairs: how often they reject them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

import numpy as np

from genbench.metrics import CATALOG as METRICS
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import KeepsSize
from genbench.sanity.sequence_worlds import SERIES, letters, rows, series
from genbench.sanity.worlds import MIXTURE, about_mixture, mixture, renewed
from genbench.scoring.evaluate import evaluate
from genbench.scoring.inputs import comparison_of

VALUE_IS_P = ("classifier_two_sample_p_value",)
TESTS = (*(name for name, metric in METRICS.items() if metric.p_value), *VALUE_IS_P)


def equal_pair(rng: np.random.Generator, inputs: Iterable[str] = ()) -> dict[str, Any]:
    """Draw a perfect model's samples of what has these inputs: sequences, or else the mixture.

    Of the mixture the slopes of the true density are said as well.
    """
    if "symbols" in inputs:
        return letters(rng) | {"generated": rows(rng)}
    if "series" in inputs:
        return series(rng) | {"generated": rows(rng, SERIES)}
    real = mixture(rng)
    known = about_mixture(real, renewed(real, rng).fresh)
    return known | {"test_score": MIXTURE.posterior(real.test) @ MIXTURE.centres - real.test}


def p_value_of(rng: np.random.Generator, level: float, *, name: str) -> float:
    """Return a test's p-value of an equal pair."""
    drawn = equal_pair(rng, METRICS[name].inputs)
    comparison = comparison_of(seed=int(rng.integers(2**31)), **drawn)
    score = evaluate(comparison, [METRICS[name]])[name]
    found = score.value if name in VALUE_IS_P else score.p_value
    assert found is not None  # noqa: S101  # an equal pair has all that the tests need
    return found


CHECKS = (
    Check(
        name="size_of_tests",
        asks="Are equal pairs rejected no more often than a test's level says?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=20,
        only=TESTS,
        expects=KeepsSize(),
        measures={name: partial(p_value_of, name=name) for name in TESTS},
        slow=True,
        source="Lopez-Paz and Oquab, ICLR 2017, https://arxiv.org/abs/1610.06545",
    ),
)
