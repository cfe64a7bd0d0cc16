"""How time and memory grow with the number of points and of dimensions, and what a call will take.

    python benchmarks/growth.py [MEASURE ...]

Each measure is scored in a process of its own, on one thread, on the arrays of `contenders.py`:
with 64 dimensions and more and more points, and with 2,000 points in more and more dimensions.
Times are CPU seconds of the call, memory is the peak above what the arrays take. Both go to
growth.csv, and to a figure; exponents are fitted where a call takes long enough to be measured. A
test holds the committed table to `HIGHEST`.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
TABLE, FIGURE = HERE / "growth.csv", HERE / "growth.svg"
DIMENSIONS, POINTS = 64, 2000  # of which one stays as it is while the other grows
MEASURES = (
    "frechet_distance", "kernel_distance", "energy_distance", "precision", "sliced_wasserstein_1",
    "vendi_score",
)  # fmt: skip
NUMBERS = (1000, 3000, 10_000, 30_000, 100_000)
WIDTHS = (16, 64, 256, 1024, 2048)
LONGEST = 40.0  # seconds: nine times that is too long to wait for
FEWEST_SECONDS = 0.05  # below which the call's own cost is most of it
# Exponents of points, and of dimensions, that no measure may exceed: moments are n d^2 + d^3, and
# the root of a covariance is cubic where it is dearer than its product; pairs are n^2 d.
HIGHEST = {
    "frechet_distance": (1.2, 3.0),
    "kernel_distance": (2.2, 2.2),
    "energy_distance": (2.2, 1.3),
    "precision": (2.2, 1.3),
    "sliced_wasserstein_1": (1.4, 1.3),
    "vendi_score": (1.2, 3.0),
}
Row = dict[str, float | str]


def measure(name: str, n: int, d: int) -> Row:
    """Score once, here."""
    from contenders import features

    import genbench

    sets = {"test": features(n, d), "generated": features(n, d, shift=0.1, seed=1)}
    genbench.score(**{key: points[:100] for key, points in sets.items()}, metrics=name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    genbench.score(**sets, metrics=name)
    seconds = time.process_time() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {"measure": name, "n": n, "d": d, "seconds": round(seconds, 3), "MB": grown // 1024}


def apart(name: str, n: int, d: int) -> Row:
    """Score once in a fresh process."""
    one_thread = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, str(n), str(d)],
        capture_output=True, text=True, env=os.environ | one_thread, check=True,
    )  # fmt: skip
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def rows_of(name: str) -> list[Row]:
    """Measure along either axis, up to what takes too long."""
    rows = []
    for n in NUMBERS:
        rows.append(apart(name, n, DIMENSIONS))
        print(rows[-1], flush=True)
        if rows[-1]["seconds"] > LONGEST / 9:
            break
    for d in WIDTHS:
        rows.append(apart(name, POINTS, d))
        print(rows[-1], flush=True)
    return rows


def read() -> list[Row]:
    """Return the committed table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            {key: value if key == "measure" else float(value) for key, value in row.items()}
            for row in csv.DictReader(file)
        ]


def write(rows: list[Row]) -> None:
    """Commit a table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def along(rows: list[Row], name: str, axis: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return sizes along an axis, `n` or `d`, with their seconds and megabytes."""
    other, fixed = ("d", DIMENSIONS) if axis == "n" else ("n", POINTS)
    chosen = [row for row in rows if row["measure"] == name and row[other] == fixed]
    chosen = sorted(chosen, key=lambda row: row[axis])
    size, seconds, memory = (
        np.array([row[key] for row in chosen], dtype=float) for key in (axis, "seconds", "MB")
    )
    kept = size != (POINTS if axis == "n" else -1)
    return size[kept], seconds[kept], memory[kept]


def exponent(rows: list[Row], name: str, axis: str) -> float | None:
    """Fit the exponent of the time to the upper end of an axis; None of too few sizes."""
    size, seconds, _ = along(rows, name, axis)
    long = seconds >= FEWEST_SECONDS
    if long.sum() < 2:
        return None
    size, seconds = size[long][-3:], seconds[long][-3:]
    return float(np.polyfit(np.log(size), np.log(seconds), 1)[0])


def draw(rows: list[Row]) -> None:
    """Draw time and memory along both axes."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"  # the same file from the same table
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(2, 2, figsize=(9, 7), sharex="col", layout="constrained")
    labels = {"n": f"points, of {DIMENSIONS} dimensions", "d": f"dimensions, of {POINTS:,} points"}
    for column, (axis, label) in enumerate(labels.items()):
        for name in MEASURES:
            size, seconds, memory = along(rows, name, axis)
            axes[0, column].loglog(size, np.maximum(seconds, 1e-3), marker="o")
            axes[1, column].loglog(size, np.maximum(memory, 1), marker="o")
        axes[1, column].set_xlabel(label)
    axes[0, 0].set_ylabel("CPU seconds")
    axes[1, 0].set_ylabel("peak MB above the arrays")
    figure.legend(
        axes[0, 0].lines,
        [f"{name}: {_powers(rows, name)}" for name in MEASURES],
        loc="outside lower center",
        ncols=3,
        frameon=False,
        title="exponents of the time, of points n and dimensions d",
    )
    figure.savefig(FIGURE, metadata={"Date": None})


def _powers(rows: list[Row], name: str) -> str:
    found = {axis: exponent(rows, name, axis) for axis in "nd"}
    return ", ".join(f"{axis} {power:.1f}" for axis, power in found.items() if power is not None)


def main(names: list[str]) -> None:
    """Measure what is named, or everything, and write table and figure."""
    kept = [row for row in read() if names and row["measure"] not in names] if names else []
    rows = [row for name in names or MEASURES for row in rows_of(name)]
    write(sorted(kept + rows, key=lambda row: MEASURES.index(str(row["measure"]))))
    draw(read())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], *map(int, sys.argv[3:]))))
    else:
        main(sys.argv[1:])
