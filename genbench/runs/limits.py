"""What the process of a cell may take, and how it is started."""

from dataclasses import dataclass

from genbench.ground.processes import OURS, Launcher


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a cell's process may take, and how it is started."""

    seconds: float = 300.0  # for each phase: import, fit, sample, log_prob
    memory: int | None = None  # bytes that it may reserve
    launcher: Launcher = OURS


ORDINARY = Limits()
