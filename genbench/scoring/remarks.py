"""What is to be said of samples as a whole, beside every score: units, scales, sets that overlap.

None of it is an error: a model may be as bad as that. But whoever compares values from 0 to 255
with values from 0 to 1 gets numbers that mean nothing, and copies in other units look new.
"""

from typing import Any

import numpy as np

from genbench.datasets.symbols import Symbols
from genbench.evidence import Comparison
from genbench.ground.arrays import Array, Labels, ends, flat
from genbench.ground.columns import Columns, shared_columns
from genbench.ground.paths import brief
from genbench.ground.randomness import rng_for
from genbench.scoring.copies import DEALS, SPREADS, codes_of, copies_of
from genbench.scoring.inputs import OF_ONE_KIND

FEWEST = 10  # samples, and values of each set, whose range tells anything
FACTOR = 8.0  # between ranges, or between columns, that models seldom get wrong
ALIKE = 3.0  # a change of units multiplies what is typical and its spread by one factor
OUTSIDE = 0.25  # of the values; two sets of one kind have next to none
WIDENED = 0.1  # of a range, beyond which values lie outside of it
UNSCALED = 10.0  # between spreads of columns, so that distances are those of a few
MOST_COLUMNS = 200  # that are looked at one by one
MOST_IN_A_TABLE = 32  # columns without names; more are features or pictures
SAME = (
    "test and train are the same samples: whether a model copies cannot be told, and what it "
    "learned by heart counts as good."
)
WIDE = 50.0  # ranges that are so many times that of the values


def remarks_on(comparison: Comparison, inputs: dict[str, Any], fresh: Any = None) -> list[str]:
    """Return what to say of a comparison that was made of such inputs."""
    reference = comparison.reference
    columns = shared_columns(inputs.get(name) for name in OF_ONE_KIND)
    real = {"test": reference.test, "train": reference.train}
    if reference.symbols is not None:
        return _of_symbols(comparison, inputs, fresh)
    said = []
    if reference.test is not None and reference.train is not None:
        said += of_units("train", reference.train, "test", reference.test, columns, real=True)
        said += of_overlap(reference.test, reference.train)
    name, first = next(((n, part) for n, part in real.items() if part is not None), ("", None))
    if first is None:
        return said
    made = {
        "generated": comparison.generated,
        "test_reconstruction": comparison.test_reconstruction,
    }
    for other, part in made.items():
        if part is not None:
            said += of_units(other, part, name, first, columns)
    if fresh is not None:
        said += of_units("fresh", fresh, name, first, columns, real=True)
    said += _of_copies(comparison, fresh)
    said += _of_scale(name, first, columns)
    least, most = ends(first)
    if reference.data_range is not None and 0 < WIDE * (most - least) < reference.data_range:
        said.append(
            f"data_range is {reference.data_range:g}, but {name} lies {_range(first)}: if that is "
            "not what its values can be, likeness is overstated."
        )
    return said


def _of_symbols(comparison: Comparison, inputs: dict[str, Any], fresh: Any) -> list[str]:
    """Return what to say of rows of symbols, whose numbers are names: they have no units."""
    reference, said = comparison.reference, []
    assert reference.symbols is not None  # noqa: S101  # asked by `remarks_on`
    if reference.test is not None and reference.train is not None:
        said += of_overlap(reference.test, reference.train)
    if comparison.generated is not None:
        said += of_ends(np.asarray(inputs["generated"]), reference.symbols)
    return said + _of_copies(comparison, fresh)


def of_ends(samples: Array, symbols: Symbols) -> list[str]:
    """Return a warning if generated rows (n, length) go on behind their ends."""
    open_rows = int((symbols.close(samples) != samples).any(axis=1).sum())
    if not open_rows:
        return []
    return [
        f"{open_rows} of {len(samples)} generated rows have other symbols behind their end, which "
        "are not read."
    ]


def _of_copies(comparison: Comparison, fresh: Any) -> list[str]:
    reference = comparison.reference
    if reference.test is None or comparison.generated is None:
        return []
    others = [np.asarray(part) for part in (fresh, reference.train) if part is not None]
    copied = copies_of(reference.test, comparison.generated, *others)
    return [str(copied)] if copied else []


def of_units(
    name: str,
    values: Array,
    other: str,
    others: Array,
    columns: Columns = None,
    *,
    real: bool = False,
) -> list[str]:
    """Return a warning if two sets of samples, both perhaps `real`, seem to differ in units."""
    if min(len(values), len(others)) < FEWEST:
        return []
    question = "are they in the same units?"
    if _pooled(values, others, real=real):
        return [f"{name} lies {_range(values)}, {other} {_range(others)}: {question}"]
    odd = _columns(flat(values), flat(others))
    if not odd:
        return []
    told = [
        f"column {_title(j, columns)} of {name} lies {_range(flat(values)[:, j])}, of {other} "
        f"{_range(flat(others)[:, j])}"
        for j in odd[:3]
    ]
    more = f", and {len(odd) - 3} more columns" if len(odd) > 3 else ""
    return [f"{'; '.join(told)}{more}: {question}"]


