"""genbench: how good is a generative model, by which measure, and how sure is that?

The usual way in is `genbench.score(test=..., generated=..., train=...)` on plain arrays, or the
command `genbench` in a shell.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from genbench.errors import BadInput, MissingExtra, Unavailable
    from genbench.evaluate import Scores, score
    from genbench.metric import Metric, Score

__version__ = "0.1.0"
__all__ = ["BadInput", "Metric", "MissingExtra", "Score", "Scores", "Unavailable", "score"]

_HOMES = {
    "BadInput": "errors",
    "MissingExtra": "errors",
    "Metric": "metric",
    "Score": "metric",
    "Scores": "evaluate",
    "Unavailable": "errors",
    "score": "evaluate",
}


def __getattr__(name: str) -> Any:
    """Import public names when they are first asked for, so that the command line starts fast."""
    if name not in _HOMES:
        raise AttributeError(f"module 'genbench' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"genbench.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
