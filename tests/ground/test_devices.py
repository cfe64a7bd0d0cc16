"""Devices: the same numbers, wherever products are done; and none is needed."""

import numpy as np
import pytest

import genbench
from genbench.ground import devices
from genbench.ground.errors import BadInput

RNG = np.random.default_rng(0)
TEST, GENERATED = RNG.normal(size=(300, 5)), RNG.normal(size=(250, 5)) + 0.2
NAMES = ["kid", "mmd", "precision", "coverage", "kde", "birthday"]


def test_a_device_of_torch_gives_the_same_numbers(monkeypatch):
    """The processor, as torch's device of another name, stands in for a GPU."""
    moved = []
    real_times = devices.times
    monkeypatch.setattr(
        "genbench.distances.times",
        lambda right: moved.append(devices.current()) or real_times(right),
    )

    plain = genbench.score(test=TEST, generated=GENERATED, metrics=NAMES)
    assert set(moved) == {"cpu"}
    moved.clear()
    there = genbench.score(test=TEST, generated=GENERATED, metrics=NAMES, device="cpu:0")

    assert set(moved) == {"cpu:0"}
    assert devices.current() == "cpu"
    for name, found in plain.items():
        assert found.status == "ok"
        assert there[name].value == pytest.approx(found.value, rel=1e-9, abs=1e-12)


def test_a_device_that_is_not_there_is_named():
    with pytest.raises(BadInput, match="There is no device 'abacus' here"):
        genbench.score(test=TEST, generated=GENERATED, device="abacus")


def test_after_an_error_products_are_done_where_they_were():
    with pytest.raises(ZeroDivisionError), devices.on("cpu:0"):
        _ = 1 / 0

    assert devices.current() == "cpu"


def test_products_are_in_full_single_precision_whatever_torch_was_told(monkeypatch):
    """Bounds on their error rest on it: a GPU may be told to round to ten bits."""
    import torch

    seen = []
    product = torch.Tensor.__matmul__
    monkeypatch.setattr(
        torch.Tensor,
        "__matmul__",
        lambda left, right: (
            seen.append(torch.get_float32_matmul_precision()) or product(left, right)
        ),
    )
    before = torch.get_float32_matmul_precision()
    torch.set_float32_matmul_precision("medium")
    try:
        genbench.score(test=TEST, generated=GENERATED, metrics=["precision"], device="cpu:0")
        assert set(seen) == {"highest"}
        assert torch.get_float32_matmul_precision() == "medium"
    finally:
        torch.set_float32_matmul_precision(before)
