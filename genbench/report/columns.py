"""Columns of a data set's table: each a metric, as its cells show it, and who is best in it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from genbench.metric import ARROWS, Aim
from genbench.report.agreement import FACES
from genbench.report.anchors import Anchors, anchors_of
from genbench.report.intervals import Estimate, decimals, fixed
from genbench.report.losses import estimates, losses, numbers
from genbench.report.reasons import notes_on, one_reason
from genbench.report.standing import p_values
from genbench.runs.records import REAL, Record

NOTHING = "–"
HEADLINE = tuple(name for names in FACES.values() for name in names)
OF_SEQUENCES = (
    "judged_bits",
    "surprisal_gap",
    "grammatical_share",
    "excess_bits",
    "bits_per_symbol",
    "covered_probability",
    "novel_ngrams",
    "copied_span",
    "verbatim_share",
    "ngram_divergence",
    "distinct_ngrams",
    "repetition",
    "self_similarity",
    "zipf_gap",
    "innovation_ratio",
    "innovation_whiteness",
    "autocorrelation_distance",
    "spectral_flatness",
)
ORDER = (
    *OF_SEQUENCES,
    *HEADLINE,
    "recall",
    "density",
    "authenticity",
    "bayesian_surprise",
    "high_density_share",
    "kernel_distance",
    "critic_distance",
    "classifier_two_sample_p_value",
    "statistically_different_bins",
    "bin_divergence",
    "birthday_support",
    "inception_score",
    "modified_inception_score",
    "mode_score",
    "am_score",
    "kernel_log_likelihood",
    "log_likelihood",
)
WORSE = 0.05  # the p-value below which a number is worse than the best of its column


@dataclass(frozen=True, kw_only=True)
class Column:
    """A metric as this data set shows it: which way is better, and what to hold it against."""

    name: str
    aim: Aim
    bounds: tuple[float, float]
    ideal: float | None = None
    chance: float | None = None
    decimals: int = 3
    anchors: Anchors  # where real samples and noise stand

    @property
    def arrow(self) -> str:
        """Which way is better, in one sign."""
        if self.aim == "match":
            return f"→ {'real' if self.ideal is None else f'{self.ideal:g}'}"
        return ARROWS[self.aim]

    @property
    def trusted(self) -> bool:
        """Whether noise is far enough from real samples to call one model better than another."""
        return self.anchors.verdict == "counts"

    @property
    def words(self) -> str:
        """The name for people; code and files keep the name itself."""
        return self.name.replace("_", " ")


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number in a table, or the reason for none."""

    estimate: Estimate | None = None
    decimals: int = 3
    reason: str | None = None
    best: bool = False  # of its column, or not worse for sure

    @property
    def text(self) -> str:
        """What the table shows."""
        if self.estimate is None:
            return NOTHING
        return fixed(self.estimate.mean, self.estimate.half, self.decimals)


def columns_of(cells: Sequence[Record]) -> tuple[list[Column], list[str]]:
    """Return the metrics that have a value somewhere, and a note for each that has none."""
    names = {name for cell in cells for name in cell.scores}
    columns: list[Column] = []
    without: dict[str, str] = {}
    for name in sorted(names, key=_place):
        holders = sorted((c for c in cells if name in c.scores), key=lambda c: c.model != REAL)
        scores = [holder.scores[name] for holder in holders]
        values = numbers(cells, name)
        if not values:
            without[name] = one_reason(score.reason or score.status for score in scores)
            continue
        columns.append(
            Column(
                name=name,
                aim=scores[0].aim,
                bounds=scores[0].bounds,
                ideal=next((s.ideal for s in scores if s.ideal is not None), None),
                chance=next((s.chance for s in scores if s.chance is not None), None),
                decimals=decimals(list(estimates(values, values).values())),
                anchors=anchors_of(cells, name),
            )
        )
    return columns, notes_on("not shown", without)


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def leaders_of(cells: Sequence[Record], column: Column, ranked: Iterable[str]) -> set[str]:
    """Return the best of a column and all that are not worse for sure.

    There are none where noise is not far from real samples.
    """
    if not column.trusted:
        return set()
    found = estimates(losses(cells, column.name), ranked)
    known = {model: each for model, each in found.items() if each.half is not None}
    if not known:
        return set()
    best = min(range(len(known)), key=[each.mean for each in known.values()].__getitem__)
    of_best = p_values(list(known.values()))[best]
    return {model for model, p in zip(known, of_best, strict=True) if p >= WORSE}


def cell_of(own: Sequence[Record], column: Column, winners: Mapping[str, set[str]]) -> Cell:
    """Return what a column shows of the records of one model."""
    model = own[0].model
    found = estimates(numbers(own, column.name), [model])
    if found:
        return Cell(
            estimate=found[model], decimals=column.decimals, best=model in winners[column.name]
        )
    scores = [record.scores[column.name] for record in own if column.name in record.scores]
    why = one_reason(score.reason or score.status for score in scores)
    return Cell(reason=why or "not measured")
