"""How a cell's process ended: by what it said of itself, or by what can be seen of it."""

from contextlib import suppress
from pathlib import Path

from genbench.ground.plain_files import read_plain
from genbench.ground.processes import OUTPUT, Ending
from genbench.ground.text import one_line
from genbench.runs.limits import Limits
from genbench.runs.outcomes import MOST_SAID, Outcome, believed
from genbench.runs.worker import DISK_FULL, DISK_FULL_EXIT
from genbench.runs.workplace import Workplace

MOST_OUTPUT = 10_000_000  # bytes kept of what a process prints
LONGEST_LINE = 300  # characters
NEAR = 0.9  # of the memory allowed: who dies there died of it


def outcome_of(
    place: Workplace, ending: Ending, folder: Path, limits: Limits, *, killed: bool
) -> Outcome:
    """Return what a process said of itself in its place, or else how it ended.

    What it printed was kept in `folder`; `killed` says whether the system has killed something for
    want of memory meanwhile.
    """
    with suppress(OSError):
        if (outcome := believed(place.read("outcome.json", most=MOST_SAID))) is not None:
            return outcome
    phase = place.phase()
    if ending.cause == "deadline":
        return Outcome("timeout", phase, f"Not done after {limits.seconds:g} seconds.")
    if ending.cause is not None:
        return Outcome("lost", phase, "The run was stopped.")
    if ending.returncode == DISK_FULL_EXIT:
        return Outcome(DISK_FULL, phase, "No space was left on the disk.")
    if phase is None and ending.returncode > 0 and (said := _last_line(folder)):
        status = "missing" if said.startswith("ModuleNotFoundError") else "crash"
        return Outcome(status, phase, f"The process could not start: {said}")
    return _death(phase, ending, limits, killed=killed)


def _death(phase: str | None, ending: Ending, limits: Limits, *, killed: bool) -> Outcome:
    near_limit = limits.memory is not None and ending.peak_memory > NEAR * limits.memory
    if ending.returncode < 0 and (killed or near_limit):
        gigabytes = ending.peak_memory / 2**30
        reason = f"{_sentence(ending.in_words())}, holding {gigabytes:.2g} GiB: out of memory."
        return Outcome("oom", phase, reason)
    return Outcome("crash", phase, f"{_sentence(ending.in_words())} before it was done.")


def said_in(folder: Path) -> str:
    """Return what a cell's process printed, as far as it was kept."""
    try:
        printed = read_plain(folder / OUTPUT, most=2 * MOST_OUTPUT)
    except OSError:
        return ""
    return printed.decode(errors="replace")


def _last_line(folder: Path) -> str:
    lines = said_in(folder)[-MOST_SAID:].split("\n")
    lines = [one_line(line, most=LONGEST_LINE) for line in lines]
    return next((line for line in reversed(lines) if line), "")


def out_of_memory_kills() -> int:
    """Return how many processes around this one the system has killed for want of memory."""
    try:
        text = Path("/proc/vmstat").read_text(encoding="utf-8")
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("oom_kill "))


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
