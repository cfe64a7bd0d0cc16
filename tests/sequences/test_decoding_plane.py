"""What decoders are for: along temperature and top_p, what is won in novelty is lost in quality."""

import numpy as np
import pytest

from genbench.baselines.sequences.ngram import NGram
from genbench.datasets import load
from genbench.metrics import find
from genbench.scoring.dataset import compared
from genbench.scoring.evaluate import evaluate
from genbench.sequences import decoders

pytestmark = pytest.mark.long
PATHS = {
    "temperature": [
        "temperature:0.3",
        "temperature:0.5",
        "temperature:0.7",
        "temperature:0.85",
        "ancestral",
        "temperature:1.15",
    ],
    "top_p": ["top_p:0.3", "top_p:0.5", "top_p:0.7", "top_p:0.9", "top_p:0.95", "ancestral"],
}


@pytest.fixture(scope="module")
def english():
    return load("english")


@pytest.fixture(scope="module")
def model(english):
    return NGram(order=5).fit(english.train, rng=np.random.default_rng(0))


@pytest.mark.parametrize("path", PATHS)
def test_novelty_rises_and_quality_falls_along(path, english, model):
    start, length = np.empty((len(english.fresh), 0)), english.train.shape[1]
    novelty, bits = [], []
    for name in PATHS[path]:
        rng = np.random.default_rng(1)
        decoder = decoders.parse(name)
        rows = decoders.write(decoder, model.next_log_prob, start, length, rng=rng)
        scores = evaluate(compared(english, rows), [find("novel_ngrams"), find("judged_bits")])
        novelty.append(scores["novel_ngrams"].value)
        bits.append(scores["judged_bits"].value)

    assert (np.diff(novelty) > 0).all(), novelty
    assert (np.diff(bits) > 0).all(), bits
