"""How fast genbench measures, beside other programs on the same arrays.

    python benchmarks/speed.py [TASK ...]

Every contender runs in a process of its own, with one thread; the contenders of a task take turns,
so that whatever else the machine does hits all alike. Times are CPU seconds of the call (medians of
`ROUNDS`), memory is the peak above what the arrays take. The table goes to benchmarks/README.md.
"""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from contenders import TASKS, Task

ROUNDS = 3
KEYS = ("seconds", "bytes", "value")
CHOOSE_KERNELS = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")  # which slow some processors down
HERE = Path(__file__).parent
PROGRAMS = (
    "genbench", "numpy", "scipy", "scikit-learn", "torch", "torch-fidelity", "torchmetrics",
    "pytorch-fid", "clean-fid", "prdc", "POT", "vendi-score",
)  # fmt: skip
WARM = 100  # rows and columns of the call that loads what is loaded on first use


def measure(task: Task, contender: str) -> dict[str, float]:
    """Run one contender once, here."""
    run = task.prepared(contender)
    arrays = task.make()
    if task.same or contender == "genbench":
        run(*(array[:WARM, :WARM] for array in arrays))
    before = _peak_bytes()
    start = time.process_time()
    value = run(*arrays)
    seconds = time.process_time() - start
    return {"seconds": seconds, "bytes": _peak_bytes() - before, "value": value}


def in_turns(name: str) -> dict[str, dict[str, float]]:
    """Run all contenders of a task `ROUNDS` times, each in a fresh process."""
    task = TASKS[name]
    found: dict[str, list[dict[str, float]]] = {contender: [] for contender in task.contenders}
    for _ in range(ROUNDS):
        for contender in task.contenders:
            run = _in_a_process("--one", name, contender)
            if isinstance(run, str):
                print(f"{name}, {contender}: {run}")
                continue
            found[contender].append(run)
    return {
        contender: {key: statistics.median(run[key] for run in runs) for key in KEYS}
        for contender, runs in found.items()
        if runs
    }


def _in_a_process(*arguments: str) -> Any:
    """Return what a fresh process says, or its last words if it failed.

    It has one thread, and the kernels that the library itself chooses for this processor.
    """
    kept = {key: value for key, value in os.environ.items() if key not in CHOOSE_KERNELS}
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        capture_output=True, text=True, env=kept | threads, check=False,
    )  # fmt: skip
    if done.returncode:
        return done.stderr.strip().splitlines()[-1]
    return json.loads(done.stdout.splitlines()[-1])


def rows(name: str, found: dict[str, dict[str, float]], rate: float) -> list[str]:
    """Return the table's rows of a task; `rate` is of double-precision products, per second."""
    task, ours = TASKS[name], found["genbench"]
    lines = []
    for contender, theirs in found.items():
        ratio = theirs["seconds"] / ours["seconds"]
        apart = abs(theirs["value"] - ours["value"]) / abs(ours["value"])
        limit = f"{ours['seconds'] * rate / task.flops:.1f}" if task.flops else ""
        is_us = contender == "genbench"
        cells = (
            task.title if is_us else "",
            contender,
            f"{theirs['seconds']:.2f}",
            "" if is_us else f"{ratio:.1f}",
            f"{theirs['bytes'] / 1e6:.0f}",
            "" if is_us else f"{apart:.0e}" if task.same else "another estimator",
            limit if is_us else "",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def product_rate(kind: str) -> float:
    """Return how many multiplications and additions a second this core does, of that type."""
    a = np.random.default_rng(0).normal(size=(1500, 1500)).astype(kind)
    b = a.copy()  # a product with itself takes half of the operations
    times = []
    for _ in range(5):
        start = time.process_time()
        a @ b
        times.append(time.process_time() - start)
    return 2 * 1500**3 / min(times)


def blas_kernel() -> str:
    """Name the library that multiplies, and the processor that its kernels are for."""
    from threadpoolctl import threadpool_info

    found = next((library for library in threadpool_info() if "numpy" in library["filepath"]), None)
    return "unknown" if found is None else f"{found['internal_api']} {found.get('architecture')}"


def machine() -> str:
    """Describe the machine and the programs."""
    info = Path("/proc/cpuinfo")
    models = [
        line.partition(":")[2].strip()
        for line in (info.read_text().splitlines() if info.exists() else [])
        if line.startswith("model name")
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    programs = ", ".join(f"{name} {version(name)}" for name in PROGRAMS)
    return (
        f"{models[0] if models else platform.processor()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB; {platform.system()}, Python {platform.python_version()}; {programs}."
    )


def main(names: list[str]) -> None:
    """Measure, and write the table, after every task, if all are measured."""
    found = _in_a_process("--rates")
    if isinstance(found, str):
        sys.exit(found)
    rate, single = found["float64"], found["float32"]
    products = (
        f"Products of {found['kernels']}: {rate / 1e9:.0f} GFLOP/s, {single / 1e9:.0f} in single "
        "precision."
    )
    table: list[str] = []
    for name in names or TASKS:
        found = in_turns(name)
        table += rows(name, found, rate)
        print("\n".join(table[-len(found) :]), flush=True)
        if not names:
            _write(table, products)


def _write(table: list[str], products: str) -> None:
    readme = HERE / "README.md"
    begin, end = "<!-- table: begin -->\n", "<!-- table: end -->"
    head = (
        "| measure | program | CPU s | times ours | peak MB | apart | times the products alone |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    new = f"{machine()} {products}\n\n{head}" + "\n".join(table) + "\n"
    before, _, rest = readme.read_text(encoding="utf-8").partition(begin)
    readme.write_text(before + begin + new + end + rest.partition(end)[2], encoding="utf-8")


def _peak_bytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(TASKS[sys.argv[2]], sys.argv[3])))
    elif sys.argv[1:2] == ["--rates"]:
        rates = {kind: product_rate(kind) for kind in ("float64", "float32")}
        print(json.dumps(rates | {"kernels": blas_kernel()}))
    else:
        main(sys.argv[1:])
