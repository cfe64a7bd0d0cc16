"""How surprising generated sequences are to one who has read real ones.

The cross-entropy of generated text under another language model. Why it alone misleads: Wang et
al., "Perplexity by PLM is unreliable for evaluating text quality", 2022,
https://arxiv.org/abs/2210.05892: text that repeats itself is easily foretold.

Differs from usage: the judge has read test rows, not training rows, whose copies it would hold to
be the best of all, and is an n-gram that is the same for everybody, not a network that one has to
have. It is to be met, not beaten.
"""

from genbench.evidence.judged_rows import JudgedRows
from genbench.ground.spread import error_of_ratio
from genbench.metric import Metric


def judged_bits(judged: JudgedRows) -> float:
    """Bits per symbol of generated rows under a 4-gram model of test rows.

    Above real rows: less like text; below: too safe, as text is that repeats what is likeliest. A
    row given again and again may get any number.
    """
    return float(judged.bits.sum() / judged.lengths.sum())


def judged_error(judged: JudgedRows) -> float:
    """Standard error of the ratio, over generated rows: the judge is held fixed."""
    return error_of_ratio(judged.bits, judged.lengths)


METRICS = (
    Metric(
        compute=judged_bits,
        needs=JudgedRows,
        aim="match",
        bounds=(0, float("inf")),
        catches=("noise", "shift"),
        standard_error=judged_error,
        uncertainty="spread over rows",
    ),
)
