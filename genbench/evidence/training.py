"""Training of the classifiers and regressions that evidence rests on."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def fixed_budget() -> Iterator[None]:
    """Let scikit-learn stop where its budget ends, without a warning.

    So many passes are the protocol, whether or not the loss would still fall: separable classes let
    weights grow for long without another answer, and where there are fewer distinct points than
    cells, some cells stay empty.
    """
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
