"""Birthday paradox test: duplicates among samples betray how few a model can make.

Arora, Risteski and Zhang, "Do GANs learn the distribution? Some theory and empirics", ICLR 2018,
https://arxiv.org/abs/1706.08224.

Differs from the paper: a rule, set by how near real samples come to each other, says what a
duplicate is, instead of a person; and all pairs are counted instead of asking whether there is one.
"""

import math

import scipy

from genbench.evidence import Duplicates
from genbench.metric import Metric


def birthday_support(duplicates: Duplicates) -> float:
    """Number of different samples a model seems to have, judged by near-duplicate pairs.

    Of n draws from a support of N equally likely samples, C ~ Poisson(n (n - 1) / 2N) pairs agree.
    The value is the N at which C or fewer pairs have even odds: about n (n - 1) / (2 C + 4/3).
    Without any pair it is n (n - 1) / (2 ln 2), as far as n samples can see. With unequal
    probabilities p it estimates 1 / sum p^2, at most the support.
    """
    n, pairs = duplicates.n, duplicates.pairs
    return float(n * (n - 1) / 2 / scipy.special.gammaincinv(pairs + 1, 0.5))


METRICS = (
    Metric(
        compute=birthday_support,
        needs=Duplicates,
        aim="high",
        bounds=(0, math.inf),
        catches=("collapse",),
    ),
)
