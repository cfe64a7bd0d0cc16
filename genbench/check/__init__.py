"""The laws for one model: `genbench check`, and `from genbench import check` in Python and pytest.

A test of a model of one's own, in pytest::

    from genbench import check


    def test_my_model():
        assert [verdict for verdict in check("my_model.py") if verdict.outcome == "fail"] == []

`check(target, *, deadline=60.0, dataset=None)` returns a verdict on each law; `deadline` is in
seconds, and `dataset` names data to learn from, in place of toy data.
"""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

from genbench.ground.lazy import lazy

if TYPE_CHECKING:
    from genbench.check.verdicts import Verdict

__getattr__ = lazy(__name__, {"check": "conformance"})


class _Room(ModuleType):
    """The room named `check`, which checks.

    From its first import on, `genbench.check` is this module: it does what the name promises.
    """

    def __call__(
        self, target: str, *, deadline: float = 60.0, dataset: str | None = None
    ) -> "list[Verdict]":
        """Hold a model to every law, on toy data, and return a verdict on each law in order.

        `target` is a baseline, `file.py:Class` or `package.module:Class`; `deadline` is in seconds,
        for all laws together; `dataset` names a data set, for a model that fits no other width.

        Raises:
            BadInput: there is no such model, or no such data set.
        """
        from genbench.check.conformance import check

        return check(target, deadline=deadline, dataset=dataset)

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        return importlib.import_module, (self.__name__,)  # to other processes it goes by name


sys.modules[__name__].__class__ = _Room
