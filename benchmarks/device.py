"""Whether every measure says on a device what it says on the processor, and what that saves.

    python benchmarks/device.py [DEVICE [POINTS DIMENSIONS]]

Scores one and the same comparison on both, prints every measure whose value differs by more than
1e-6 of itself and a hundredth of its standard error, and the seconds of those that take longest.
Exits with 1 if there is any. Without a name the device is "cuda".
"""

import json
import sys
import time

import numpy as np
from contenders import features

import genbench

DEAREST = 12
CLOSE = 1e-6  # of the value
CLOSE_BESIDE_ERROR = 0.01  # of the standard error


def scored(device: str, inputs: dict[str, np.ndarray]) -> tuple[genbench.Scores, dict[str, float]]:
    """Score all that applies, and return the seconds of each measure."""
    seconds: dict[str, float] = {}
    last = time.perf_counter()

    def on_score(score: genbench.Score) -> None:
        nonlocal last
        now = time.perf_counter()
        seconds[score.metric], last = now - last, now

    return genbench.score(**inputs, device=device, on_score=on_score), seconds


def differing(one: genbench.Scores, other: genbench.Scores) -> list[dict[str, object]]:
    """Return the measures that differ by more than they may."""
    found = []
    for name, here in one.items():
        there = other[name]
        if here.status != there.status:
            found.append({"measure": name, "here": here.status, "there": there.status})
        elif here.value is not None and there.value is not None:
            allowed = max(
                CLOSE * abs(here.value), CLOSE_BESIDE_ERROR * (here.standard_error or 0.0)
            )
            if here.value != there.value and not abs(here.value - there.value) <= allowed:
                found.append({"measure": name, "here": here.value, "there": there.value})
    return found


def main(device: str = "cuda", n: int = 5000, d: int = 2048) -> int:
    """Compare, and print what was found, a line of JSON each."""
    shifts = {"test": 0.0, "generated": 0.1, "train": 0.0}
    inputs = {
        name: features(n, d, shift=shift, seed=seed)
        for seed, (name, shift) in enumerate(shifts.items())
    }
    warm = {name: points[:200] for name, points in inputs.items()}
    for place in ("cpu", device):  # what is loaded on first use
        genbench.score(**warm, device=place)
    here, slow = scored("cpu", inputs)
    there, fast = scored(device, inputs)
    print(json.dumps({"device": device, "n": n, "d": d, "seconds": [*map(sum_of, (slow, fast))]}))
    for name in sorted(slow, key=slow.__getitem__, reverse=True)[:DEAREST]:
        print(json.dumps({"measure": name, "here": slow[name], "there": fast[name]}))
    found = differing(here, there)
    for line in found:
        print(json.dumps({"differs": line}))
    return 1 if found else 0


def sum_of(seconds: dict[str, float]) -> float:
    return round(sum(seconds.values()), 2)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2], *map(int, sys.argv[2:])))