def of_overlap(test: Array, train: Array) -> list[str]:
    """Return a warning if test samples are among those that a model learned from.

    Whole numbers and short sentences repeat by nature: as often between the two sets as when their
    samples are dealt out anew.
    """
    codes = codes_of(test, train)
    n = len(test)
    shared = _shared(codes, n)
    same = np.array_equal(np.sort(codes[:n]), np.sort(codes[n:]))
    if same and np.array_equal(codes[:n], codes[n:]):
        return [SAME]
    if not shared:
        return []
    once = all(len(np.unique(part)) == len(part) for part in (codes[:n], codes[n:]))
    whole = np.array_equal(test, np.rint(test))
    if whole or not once:
        rng = rng_for(0, "overlap")
        dealt = np.array([_shared(rng.permutation(codes), n) for _ in range(DEALS)])
        if shared <= dealt.mean() + SPREADS * dealt.std():
            return []
    return [
        SAME
        if same
        else f"{shared} of {n} test samples are in train as well: what a model learned by heart "
        "counts as good there."
    ]


def _shared(codes: Labels, n: int) -> int:
    """Count those of the first n that are among the others."""
    known = np.zeros(codes.max() + 1, dtype=bool)
    known[codes[n:]] = True
    return int(known[codes[:n]].sum())


def _pooled(values: Array, others: Array, *, real: bool) -> bool:
    """Tell whether ranges over all columns say that units differ."""
    (low, high), (least, most) = ends(values), ends(others)
    if high == low or most == least:
        return False
    if not 1 / FACTOR < (high - low) / (most - least) < FACTOR:
        return True
    outside = _outside(values, least, most) > OUTSIDE
    # A model that leaves something out lies within what is real; but from -1 to 1 and from 0 to 1
    # are what pictures are usually scaled to.
    within = _outside(others, low, high) > OUTSIDE
    scaled = _fills(values, 0, 1) and _fills(others, -1, 1)
    return bool(outside or (within and (real or scaled)))


def _outside(values: Array, low: float, high: float) -> float:
    """Return the share of values outside of the widened range."""
    margin = WIDENED * (high - low)
    least, most = ends(values)
    below = (values < low - margin).sum() if least < low - margin else 0
    above = (values > high + margin).sum() if most > high + margin else 0
    return float((below + above) / values.size)


def _fills(values: Array, low: float, high: float) -> bool:
    margin = WIDENED * (high - low)
    least, most = ends(values)
    return all(-margin <= apart <= margin for apart in (least - low, high - most))


def _columns(values: Array, others: Array) -> list[int]:
    """Return the columns in which typical values and their spread differ by one large factor."""
    if not 1 < values.shape[1] <= MOST_COLUMNS:
        return []
    with np.errstate(divide="ignore", invalid="ignore"):
        typical, spread = (
            measure(values) / measure(others)
            for measure in (lambda part: np.median(np.abs(part), axis=0), _middle)
        )
        factor = np.maximum(spread, 1 / spread)
        one = np.maximum(typical / spread, spread / typical) < ALIKE
    return np.flatnonzero((factor >= FACTOR) & np.isfinite(factor) & one).tolist()


def _middle(values: Array) -> Array:
    low, high = np.quantile(values, [0.25, 0.75], axis=0)
    return np.asarray(high - low)


def _of_scale(name: str, values: Array, columns: Columns) -> list[str]:
    """Return a warning if distances between samples are those of a few columns of a table."""
    table = values.ndim == 2 and values.shape[1] > 1
    if len(values) < FEWEST or not table or (columns is None and values.shape[1] > MOST_IN_A_TABLE):
        return []
    spread = values.std(axis=0)
    varied = np.flatnonzero(spread > 0)
    if len(varied) < 2:
        return []
    least, most = (int(varied[pick(spread[varied])]) for pick in (np.argmin, np.argmax))
    if spread[most] < UNSCALED * spread[least]:
        return []
    return [
        f"columns of {name} differ in spread, {spread[most]:.3g} of column {_title(most, columns)} "
        f"and {spread[least]:.3g} of column {_title(least, columns)}: distances are those of the "
        "widest; standardise all by the reference (genbench score --standardise)."
    ]


def _range(values: Array) -> str:
    return "from {:.4g} to {:.4g}".format(*ends(values))


def _title(place: int, columns: Columns) -> str:
    return str(place + 1) if columns is None else brief(repr(columns[place]))
