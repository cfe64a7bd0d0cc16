"""Records to tables, figures and one page."""

from genbench.ground.lazy import lazy

_HOMES = {"report": "folder", "tables": "leaderboard", "print_tables": "terminal"}
__getattr__ = lazy(__name__, _HOMES)
