"""Which records of a data set may share a table: those that were made as the real samples were."""

from collections import Counter
from collections.abc import Sequence

from genbench.runs.records import REAL, Record

PROTOCOL = ("dataset_hash", "features", "protocol", "n_train", "n_test", "n_generated")
WORDS = {
    "dataset_hash": "another version of the data set",
    "features": "other features",
    "protocol": "another protocol",
    "n_train": "another number of training samples",
    "n_test": "another number of test samples",
    "n_generated": "another number of samples",
}


def made_otherwise(records: Sequence[Record]) -> list[tuple[Record, str]]:
    """Return the records that went well but do not belong beside the real samples, and why.

    Without real samples, what most have in common decides.
    """
    made = [record for record in records if record.status == "ok"]
    if not made:
        return []
    standard = Counter(
        map(_how, [record for record in made if record.model == REAL] or made)
    ).most_common(1)[0][0]
    return [(record, _reason(record, standard)) for record in made if _how(record) != standard]


def _how(record: Record) -> tuple[object, ...]:
    return tuple(getattr(record, name) for name in PROTOCOL)


def _reason(record: Record, standard: tuple[object, ...]) -> str:
    pairs = zip(PROTOCOL, _how(record), standard, strict=True)
    return ", ".join(
        f"{WORDS[name]} ({own} for {usual})" for name, own, usual in pairs if own != usual
    )
