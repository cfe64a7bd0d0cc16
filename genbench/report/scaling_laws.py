"""The laws of losses as lines of a table: a number, its 95 % interval, and what to hold it against.

What is held against stands in Kaplan et al., "Scaling laws for neural language models", 2020,
https://arxiv.org/abs/2001.08361 (data grow as N^.74; with compute the size as C^.73 and data as
C^.27), and in allometry: an exponent of 1, or of 3/4 as metabolism has it of mass.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from genbench.ground.errors import BadInput
from genbench.report.scaling import OVERFITTING, Scaling
from genbench.sequences.scaling.claims import end_from_beginning, sample_efficiency
from genbench.sequences.scaling.power_law import FEWEST, PowerLaw, fit_power_law
from genbench.sequences.scaling.resampling import LawFit

OPTIMAL_SIZE = 0.73  # of N ~ C^.73, and D ~ C^.27
ALLOMETRIC = {"1": 1.0, "3/4": 0.75}
QUANTITIES = {
    "floor": "E, the loss of no end of parameters and data",
    "size_factor": "A",
    "size_exponent": "alpha, of parameters",
    "data_factor": "B",
    "data_exponent": "beta, of data",
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One number of a table of laws."""

    law: str
    quantity: str
    value: float
    low: float | None = None  # of the 95 % interval
    high: float | None = None
    beside: str = ""  # what it is held against, and how it stands to that


def lines(found: Scaling) -> list[Line]:
    """Return all numbers that the trials of one model allow."""
    of_fit = [] if found.fit is None else list(_of_fit(found, found.fit))
    everywhere = [each for each in _everywhere(found) if isinstance(each, Line)]
    return [*of_fit, *_overfitting(found), *_power_laws(found), *everywhere]


def untold(found: Scaling) -> list[str]:
    """Return which claims about losses everywhere these trials do not tell of, and why."""
    return [each for each in _everywhere(found) if isinstance(each, str)]


def _of_fit(found: Scaling, fit: LawFit) -> Iterator[Line]:
    law = "L = E + A N^-alpha + B D^-beta"
    beside = {}
    if found.entropy is not None:
        stands = _stands(*fit.interval("floor"), found.entropy)
        beside["floor"] = f"{found.entropy:.4g} under the true law: {stands}"
    for name, words in QUANTITIES.items():
        if name.endswith("exponent") and not fit.is_told(name):
            beside[name] = "these trials do not tell it"
        yield _estimate(law, words, fit, name, beside.get(name, ""))
    for name, words, value in (
        ("ratio", "alpha / beta: data grow as N to this", OVERFITTING),
        ("optimal_size_exponent", "the best N grows as C to this", OPTIMAL_SIZE),
    ):
        stands = _stands(*fit.interval(name), value)
        yield _estimate(law, words, fit, name, f"{value:g}: {stands}")
    yield Line(
        law=law,
        quantity="gain of the floor by Akaike's criterion",
        value=fit.floor_gain,
        beside="above 0 the law with a floor is the better one",
    )
    agree = "inside the intervals" if fit.ways_agree else "OUTSIDE the intervals"
    for words, value in (
        ("alpha, of parameters", fit.other_way.size_exponent),
        ("beta, of data", fit.other_way.data_exponent),
    ):
        yield Line(law="the same by Huber's loss", quantity=words, value=value, beside=agree)


def _estimate(law: str, words: str, fit: LawFit, name: str, beside: str) -> Line:
    low, high = fit.interval(name)
    return Line(
        law=law, quantity=words, value=fit.estimate(name), low=low, high=high, beside=beside
    )


