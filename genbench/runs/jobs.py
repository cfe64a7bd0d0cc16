"""Jobs: the cells of one fit done from claim to records, wherever an engine places them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import numpy as np

import genbench
from genbench.ground.errors import BadInput
from genbench.ground.landing import replace_file
from genbench.ground.templates import Templates
from genbench.ground.text import one_line
from genbench.metric import Metric
from genbench.runs.cells import PROTOCOL, Cell, Taken, load_once, take_together
from genbench.runs.claims import claim
from genbench.runs.fits import Part, fit_once
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
    cells: Sequence[Cell],
    *,
    score: Score = score_here,
    stop: Event | None = None,
    on_start: Callable[[Cell], None] = lambda _: None,
    templates: Templates | None = None,
) -> list[Record]:
    """Do cells of one fit and land a record of each.

    There are none if another run is at them, and fewer if `stop` was set. What is there already is
    used: a record that holds, or samples of a cell that went well, which are scored by what they
    have not been scored by. What is left is drawn of one fit.

    Raises:
        BadInput: a cell names what does not exist.
        OSError: a record could not be written.
    """
    store = Store(plan.folder)
    stop = stop or Event()
    all_taken = take_together(cells)  # once: the model's files may be edited while it runs
    done: list[Record] = []
    with claim(store.claims, all_taken[0].claim) as ours:
        if not ours or stop.is_set():
            return []
        landed = {taken.key: store.landed(taken.key) for taken in all_taken}
        # Made before the model was changed and changed back, or meanwhile.
        held = {key: each for key, each in landed.items() if each and plan.holds(key, each)}
        left = [taken for taken in all_taken if taken.key not in held]
        for taken in left:
            on_start(taken.cell)
        outcomes = _outcomes(plan, left, store, landed, stop, templates)
        for taken in all_taken:
            record = held.get(taken.key)
            if record is None:
                if stop.is_set() or taken.key not in outcomes:
                    return done
                made = _make(plan, taken, store, outcomes[taken.key], score, stop)
                if made is None:
                    return done
                record = replace(made, environment=store.keep_environment())
            done.append(_landed(store, replace(record, finished=now())))
    return done


def _landed(store: Store, record: Record) -> Record:
    """Land a record or, if it cannot be kept as it is, one of the failure that this is."""
    try:
        store.land(record)
    except ValueError as error:
        reason = one_line(f"What came of it cannot be kept: {error}.", most=LONGEST_REASON)
        blank: dict[str, Any] = {
            "scores": {},
            "preview": (),
            "standouts": None,
            "texts": (),
            "series": (),
            "kinds": None,
            "fit_seconds": None,
        }
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


class Had(NamedTuple):
    """How the samples of a cell came to be, and the record of them that is gone on from."""

    outcome: Outcome
    landed: Record | None = None


def _outcomes(
    plan: Plan,
    left: Sequence[Taken],
    store: Store,
    landed: Mapping[str, Record | None],
    stop: Event,
    templates: Templates | None,
) -> dict[str, Had]:
    """Return what is there of each cell, once what was not there has been drawn."""
    found: dict[str, Had] = {}
    parts = []
    for taken in left:
        folder, record = store.cell(taken.key), landed[taken.key]
        unscorable = record is not None and record.phase == "score"  # its samples are good
        outcome = stored_outcome(folder) if unscorable or not plan.anew_since else None
        if outcome is None:
            parts.append(Part(taken, folder))
        else:
            found[taken.key] = Had(outcome, None if unscorable else record)
    if parts and parts[0].taken.cell.model == REAL:
        drawn = {part.taken.key: _real(part) for part in parts}
    else:
        drawn = fit_once(parts, limits=plan.limits, stop=stop, templates=templates)
    return found | {key: Had(outcome) for key, outcome in drawn.items()}


def _make(
    plan: Plan, taken: Taken, store: Store, had: Had, score: Score, stop: Event
) -> Record | None:
    outcome, landed = had
    blank = _blank(taken, outcome)
    if outcome.status != "ok":
        return blank
    known = {} if landed is None else dict(landed.scores)
    wanted = plan.metrics if landed is None else unscored(landed, plan.metrics)
    try:
        scored = score(taken.cell, store.cell(taken.key), wanted)
    except BadInput as error:  # what is stored is not what its process said it was
        return replace(blank, status="invalid", phase="validate", reason=_reason(error))
    except Exception as error:  # the samples stay on disk; the other cells go on
        if stop.is_set():  # it was the run's end that ended the scoring
            return None
        reason = f"{type(error).__name__}: {_reason(error)}"
        return replace(blank, status="error", phase="score", reason=reason)
    found: dict[str, Any] = scored._asdict()
    return replace(blank, **found | {"scores": known | dict(scored.scores)})


def _reason(error: Exception) -> str:
    return one_line(error, most=LONGEST_REASON)


def _real(part: Part) -> Outcome:
    cell, folder = part.taken.cell, part.folder
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
        for name in (
            "status",
            "phase",
            "reason",
            "fit_seconds",
            "sample_seconds",
            "peak_memory",
            "n_parameters",
            "n_seen",
        )
    }
    cell = taken.cell
    return Record(
        key=taken.key,
        model=cell.name,
        family=taken.spec.family,
        seed=cell.seed,
        budget=cell.budget,
        source=taken.held.checksum,
        **known_of(cell.data),
        **facts,
    )
