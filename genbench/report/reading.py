"""What a reader is told beside every table: how it was made and how to read it."""

from collections.abc import Iterable

from genbench.report.anchors import ENOUGH_APART
from genbench.report.leaderboard import Table
from genbench.report.standing import TOLD_APART

AGREEMENT = (
    "How far a model has come from noise (0) to real samples (1): the mean over what is looked at"
    " (distances, a test, fidelity, coverage), each the mean over its metrics that count, which are"
    " marked with a dot"
)
# What a reader must know who looks at nothing but a table.
KEY = (
    "Agreement: 0 is as noise, 1 as real samples; a little more is chance. Solid letters: who"
    " cannot be told apart from the first of that letter. Hollow ones, in a frame: perhaps as good,"
    " but seeds scatter too much to tell. Ranks: the places that a model may have. Underlined"
    " numbers: there the model copies its training data."
)
RULES = {
    "agreement": f"{AGREEMENT}. It depends on nobody else in the table, and is not cut off at 1.",
    "interval": "Numbers are means over seeds with a 95 % interval (Student's t over seeds); over"
    " all data sets, each weighs the same, and the interval is about these data sets. With fewer"
    " than three seeds there is no interval, no group and no rank: an order, not a ranking.",
    "group": "The first model leads A; all that cannot be told apart from it are in A, of the rest"
    f" the first leads B, and so on. Two models are told apart if Welch's test has p < {TOLD_APART}"
    ". A hollow letter: only because its seeds scatter too much to tell.",
    "rank": "The places that are left open: one more than there are models told apart and better,"
    " up to all less those told apart and worse. Real samples, controls and copiers have none.",
    "counted": "A metric counts where noise is at least"
    f" {ENOUGH_APART:.0f} times as far from real samples as one draw of a control varies. Where it"
    " does not, the column is marked and has no best.",
    "copies": "Fewer than half as many of its samples are originals (farther from the nearest"
    " training sample than that is from its own nearest) as of real ones, beyond chance. It keeps"
    " its place in the table, without a rank.",
    "originality": "The share of originals over that of real samples. More than 100 % is not"
    " better.",
    "best": "Marked in a column are the best and all that are not worse at p < 0.05 (Welch's"
    " test).",
    "–": "A number that could not be had; the reason is there to be read. A failed seed is listed"
    " with its reason. Where more than a third of the seeds failed, the agreement is that of noise,"
    " and says so.",
}


def protocol(table: Table) -> str:
    """Say what the numbers of a table were made from."""
    records = [record for row in table.rows for record in row.records]
    if not records:
        return "no cell went well"
    facts = [
        f"{_all(r.n_train for r in records)} training samples, {_all(r.n_test for r in records)}"
        f" to test against, {_all(r.n_generated for r in records)} drawn from each model",
        f"features: {_all(r.features for r in records)}",
        f"data {_all(r.dataset_hash[:12] for r in records)}",
        f"seeds {_all(r.seed for r in records)}",
    ]
    return "; ".join(facts)


def _all(values: Iterable[object]) -> str:
    """Return the one value that all have, or every value there is."""
    found = sorted({value for value in values if value != ""}, key=lambda v: (str(type(v)), v))
    return ", ".join(map(str, found)) or "unknown"