def _overfitting(found: Scaling) -> Iterator[Line]:
    """How well N^.74 / D orders the gaps between training and test rows."""
    from scipy.stats import spearmanr

    known = [one for one in found.trials if one.gaps]
    if len(known) < FEWEST:
        return
    gaps = [sum(one.gaps) / len(one.gaps) for one in known]
    for words, by in (
        ("N^.74 / D", [one.overfitting for one in known]),
        ("1 / D", [1 / one.amount for one in known]),
    ):
        if len(set(by)) > 1 and len(set(gaps)) > 1:
            yield Line(
                law="bits that training rows are shorter than test ones",
                quantity=f"rank correlation with {words}",
                value=float(spearmanr(by, gaps).statistic),
                beside="1: it tells all of the order",
            )


def _power_laws(found: Scaling) -> Iterator[Line]:
    if not found.trials:
        return
    most, largest = found.of_rows(found.all_rows[-1]), found.of_width(found.widths[-1])
    sizes = [one.size for one in most]
    rows, width = found.all_rows[-1], found.widths[-1]
    wanted = {
        f"loss by parameters, {rows} rows": (sizes, [one.loss for one in most]),
        f"loss by data, width {width}": (
            [one.amount for one in largest],
            [one.loss for one in largest],
        ),
        f"symbols seen by parameters, {rows} rows": (sizes, [one.seen for one in most]),
        f"seconds of a fit by parameters, {rows} rows": (sizes, [one.seconds for one in most]),
    }
    for words, (x, y) in wanted.items():
        try:
            yield _exponent(words, fit_power_law(x, y))
        except BadInput:  # too few points, or no time that was kept
            continue


def _exponent(words: str, law: PowerLaw, beside: str = "") -> Line:
    low, high = law.exponent.interval
    stands = ", ".join(f"{name} {_stands(low, high, value)}" for name, value in ALLOMETRIC.items())
    return Line(
        law=f"{words}: y = k x^a",
        quantity=f"a (n = {law.exponent.n}, R² = {law.r_squared:.3f})",
        value=law.exponent.value,
        low=low,
        high=high,
        beside=beside or stands,
    )


def _everywhere(found: Scaling) -> Iterator[Line | str]:
    """What is said to hold of losses everywhere, of these trials: a line, or why there is none."""
    if not found.trials:
        return
    try:
        yield _sample_efficiency(found)
    except BadInput as why:
        yield f"How much less data larger models need for one loss: {why}"
    for width in found.widths:
        try:
            yield _end_of_curve(found, width)
        except BadInput as why:
            yield f"The end of the curve by data from its beginning, width {width}: {why}"


def _sample_efficiency(found: Scaling) -> Line:
    """With how much data a model of each size loses as much.

    Raises:
        BadInput: there are too few sizes with all amounts of data, or that reach one loss.
    """
    sizes, curves = found.curves
    if len(sizes) < FEWEST:
        raise BadInput(f"{FEWEST} widths with all amounts of data are needed, not {len(sizes)}.")
    law = sample_efficiency(sizes, curves, [one.amount for one in found.of_width(_whole(found))])
    low, high = law.exponent.interval
    sure = low > 0 or high < 0
    told = f"larger models need {'less' if high < 0 else 'more'}" if sure else "0 inside: not told"
    return _exponent("data for one loss by parameters", law, beside=told)


def _whole(found: Scaling) -> int:
    """Return a width that has all amounts of data."""
    return max(found.widths, key=lambda width: len(found.of_width(width)))


def _end_of_curve(found: Scaling, width: int) -> Line:
    """The loss on all data, as a power law of the losses on less foretells it.

    Raises:
        BadInput: there are fewer than four amounts of data.
    """
    line = found.of_width(width)
    told = end_from_beginning([one.amount for one in line], [one.loss for one in line])
    return Line(
        law="the end of a curve by data from its beginning",
        quantity=f"width {width}, {line[-1].rows} rows: foretold",
        value=told.expected,
        low=told.low,
        high=told.high,
        beside=f"found {told.found:.4g}: {'inside' if told.is_inside else 'outside'}",
    )


def _stands(low: float, high: float, value: float) -> str:
    return "inside" if low <= value <= high else "outside"
