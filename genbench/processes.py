"""One of our modules in a process of its own, which ends by itself or is ended with all it started.

That protects the caller from crashes, hangs and floods of output; it does not protect the machine.
"""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
POLL_SECONDS = 0.05
GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Ending:
    """How a process ended: by itself, or because it took too long or printed too much."""

    cause: Literal["itself", "deadline", "output"]
    returncode: int = 0

    def in_words(self) -> str:
        """Say how the process ended by itself."""
        if self.returncode >= 0:
            return f"the process ended with exit status {self.returncode}"
        name = signal.Signals(-self.returncode).name
        hint = " (out of memory, perhaps)" if name == "SIGKILL" else ""
        return f"the process was ended by {name}{hint}"


def run_alone(
    module: str, folder: Path, *, seconds: float, most_output: int, hash_seed: int
) -> Ending:
    """Run `python -m module folder` and wait; what it prints goes to `output.txt` in `folder`.

    It is ended after `seconds`, or once it has printed more than `most_output` bytes. However it
    ends, so does everything that it started.
    """
    output = folder / "output.txt"
    with output.open("wb") as file:
        process = subprocess.Popen(
            # -P: a folder named genbench in the current one must not stand in for the package.
            [sys.executable, "-P", "-m", module, str(folder.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | ONE_THREAD | {"PYTHONHASHSEED": str(hash_seed)},
        )
        try:
            return _wait(process, output, time.monotonic() + seconds, most_output)
        finally:
            _end_group(process)


def _wait(process: subprocess.Popen[bytes], output: Path, last: float, most_output: int) -> Ending:
    while True:
        try:
            returncode = process.wait(timeout=POLL_SECONDS)
        except subprocess.TimeoutExpired:
            if output.stat().st_size > most_output:
                return Ending("output")
            if time.monotonic() > last:
                return Ending("deadline")
        else:
            return Ending("itself", returncode)


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End the process and everything it started; harmless if all has ended."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
        except (ProcessLookupError, PermissionError):  # macOS says the latter of an ended group
            return
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            continue
