"""Environments: what records were made in. Named by their content, so each is kept once."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import genbench

# What numbers can depend on.
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "POT", "pandas", "joblib")
PATIENCE_SECONDS = 10.0  # with other programs


@cache
def this_environment() -> dict[str, Any]:
    """Return what this process runs in: versions, state of the source, machine.

    What cannot be found out is left out.
    """
    found = {
        "genbench": genbench.__version__,
        "python": platform.python_version(),
        "packages": _versions(),
        "source": _git_state(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "processor": _processor(),
        "linear_algebra": _linear_algebra(),
        "cores": os.cpu_count(),
        "memory": _memory(),
        "gpus": _gpus(),
        "host": platform.node(),
    }
    return {key: value for key, value in found.items() if value}


def for_others() -> dict[str, Any]:
    """Return the same without what the machine is called, which is nobody's business."""
    return {key: value for key, value in this_environment().items() if key != "host"}


def name_of(environment: dict[str, Any]) -> str:
    """Return a name that another environment does not have."""
    text = json.dumps(environment, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _versions() -> dict[str, str]:
    versions = {}
    for package in PACKAGES:
        try:
            versions[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return versions


def _git_state() -> dict[str, Any]:
    """Return the commit that the current folder, where models and boards are kept, is at."""
    commit = _output("git", "rev-parse", "HEAD")
    if not commit:
        return {}
    # Boards are written while they run: that they differ says nothing of the code.
    changed = _output("git", "status", "--porcelain", "--", ":/", ":(exclude,top)leaderboards")
    return {"commit": commit, "changed": bool(changed)}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())


def _linear_algebra() -> list[str]:
    """Return the kernels that numpy has chosen for this processor: last digits depend on them."""
    import numpy as np
    from threadpoolctl import threadpool_info

    np.dot([1.0], [1.0])  # the library is there once it is used
    found = {
        f"{part['internal_api']} for {part.get('architecture', 'any processor')}"
        for part in threadpool_info()
        if part["user_api"] == "blas"
    }
    return sorted(found)


def _memory() -> int | None:
    """Return the machine's memory in bytes."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _gpus() -> list[str]:
    return _output(
        "nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"
    ).splitlines()


def _output(program: str, *words: str) -> str:
    """Return what a program prints, or nothing if it is not there or does not do well."""
    path = shutil.which(program)
    if path is None:
        return ""
    try:
        done = subprocess.run(
            [path, *words],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
