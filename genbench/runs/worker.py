"""The process of one cell: makes a model, fits it, draws samples, and says how that went.

Run as `python -m genbench.runs.worker FOLDER`, where FOLDER holds `spec.json` and `train.npy`, with
the classes of its samples and those of the samples to draw where there are classes, and never the
test set. Everything else it leaves in FOLDER too: `phase.txt` (what it is doing), `samples.npy`,
what each decoder has written (`decoded/N/samples.npy`, and its own `outcome.json` there),
`log_prob.npy`, and last `outcome.json`, whose absence tells that the process died. What decoders
write from comes once the model's own samples are there, and the points that its density is asked at
once all are. It imports little, so that it starts fast and in any Python that has numpy, and
nothing that it writes is ever unpickled.
"""

import json
import os
import pickle
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from genbench.ground.arrays import Array, as_samples
from genbench.ground.errors import BadInput, Unavailable
from genbench.ground.landing import replace_file
from genbench.ground.paths import reach_current_folder
from genbench.ground.processes import die_with_parent, peak_memory
from genbench.ground.randomness import rng_for
from genbench.ground.text import one_line
from genbench.models.find import (
    GenerativeModel,
    HasLogProb,
    HasNextLogProb,
    ModelSpec,
    Selective,
    is_conditional,
    needs_classes,
)
from genbench.models.held import hold
from genbench.models.next_symbols import asked
from genbench.runs.disk import tells_of_full_disk
from genbench.sequences import decoders

POLL_SECONDS = 0.01
PHASES = ("import", "fit", "sample", "validate", "decode", "log_prob")
TRAIN_POINTS = "train_points.npy"
START, LAW = "start.npy", "law.pickle"  # what decoders write from
SIZES = ("n_parameters", "n_seen")  # whole numbers that a model may have once it is fitted
DISK_FULL = "disk full"  # the status of what is no fault of the model
DISK_FULL_EXIT = 74  # where not even that can be written
LONGEST_REASON = 500  # characters
SAYS_NOTHING = "Decoders ask what comes next, and it does not say: it has no next_log_prob."
OUT_OF_MEMORY = ("can't allocate memory", "not enough memory", "out of memory", "bad_alloc")


class Fitted(NamedTuple):
    """A model that has learned, and what is to be drawn of it."""

    model: GenerativeModel
    train: Array
    folder: Path
    spec: dict[str, Any]


class Refused(Exception):
    """The model cannot do that, and that was known beforehand."""


def work(folder: Path) -> None:
    """Do the cell that `folder` describes and leave its outcome there."""
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    if spec["memory"] is not None:
        _limit_memory(spec["memory"])
    outcome: dict[str, Any] = {"status": "ok"}
    _try(folder, outcome, partial(_fit_and_draw, folder, spec, outcome))
    _tell(folder, outcome)


def _try(folder: Path, outcome: dict[str, Any], doing: Callable[[], None]) -> None:
    """Do something; if that fails, it is put into the outcome how."""
    try:
        doing()
    except (ModuleNotFoundError, Unavailable) as error:
        outcome |= {"status": "missing", "reason": _one_line(error)}
    except BadInput as error:
        outcome |= {"status": "invalid", "reason": _one_line(error)}
    except Refused as refused:
        outcome |= {"status": "skipped", "reason": one_line(refused, most=LONGEST_REASON)}
    except Exception as error:  # whatever a model raises is a row of the table
        traceback.print_exc()
        status = "oom" if _is_out_of_memory(error) else "error"
        status = DISK_FULL if tells_of_full_disk(error) else status
        outcome |= {"status": status, "reason": _one_line(error)}
    if outcome["status"] not in ("ok", "skipped"):
        outcome.setdefault("phase", _phase_of(folder))


def _tell(folder: Path, outcome: dict[str, Any]) -> None:
    """Leave an outcome in a folder."""
    outcome["peak_memory"] = peak_memory()
    replace_file(folder / "outcome.json", json.dumps(outcome).encode())


def _fit_and_draw(folder: Path, spec: dict[str, Any], outcome: dict[str, Any]) -> None:
    """Fit the model once, let it draw and each decoder write, and ask for its density."""
    train = np.load(folder / "train.npy", allow_pickle=False)
    like = as_samples(train.copy(), name="train")

    _enter(folder, "import")
    hold(spec["code"])
    model = ModelSpec(**spec["model"]).make(budget=spec["budget"])

    if isinstance(model, Selective) and (reason := model.refuses(train)):
        raise Refused(reason)
    if not spec["own"] and not isinstance(model, HasNextLogProb):
        raise Refused(SAYS_NOTHING)

    classes, classes_asked = _classes(folder, model)
    outcome["conditional"] = bool(classes_asked)

    _enter(folder, "fit")
    start = time.perf_counter()
    fitted = model.fit(train, rng=rng_for(spec["seed"], "fit"), **classes)
    outcome["fit_seconds"] = time.perf_counter() - start
    if isinstance(fitted, GenerativeModel):
        model = fitted

    all_that = Fitted(model, like, folder, spec)
    known = {"fit_seconds": outcome["fit_seconds"], **_sizes(model)}
    outcome |= known
    if spec["own"]:  # whose failure does not keep decoders from writing
        _try(folder, outcome, partial(_sample, all_that, classes_asked, outcome))
    for number, name in enumerate(spec["decoders"]):
        told = {"status": "ok", **known}
        _enter(folder, f"decode:{number}")
        place = folder / "decoded" / str(number)
        place.mkdir(parents=True, exist_ok=True)
        _try(folder, told, partial(_write, all_that, name, place, told))
        if told["status"] == DISK_FULL:
            outcome |= told
            return
        _tell(place, told)
    # Of rows that were begun the density of what follows is not asked for.
    if spec["own"] and outcome["status"] == "ok" and not spec["begun"]:
        _ask_density(folder, model)


