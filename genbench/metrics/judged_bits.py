"""How surprising generated sequences are to one who has read real ones.

The cross-entropy of generated text under another language model. Why it alone misleads: Wang et
al., "Perplexity by PLM is unreliable for evaluating text quality", 2022,
https://arxiv.org/abs/2210.05892: text that repeats itself is easily foretold.

Differs from usage: the judge has read test rows, not training rows, whose copies it would hold to
be the best of all, and is an n-gram that is the same for everybody, not a network that one has to
have. It is to be met, not beaten.
"""

from genbench.evidence.judged_rows import JudgedRows
from genbench.evidence.parts import OverParts
from genbench.metric import Metric


def judged_bits(judged: JudgedRows) -> float:
    """Bits per symbol of generated rows under a 4-gram model of test rows.

    Above real rows: less like text; below: too safe, as text is that repeats what is likeliest. Of
    English windows 2.07 (copies of training rows 2.05, n-grams of order 0, 1, 3 and 5 6.2, 4.6, 2.7
    and 2.5, even characters 8.7; order 5 at temperature one half 1.4). A few good rows, again and
    again, get what they deserve alone.
    """
    return float(judged.bits.sum() / judged.lengths.sum())


METRICS = (
    Metric(
        compute=judged_bits,
        needs=JudgedRows,
        aim="match",
        bounds=(0, float("inf")),
        catches=("noise", "shift"),
        standard_error=OverParts(),  # what is judged, and the judge
    ),
)
