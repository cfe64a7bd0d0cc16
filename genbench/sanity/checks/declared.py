"""What metrics declare of two samples of one distribution, held against what they say."""

from typing import Any

import numpy as np

from genbench.sanity.check import Check, Desideratum
from genbench.sanity.digits import about_digits, digits
from genbench.sanity.expectations import AsDeclared
from genbench.sanity.worlds import about_mixture, mixture, renewed


def perfect_points(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Draw fresh real samples of the mixture, each with its true class."""
    drawn = renewed(mixture(real), model)
    return about_mixture(drawn, drawn.fresh) | {"generated_labels": drawn.fresh_labels}


def perfect_pictures(
    real: np.random.Generator, model: np.random.Generator, level: float
) -> dict[str, Any]:
    """Take other real digits, each with its class."""
    drawn = digits(real)
    return about_digits(drawn, drawn.fresh) | {"generated_labels": drawn.fresh_labels}


CHECKS = (
    Check(
        name="real_against_real",
        asks="Do two samples of one distribution get what the metric declares?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=12,
        expects=AsDeclared(),
        make=perfect_points,
    ),
    Check(
        name="real_against_real_pictures",
        asks="Do two samples of real digits get what the metric declares?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=4,
        expects=AsDeclared(),
        make=perfect_pictures,
        family="real_against_real",
        slow=True,
    ),
)
