"""What the table shows, in sentences that are made from its verdicts alone."""

from collections.abc import Iterable

from genbench.sanity.check import Verdict
from genbench.sanity.judging import Judgement


def demonstrations(judged: Iterable[Judgement]) -> list[str]:
    """Return the sentences; a metric is named only where its verdict is decided."""
    judged = list(judged)

    def named(check: str, verdict: Verdict) -> str:
        names = [
            one.finding.metric
            for one in judged
            if one.finding.check == check and one.verdict == verdict
        ]
        return ", ".join(f"`{name}`" for name in names) or "none"

    return [
        "Collapse that leaves one sample of each mode is rewarded by "
        f"{named('collapse_within_modes', Verdict.FAIL)}.",
        "A blurred model without half of the modes is rewarded for copying some training samples "
        f"by {named('memory_of_poor_model', Verdict.FAIL)}.",
        "So is a model of one Gaussian, the more so the more it copies, by "
        f"{named('memory_gan', Verdict.FAIL)}.",
        f"Copying by a model that is perfect but for it is seen by "
        f"{named('copying', Verdict.PASS)}; no other metric gets worse.",
        "Ten pictures of noise that a classifier is sure of are preferred to real digits by "
        f"{named('junk_pictures', Verdict.FAIL)}.",
        "Centres of cells of many samples are preferred to samples by "
        f"{named('centroids', Verdict.FAIL)}.",
    ]
