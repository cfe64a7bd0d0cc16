"""Verdicts beside those that ship with genbench: does another run say the same?"""

from collections.abc import Collection, Iterable

from genbench.report.behaviour import Behaviour
from genbench.sanity.check import Verdict
from genbench.sanity.judging import Judgement

MOST_NAMED = 5


def beside_published(
    judgements: Iterable[Judgement], published: Iterable[Behaviour], *, timed: Collection[str]
) -> str | None:
    """Say how many verdicts are the same, and which are opposite; None where none has a fellow.

    The checks `timed`, which measure the machine, are left out.
    """
    before = {(one.metric, one.check): one.verdict for one in published if one.verdict}
    pairs = {
        place: (before[place], str(one.verdict))
        for one in judgements
        if (place := (one.finding.metric, one.finding.check)) in before
        and one.letter
        and place[1] not in timed
    }
    if not pairs:
        return None
    differing = {place: pair for place, pair in pairs.items() if pair[0] != pair[1]}
    opposite = [place for place, pair in differing.items() if Verdict.UNDECIDED not in pair]
    named = "; ".join(f"{metric} in {check}" for metric, check in opposite[:MOST_NAMED])
    more = "; and more" if len(opposite) > MOST_NAMED else ""
    return (
        f"Beside the table that ships with genbench: {len(pairs) - len(differing)} of {len(pairs)} "
        f"verdicts are the same, {len(differing) - len(opposite)} are decided in one of the two "
        f"only, {len(opposite)} {'is' if len(opposite) == 1 else 'are'} opposite"
        f"{f': {named}{more}' if opposite else ''}."
    )
