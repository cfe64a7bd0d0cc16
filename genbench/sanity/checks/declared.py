"""What metrics declare of two samples of one distribution, held against what they say."""

import numpy as np

from genbench.arrays import Array
from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import AsDeclared
from genbench.sanity.worlds import Real, on_digits, on_mixture


def perfect(real: Real, level: float, rng: np.random.Generator) -> Array:
    """Return fresh real samples."""
    return real.fresh


CHECKS = (
    Check(
        name="real_against_real",
        asks="Do two samples of one distribution get what the metric declares?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=12,
        expects=AsDeclared(),
        make=on_mixture(perfect),
    ),
    Check(
        name="real_against_real_pictures",
        asks="Do two samples of real digits get what the metric declares?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        repeats=4,
        expects=AsDeclared(),
        make=on_digits(perfect),
        family="real_against_real",
        slow=True,
    ),
)
