"""What a fitted model says of its size, and of how much it has seen: kept where it can be true."""

import json

import numpy as np
import pytest

from genbench.runs.outcomes import believed
from genbench.runs.worker import _sizes


class Model:
    def __init__(self, **said):
        vars(self).update(said)

    def fit(self, train, *, rng):
        return self

    def sample(self, n, *, rng):
        return np.zeros((n, 1))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"n_parameters": 7, "n_seen": np.int64(9)}, {"n_parameters": 7, "n_seen": 9}),
        ({"n_parameters": 7}, {"n_parameters": 7}),
        ({}, {}),
        ({"n_parameters": -1, "n_seen": 1.5}, {}),
        ({"n_parameters": "many", "n_seen": lambda: 3}, {}),
    ],
)
def test_only_whole_numbers_from_nought_up_are_taken(said, kept):
    assert _sizes(Model(**said)) == kept


@pytest.mark.parametrize("name", ["n_parameters", "n_seen"])
@pytest.mark.parametrize(
    ("value", "is_kept"), [(0, 1), (5, 1), (-1, 0), (1.5, 0), (True, 0), ("5", 0)]
)
def test_a_process_is_believed_no_other_size(name, value, is_kept):
    outcome = believed(json.dumps({"status": "ok", name: value}).encode())

    assert (outcome is not None) == is_kept
    if outcome is not None:
        assert getattr(outcome, name) == value
