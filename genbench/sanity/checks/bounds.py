"""The bounds that metrics declare, held against all that they ever said."""

from genbench.sanity.check import Check, Desideratum
from genbench.sanity.expectations import WithinBounds

CHECKS = (
    Check(
        name="declared_bounds",
        asks="Is every value of every check within the declared bounds?",
        desideratum=Desideratum.BOUNDS,
        knob="none",
        levels=(0.0,),
        expects=WithinBounds(),
        of_all=True,
    ),
)