def _sizes(model: GenerativeModel) -> dict[str, int]:
    """Return what a fitted model says of how large it is, and how much it has seen."""
    found = {name: getattr(model, name, None) for name in SIZES}
    whole = {name: int(n) for name, n in found.items() if isinstance(n, int | np.integer)}
    return {name: n for name, n in whole.items() if n >= 0}


def _sample(fitted: Fitted, classes_asked: dict[str, Any], outcome: dict[str, Any]) -> None:
    """Let the model draw by itself."""
    model, train, folder, spec = fitted
    _enter(folder, "sample")
    start = time.perf_counter()
    drawn = model.sample(spec["n"], rng=rng_for(spec["seed"], "sample"), **classes_asked)
    outcome["sample_seconds"] = time.perf_counter() - start

    _enter(folder, "validate")
    samples = as_samples(drawn, name="the model's samples", like=train)
    if len(samples) != spec["n"]:
        raise BadInput(f"the model drew {len(samples)} samples; expected {spec['n']}.")
    if spec["begun"]:
        samples = samples[:, spec["begun"] :]
    np.save(folder / "samples.npy", samples, allow_pickle=False)


def _write(fitted: Fitted, name: str, place: Path, told: dict[str, Any]) -> None:
    """Let a decoder write, from the beginnings that the parent brings when the first is to."""
    model, train, folder, spec = fitted
    if not isinstance(model, HasNextLogProb):
        raise Refused(SAYS_NOTHING)
    decoder = decoders.parse(name)
    beginnings = _awaited(folder / START)
    law = None
    if decoder.of_grammar:
        law = pickle.loads((folder / LAW).read_bytes())  # noqa: S301  (the parent's)
    start = time.perf_counter()
    rows = decoders.write(
        decoder,
        asked(model, int(train.max()) + 1),
        beginnings,
        train.shape[1],
        rng=rng_for(spec["seed"], "decode"),
        end=spec["end"],
        allowed=None if law is None else law.next_log_prob,
    )
    told["sample_seconds"] = time.perf_counter() - start
    np.save(place / "samples.npy", rows[:, spec["begun"] :], allow_pickle=False)


def _ask_density(folder: Path, model: GenerativeModel) -> None:
    if isinstance(model, HasLogProb):
        _enter(folder, "log_prob")  # upon which the parent brings the points
        points = _awaited(folder / "points.npy")
        np.save(folder / "log_prob.npy", _log_prob(model, points), allow_pickle=False)
        if (known := folder / TRAIN_POINTS).exists():  # it is brought before the others
            found = _log_prob(model, np.load(known, allow_pickle=False))
            np.save(folder / "train_log_prob.npy", found, allow_pickle=False)


def _classes(folder: Path, model: GenerativeModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what `fit` and `sample` are told beside the rest: nothing, unless both ask."""
    if not is_conditional(model):
        return {}, {}
    paths = (folder / "train_labels.npy", folder / "labels.npy")
    if not all(path.exists() for path in paths):
        if needs_classes(model):
            raise Refused("It learns from samples with classes, and these have none.")
        return {}, {}
    known, wanted = (np.load(path, allow_pickle=False) for path in paths)
    return {"labels": known}, {"labels": wanted}


def _awaited(path: Path) -> Array:
    """Return the array of a file that the parent brings."""
    while not path.exists():
        time.sleep(POLL_SECONDS)
    found: Array = np.load(path, allow_pickle=False)
    return found


def _log_prob(model: HasLogProb, points: Array) -> Array:
    values = np.asarray(model.log_prob(points), dtype=np.float64)
    if values.shape != (len(points),):
        raise BadInput(f"log_prob returned shape {values.shape}; expected ({len(points)},).")
    if np.isnan(values).any() or (values == np.inf).any():
        raise BadInput("log_prob returned NaN or +infinity.")
    return values


def _limit_memory(n_bytes: int) -> None:
    """Let this process, and each that it starts, reserve so much memory and no more."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))


def _is_out_of_memory(error: Exception) -> bool:
    """Say whether an exception tells of memory; numpy, torch and CUDA each have their own."""
    return isinstance(error, MemoryError) or any(
        words in one_line(error, most=10 * LONGEST_REASON) for words in OUT_OF_MEMORY
    )


def _enter(folder: Path, phase: str) -> None:
    replace_file(folder / "phase.txt", phase.encode())  # whole: it is read meanwhile


def _phase_of(folder: Path) -> str | None:
    try:
        return (folder / "phase.txt").read_text(encoding="utf-8").partition(":")[0]
    except OSError:
        return None


def _one_line(error: BaseException) -> str:
    text = one_line(error, most=LONGEST_REASON) or "no message"
    kind = "" if isinstance(error, BadInput | Unavailable) else f"{type(error).__name__}: "
    return f"{kind}{text}"[:LONGEST_REASON]


if __name__ == "__main__":
    die_with_parent(os.getppid())
    reach_current_folder()
    status = 0
    try:
        work(Path(sys.argv[1]))
    except OSError as trouble:
        if not tells_of_full_disk(trouble):
            raise
        status = DISK_FULL_EXIT
    try:
        sys.stdout.flush()
    finally:
        os._exit(status)  # not held up by threads that the model has left
