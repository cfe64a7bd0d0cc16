"""The laws for one model: `genbench check`, and `from genbench import check` in Python and pytest.

from genbench import check

def test_my_model():
assert [verdict for verdict in check("my_model.py") if verdict.outcome == "fail"] == []
"""

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from genbench.check.verdicts import Verdict


class _Room(ModuleType):
    """The room named `check`, which checks.

    From its first import on, `genbench.check` is this module: it does what the name promises.
    """

    def __call__(self, target: str, *, deadline: float = 60.0) -> "list[Verdict]":
        """Hold a model to every law (see `genbench.check.conformance.check`)."""
        from genbench.check.conformance import check

        return check(target, deadline=deadline)


sys.modules[__name__].__class__ = _Room
