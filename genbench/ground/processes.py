"""One of our modules in a process of its own, which ends by itself or is ended with all it started.

That protects the caller from crashes, hangs and floods of output; it does not protect the machine.
"""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from genbench.ground import keeper
from genbench.ground.keeper import PR_SET_PDEATHSIG, ask_kernel, children
from genbench.ground.templates import PATIENCE_SECONDS, Forked, Templates

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMEXPR")}
POLL_SECONDS = 0.05
PARENT_POLL_SECONDS = 1.0
OUTPUT = "output.txt"  # in the folder: all that the process printed
PACKAGE = Path(__file__).parent.parent


@dataclass(frozen=True)
class Ending:
    """How a process ended: by itself, or for the cause that its watcher gave."""

    cause: str | None
    returncode: int = 0
    peak_memory: int = 0  # bytes, resident, of the process itself; 0 where that cannot be read

    def in_words(self) -> str:
        """Say how the process ended by itself."""
        if self.returncode >= 0:
            return f"the process ended with exit status {self.returncode}"
        return f"the process was ended by {signal.Signals(-self.returncode).name}"


@dataclass(frozen=True, kw_only=True)
class Launcher:
    """How to start Python: the user's own, if named, behind a command that isolates it, if any.

    In the words of `isolate`, `{folder}` stands for the folder that the process works in and
    `{package}` for the folder that holds our package; a container must have both under the same
    paths, `{package}` for reading only.
    """

    python: str = ""
    isolate: tuple[str, ...] = ()

    def command(self, module: str, folder: Path, package: Path) -> list[str]:
        """Return the words of the command that runs one of our modules in `folder`."""
        prefix = [
            word.replace("{folder}", str(folder)).replace("{package}", str(package))
            for word in self.isolate
        ]
        # -P: a folder named genbench in the current one must not stand in for the package.
        return [*prefix, self.python or sys.executable, "-P", "-m", module, str(folder)]


OURS = Launcher()  # the Python that runs this, behind nothing


def run_alone(
    module: str,
    folder: Path,
    *,
    watch: Callable[[], str | None],
    launcher: Launcher = OURS,
    hash_seed: int = 0,
    output: Path | None = None,
    most_output: int | None = None,
    templates: Templates | None = None,
    imports: Iterable[str] = (),
) -> Ending:
    """Run `python -m module folder` and wait; what it prints goes to `output`.

    That is OUTPUT in `folder` if not given; the last `most_output` bytes of it are kept. `watch` is
    called many times a second and returns why to end the process, or None. However it ends, and
    however this process does, so does everything that it started, as far as the keeper reaches.

    With `templates`, and no launcher of another kind, the process is forked where that can be, and
    `imports` are modules that it would import.

    Raises:
        OSError: the command cannot be started.
        TemplateDied: what the process was forked from has ended, and so has the process.
    """
    folder = folder.resolve()
    with tempfile.TemporaryDirectory() as temporary, _opened(output or folder / OUTPUT) as printed:
        surroundings = os.environ | ONE_THREAD | {"PYTHONHASHSEED": str(hash_seed)}
        process: Started | None = None
        if templates is not None and launcher == OURS:
            process = templates.fork(module, folder, printed, surroundings, imports)
        if process is None:
            process = _spawn(module, folder, launcher, Path(temporary), printed, surroundings)
        try:
            return _wait(process, watch, printed, most_output)
        finally:
            process.end()
            _keep_end(printed, most_output)


def _spawn(
    module: str,
    folder: Path,
    launcher: Launcher,
    temporary: Path,
    printed: int,
    surroundings: Mapping[str, str],
) -> "Spawned":
    """Start a keeper in a Python of its own."""
    package = PACKAGE.parent
    if launcher != OURS:
        # Another Python gets our files and nothing else of what is installed beside them.
        package = temporary
        for file in PACKAGE.rglob("*.py"):
            copy = package / file.relative_to(PACKAGE.parent)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, copy)
        surroundings = {**surroundings, "PYTHONPATH": str(package)}
    command = launcher.command(module, folder, package)
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), command[0])
    # Isolated from all that is set and installed here: it starts fast, and as it is.
    keeping = [sys.executable, "-I", "-S", keeper.__file__, str(os.getpid())]
    return Spawned(
        subprocess.Popen(
            [*keeping, *command],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=surroundings,
        )
    )


class Spawned:
    """A keeper of its own Python, and what it keeps."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self.pid = process.pid

    def wait(self, seconds: float) -> int | None:
        """Wait so long, and return the exit status if it has ended."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """End a keeper and what it keeps; harmless if all has ended."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)  # what it keeps may have stopped it
            self.wait(PATIENCE_SECONDS)
        # macOS says that it may not of a group that has ended.
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


Started = Spawned | Forked


@contextmanager
def _opened(output: Path) -> Iterator[int]:
    """Open what a process prints to; its name may lead elsewhere later, the descriptor does not."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    printed = os.open(output, flags, 0o644)
    try:
        yield printed
    finally:
        os.close(printed)


def _keep_end(printed: int, most: int | None) -> None:
    """Keep the last of what a process printed, if it printed more than is kept."""
    if most is not None and (size := os.fstat(printed).st_size) > most:
        end = os.pread(printed, most, size - most)
        os.ftruncate(printed, 0)
        os.write(printed, end)


def peak_memory(pid: int | str = "self") -> int:
    """Return the most bytes that a process has held at once, or 0 where that cannot be read."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    kilobytes = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return 1024 * int(next(kilobytes, 0))


def die_with_parent(parent: int) -> None:
    """End this process once its parent ends, however that ended.

    `parent` is its number: it may have ended before this process came so far as to ask.
    """
    # Linux kills it even while it holds the interpreter.
    ask_kernel(PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        os._exit(1)

    if os.getppid() != parent:
        os._exit(1)
    threading.Thread(target=watch, daemon=True).start()


@contextmanager
def unheard() -> Iterator[None]:
    """Let what is started in the block not hear Ctrl-C, nor hear it here: it is for the caller."""
    from multiprocessing import resource_tracker

    # It is started with the first process, and lets the thread that starts it hear everything.
    resource_tracker.ensure_running()
    heard = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, heard)


def _wait(
    process: Started,
    watch: Callable[[], str | None],
    printed: int,
    most_output: int | None,
) -> Ending:
    peak = 0
    while (returncode := process.wait(POLL_SECONDS)) is None:
        if process.pid is not None:
            peak = max([peak, *map(peak_memory, children(process.pid))])
        if most_output is not None and os.fstat(printed).st_size > most_output:
            os.ftruncate(printed, 0)  # it is appended to: what comes next stands at its start
        if cause := watch():
            return Ending(cause, peak_memory=peak)
    return Ending(None, returncode, peak)
