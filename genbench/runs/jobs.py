"""Jobs: one cell done from claim to record, wherever an engine places it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np

import genbench
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.text import one_line
from genbench.metric import Metric
from genbench.runs.cells import PROTOCOL, Cell, Taken, fit_and_sample, load_once
from genbench.runs.claims import claim
from genbench.runs.limits import ORDINARY, Limits
from genbench.runs.outcomes import LONGEST_REASON, Outcome, keep_outcome, stored_outcome
from genbench.runs.own_data import Data, name_of
from genbench.runs.records import REAL, Record
from genbench.runs.scorer import Scored, score_here
from genbench.runs.store import Store, now
from genbench.runs.watch import npy
from genbench.runs.workplace import fresh_folder
from genbench.scoring.own_metrics import find_any

KINDS = "kinds"  # of samples, the field of a record
Score = Callable[[Cell, Path, tuple[str, ...]], Scored]  # of a stored cell


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run does with a cell. It goes to other machines, so it holds plain values only."""

    folder: Path  # of the board, absolute, the same wherever cells are done
    metrics: tuple[str, ...]
    limits: Limits = ORDINARY
    anew_since: str = ""  # records and samples made before are not used, if given

    def holds(self, key: str, record: Record | None) -> bool:
        """Say whether a record is all that is wanted of the cell of that key."""
        return (
            record is not None
            and record.key == key
            # One of a clock that runs ahead would be newer than any that could be made.
            and (not self.anew_since or self.anew_since <= record.finished <= now())
            and not lacking(record, self.metrics)
        )


def lacking(record: Record, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is to be found out of a record's samples: metrics, and `KINDS`."""
    law = record.kinds
    counted = record.status != "ok" or (law is not None and law.is_current)
    return unscored(record, wanted) if counted else (*unscored(record, wanted), KINDS)


def unscored(record: Record, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Return the metrics that a record lacks or has by an older definition.

    A record without samples has nothing to be scored.
    """
    if record.status != "ok":
        return ()
    return tuple(name for name in wanted if not _has(record, find_any(name)))


def _has(record: Record, metric: Metric) -> bool:
    score = record.scores.get(metric.name)
    return score is not None and score.revision == metric.revision


def do(
    plan: Plan,
    cell: Cell,
    *,
    score: Score = score_here,
    stop: Event | None = None,
    on_start: Callable[[Cell], None] = lambda _: None,
) -> Record | None:
    """Do a cell and land its record; None if another run is at it, or `stop` was set.

    What is there already is used: a record that holds, or samples of a cell that went well, which
    are scored by what they have not been scored by.

    Raises:
        BadInput: the cell names what does not exist.
        OSError: the record could not be written.
    """
    store = Store(plan.folder)
    taken = cell.taken()  # once: the model's files may be edited while it runs
    key = taken.key
    with claim(store.claims, key) as ours:
        if not ours or (stop is not None and stop.is_set()):
            return None
        landed = store.landed(key)
        if landed is not None and plan.holds(key, landed):
            record = landed  # made before the model was changed and changed back, or meanwhile
        else:
            on_start(cell)
            made = _make(plan, taken, store, landed, score, stop)
            if made is None:
                return None
            record = replace(made, environment=store.keep_environment())
        return _landed(store, replace(record, finished=now()))


def _landed(store: Store, record: Record) -> Record:
    """Land a record or, if it cannot be kept as it is, one of the failure that this is."""
    try:
        store.land(record)
    except ValueError as error:
        reason = one_line(f"What came of it cannot be kept: {error}.", most=LONGEST_REASON)
        blank: dict[str, Any] = {"scores": {}, "preview": (), "kinds": None, "fit_seconds": None}
        record = replace(
            record,
            status="error",
            phase="score",
            reason=reason,
            peak_memory=None,
            sample_seconds=None,
            **blank,
        )
        store.land(record)
    return record


def _make(
    plan: Plan,
    taken: Taken,
    store: Store,
    landed: Record | None,
    score: Score,
    stop: Event | None,
) -> Record | None:
    cell, folder = taken.cell, store.cell(taken.key)
    unscorable = landed is not None and landed.phase == "score"  # its samples are good
    outcome = stored_outcome(folder) if unscorable or not plan.anew_since else None
    if outcome is None or unscorable:
        landed = None
    if outcome is None:
        outcome = _sample(plan, taken, folder, stop)
        if stop is not None and stop.is_set():
            return None
    blank = _blank(taken, outcome)
    if outcome.status != "ok":
        return blank
    known = {} if landed is None else dict(landed.scores)
    wanted = plan.metrics if landed is None else unscored(landed, plan.metrics)
    try:
        scored = score(cell, folder, wanted)
    except BadInput as error:  # what is stored is not what its process said it was
        return replace(blank, status="invalid", phase="validate", reason=_reason(error))
    except Exception as error:  # the samples stay on disk; the other cells go on
        if stop is not None and stop.is_set():  # it was the run's end that ended the scoring
            return None
        reason = f"{type(error).__name__}: {_reason(error)}"
        return replace(blank, status="error", phase="score", reason=reason)
    found: dict[str, Any] = scored._asdict()
    return replace(blank, **found | {"scores": known | dict(scored.scores)})


def _reason(error: Exception) -> str:
    return one_line(error, most=LONGEST_REASON)


def _sample(plan: Plan, taken: Taken, folder: Path, stop: Event | None) -> Outcome:
    cell = taken.cell
    if cell.model != REAL:
        return fit_and_sample(taken, folder, limits=plan.limits, stop=stop)
    fresh_folder(folder)
    drawn = load_once(cell.data).drawn_anew(cell.seed)
    replace_file(folder / "samples.npy", npy(drawn.fresh))
    if drawn.fresh_labels is not None:
        replace_file(folder / "labels.npy", npy(drawn.fresh_labels.astype(np.float64)))
    keep_outcome(folder, outcome := Outcome("ok"))
    return outcome


def known_of(known: Data) -> dict[str, Any]:
    """Return what a record says of its data set, and of what scores by it."""
    data = load_once(known)
    return {
        "dataset": name_of(known),
        "dataset_hash": data.content_hash[:16],
        "features": data.features,
        "version": genbench.__version__,
        "protocol": PROTOCOL,
        "n_train": len(data.train),
        "n_test": len(data.test),
        "n_generated": len(data.fresh),
    }


def _blank(taken: Taken, outcome: Outcome) -> Record:
    """Return what is known of a cell before it is scored."""
    facts: dict[str, Any] = {
        name: getattr(outcome, name)
        for name in ("status", "phase", "reason", "fit_seconds", "sample_seconds", "peak_memory")
    }
    cell = taken.cell
    return Record(
        key=taken.key,
        model=cell.model,
        family=taken.spec.family,
        seed=cell.seed,
        budget=cell.budget,
        source=taken.held.checksum,
        **known_of(cell.data),
        **facts,
    )
