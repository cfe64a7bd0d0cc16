"""How much memory scores take beside the samples: what 50,000 of 2,048 features would come to."""

import tracemalloc

import numpy as np

import genbench

MEASURES = ["fid", "kid", "precision", "recall", "density", "coverage", "authenticity", "c_t"]
WIDTH, SETS = 256, 3
WANTED = 50_000 * 2048 * SETS  # numbers
PROCESS = 0.3e9  # bytes, of Python with numpy, scipy, scikit-learn and torch
MOST = 4e9


def peak(n):
    drawn = np.random.default_rng(n).standard_normal((SETS, n, WIDTH), dtype=np.float32)
    test, generated, train = drawn
    tracemalloc.start()
    try:
        found = genbench.score(test=test, generated=generated, train=train, metrics=MEASURES)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert all(score.status == "ok" for score in found.values())
    return most


def test_features_of_fifty_thousand_pictures_are_scored_in_four_gigabytes():
    """Memory grows with the numbers that are scored, and no further."""
    fewer, more = 3_000, 10_000
    peak(600)  # what is imported once, or kept

    per_number = (peak(more) - peak(fewer)) / ((more - fewer) * WIDTH * SETS)

    assert per_number > 8  # of double precision, which samples are held in
    assert per_number * WANTED + PROCESS < MOST
