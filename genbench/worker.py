"""The process of one cell: makes a model, fits it, draws samples, and says how that went.

Run as `python -m genbench.worker FOLDER`, where FOLDER holds `spec.json`. Everything else it leaves
there too: `phase.txt` (what it is doing), `samples.npy`, `log_prob.npy`, and last `outcome.json`,
whose absence tells that the process died. It imports little, so that it starts fast, and nothing
that it writes is ever unpickled.
"""

import json
import os
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

import numpy as np

from genbench.arrays import Array, as_samples
from genbench.errors import BadInput, Unavailable
from genbench.models import GenerativeModel, HasLogProb, ModelSpec, Selective, reach_current_folder
from genbench.randomness import rng_for

PARENT_POLL_SECONDS = 1.0


class Refused(Exception):
    """The model cannot learn from such samples, and said so."""


def work(folder: Path) -> None:
    """Do the cell that `folder` describes and leave its outcome there."""
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    outcome: dict[str, Any] = {"status": "ok"}
    try:
        _fit_and_sample(folder, spec, outcome)
    except (ModuleNotFoundError, Unavailable) as error:
        outcome |= {"status": "missing", "reason": _one_line(error)}
    except BadInput as error:
        outcome |= {"status": "invalid", "reason": _one_line(error)}
    except Refused as refused:
        outcome |= {"status": "skipped", "reason": str(refused)}
    except MemoryError as error:
        outcome |= {"status": "oom", "reason": _one_line(error)}
    except Exception as error:  # whatever a model raises is a row of the table
        traceback.print_exc()
        outcome |= {"status": "error", "reason": _one_line(error)}
    if outcome["status"] not in ("ok", "skipped"):
        outcome["phase"] = phase_of(folder)
    temporary = folder / "outcome.tmp"
    temporary.write_text(json.dumps(outcome), encoding="utf-8")
    temporary.replace(folder / "outcome.json")


def _fit_and_sample(folder: Path, spec: dict[str, Any], outcome: dict[str, Any]) -> None:
    seed, n = spec["seed"], spec["n"]
    train = np.load(folder / "train.npy", allow_pickle=False)
    like = as_samples(train.copy(), name="train")

    _enter(folder, "import")
    model = ModelSpec(**spec["model"]).make()

    if isinstance(model, Selective) and (reason := model.refuses(train)):
        raise Refused(reason)

    _enter(folder, "fit")
    start = time.perf_counter()
    fitted = model.fit(train, rng=rng_for(seed, "fit"))
    outcome["fit_seconds"] = time.perf_counter() - start
    if isinstance(fitted, GenerativeModel):
        model = fitted

    _enter(folder, "sample")
    start = time.perf_counter()
    drawn = model.sample(n, rng=rng_for(seed, "sample"))
    outcome["sample_seconds"] = time.perf_counter() - start

    _enter(folder, "validate")
    samples = as_samples(drawn, name="the model's samples", like=like)
    if len(samples) != n:
        raise BadInput(f"the model drew {len(samples)} samples; expected {n}.")
    np.save(folder / "samples.npy", samples, allow_pickle=False)

    if isinstance(model, HasLogProb):
        _enter(folder, "log_prob")
        points = np.load(folder / "points.npy", allow_pickle=False)
        np.save(folder / "log_prob.npy", _log_prob(model, points), allow_pickle=False)


def _log_prob(model: HasLogProb, points: Array) -> Array:
    values = np.asarray(model.log_prob(points), dtype=np.float64)
    if values.shape != (len(points),):
        raise BadInput(f"log_prob returned shape {values.shape}; expected ({len(points)},).")
    if np.isnan(values).any() or (values == np.inf).any():
        raise BadInput("log_prob returned NaN or +infinity.")
    return values


def _enter(folder: Path, phase: str) -> None:
    (folder / "phase.txt").write_text(phase, encoding="utf-8")


def phase_of(folder: Path) -> str | None:
    """Return what the cell's process was doing last."""
    path = folder / "phase.txt"
    return path.read_text(encoding="utf-8") if path.exists() else None


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split()) or "no message"
    kind = "" if isinstance(error, BadInput | Unavailable) else f"{type(error).__name__}: "
    return f"{kind}{text}"[:500]


def die_with_parent() -> None:
    """End this process soon after its parent ends, however that ended."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_POLL_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    die_with_parent()
    reach_current_folder()
    work(Path(sys.argv[1]))
