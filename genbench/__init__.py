"""genbench: how good is a generative model, by which measure, and how sure is that?

The usual way in is `genbench.score(test=..., generated=..., train=...)` on plain arrays, or the
command `genbench` in a shell.
"""

from typing import TYPE_CHECKING

from genbench.ground.lazy import lazy

if TYPE_CHECKING:
    from genbench.check.conformance import check
    from genbench.creativity.frontier import frontier
    from genbench.datasets.symbols import Symbols
    from genbench.ground.errors import BadInput, MissingExtra, Unavailable
    from genbench.metric import Metric, Score
    from genbench.report.door import board
    from genbench.scoring.accumulators import ClassMoments, FeatureMoments
    from genbench.scoring.evaluate import Scores, score
    from genbench.scoring.images import score_images
    from genbench.scoring.significance import significance
    from genbench.tournament.pools import Pool, play

__version__ = "0.1.0"
__all__ = [
    "BadInput",
    "ClassMoments",
    "FeatureMoments",
    "Metric",
    "MissingExtra",
    "Pool",
    "Score",
    "Scores",
    "Symbols",
    "Unavailable",
    "board",
    "check",
    "frontier",
    "play",
    "score",
    "score_images",
    "significance",
]

# The public names, and where each is at home. `check` is the name of a room as well, which can be
# called, and `loops` is one.
_HOMES = {
    "BadInput": "ground.errors",
    "ClassMoments": "scoring.accumulators",
    "FeatureMoments": "scoring.accumulators",
    "Metric": "metric",
    "MissingExtra": "ground.errors",
    "Pool": "tournament.pools",
    "Score": "metric",
    "Scores": "scoring.evaluate",
    "Symbols": "datasets.symbols",
    "Unavailable": "ground.errors",
    "board": "report.door",
    "check": "",
    "loops": "",
    "frontier": "creativity.frontier",
    "play": "tournament.pools",
    "score": "scoring.evaluate",
    "score_images": "scoring.images",
    "significance": "scoring.significance",
}
__getattr__ = lazy(__name__, _HOMES)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
