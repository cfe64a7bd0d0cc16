"""Sentences of a small grammar in which verbs agree with their nouns, however far off these are.

Every sentence is made by rules with known probabilities, so that the law of the rows is exact, and
what is grammatical is known: what has a probability above zero. Between a noun and its verb any
number of words can stand ("the dogs that the cat near a child sees sleep"), which symbols two or
three places back do not tell.
"""

import numpy as np

from genbench.datasets.context_free import END, ContextFree
from genbench.datasets.dataset import Dataset
from genbench.datasets.domain import Domain
from genbench.datasets.parts import draw
from genbench.datasets.symbols import Symbols

LENGTH = 24
SIZES = 2000, 1000, 1000

# Of each symbol, what it becomes and how often: two symbols, or one word. Behind a stroke stands
# the number, s of singular and p of plural, in which a verb agrees with its noun; {n} is either.
RULES = {
    "sentence": {"some/s does/s": 0.5, "some/p does/p": 0.5},
    "some/{n}": {"the/{n} noun/{n}": 0.7, "some/{n} where": 0.15, "some/{n} which/{n}": 0.15},
    "noun/{n}": {"small noun/{n}": 0.25},
    "where": {"near some/s": 0.5, "near some/p": 0.5},
    "which/{n}": {"that does/{n}": 0.5, "that seen": 0.5},
    "seen": {"some/s sees/s": 0.5, "some/p sees/p": 0.5},
    "does/{n}": {
        "sees/{n} some/s": 0.2,
        "sees/{n} some/p": 0.2,
        "often does/{n}": 0.1,
        "says/{n} claim": 0.15,
    },
    "claim": {"that sentence": 1.0},
}
WORDS = {
    "the/s": {"the": 0.4, "a": 0.4, "every": 0.2},
    "the/p": {"the": 0.6, "these": 0.4},
    "noun/s": {"dog": 0.3, "cat": 0.2, "child": 0.15, "bird": 0.1},
    "noun/p": {"dogs": 0.3, "cats": 0.2, "children": 0.15, "birds": 0.1},
    "small": {"small": 0.5, "old": 0.3, "quick": 0.2},
    "near": {"near": 0.6, "behind": 0.4},
    "that": {"that": 1.0},
    "often": {"often": 1.0},
    "does/s": {"sleeps": 0.2, "sings": 0.15},
    "does/p": {"sleep": 0.2, "sing": 0.15},
    "sees/s": {"sees": 0.5, "chases": 0.3, "likes": 0.2},
    "sees/p": {"see": 0.5, "chase": 0.3, "like": 0.2},
    "says/s": {"says": 1.0},
    "says/p": {"say": 1.0},
}


def law() -> tuple[ContextFree, Symbols]:
    """Return the law of rows, and what its words are."""
    shares = {
        (symbol.format(n=n), *both.format(n=n).split()): share
        for symbol, become in RULES.items()
        for both, share in become.items()
        for n in "sp"
    }
    names = list(dict.fromkeys([*(name for rule in shares for name in rule), *WORDS]))
    spelled = ("", *dict.fromkeys(word for become in WORDS.values() for word in become))
    rules = np.zeros((len(names),) * 3)
    for rule, share in shares.items():
        rules[tuple(map(names.index, rule))] = share
    words = np.zeros((len(names), len(spelled)))
    for name, become in WORDS.items():
        for word, share in become.items():
            words[names.index(name), spelled.index(word)] = share
    return ContextFree(rules, words, LENGTH), Symbols(spelled, end=END, joint=" ")


def load() -> Dataset:
    """Rows of 24 words of 32: 2,000 to train on, 1,000 each for test and fresh.

    Short sentences recur: parts may have rows in common.
    """
    density, symbols = law()
    (train, _), (test, _), (fresh, _) = draw("grammar", density, SIZES)
    return Dataset(
        name="grammar",
        train=train,
        test=test,
        fresh=fresh,
        features="ngrams",
        density=density,
        domain=Domain(whole=True, low=0, high=symbols.count - 1),
        symbols=symbols,
    )
