"""The detour that lets torchvision's CUDA wheel import beside a CPU-only torch."""

import sys
from types import ModuleType

import pytest
import torch

from genbench.ground.errors import MissingExtra
from genbench.images import torchvision_import
from genbench.images.torchvision_import import import_torchvision


@pytest.fixture
def no_detour(monkeypatch):
    def refuse(*_):
        raise AssertionError("the detour was taken")

    monkeypatch.setattr(torch.library, "Library", refuse)


def test_a_torchvision_that_imports_is_left_alone(monkeypatch, no_detour):
    whole = ModuleType("torchvision")
    monkeypatch.setitem(sys.modules, "torchvision", whole)

    assert import_torchvision() is whole


def test_an_absent_torchvision_names_its_extra(monkeypatch, no_detour):
    monkeypatch.setitem(sys.modules, "torchvision", None)

    with pytest.raises(MissingExtra, match=r"genbench\[images\]"):
        import_torchvision()


def test_other_failures_pass_through(monkeypatch, no_detour):
    def fail(name):
        raise RuntimeError(f"{name} is broken in some other way")

    monkeypatch.setattr(torchvision_import, "require", fail)

    with pytest.raises(RuntimeError, match="some other way"):
        import_torchvision()


def test_missing_operators_are_declared_and_the_import_is_tried_again(monkeypatch):
    declared, tries = [], []

    class Library:
        def __init__(self, namespace, kind):
            self.namespace = namespace

        def define(self, schema):
            declared.append(f"{self.namespace}::{schema}")

    def require(name):
        tries.append(name)
        if len(declared) < 2:
            raise RuntimeError("operator torchvision::nms does not exist")
        return "torchvision at last"

    monkeypatch.setattr(torch.library, "Library", Library)
    monkeypatch.setattr(torchvision_import, "require", require)
    monkeypatch.setattr(torchvision_import, "_schemas", [])

    assert import_torchvision() == "torchvision at last"
    assert tries == ["torchvision", "torchvision"]
    assert [schema.split("(")[0] for schema in declared] == [
        "torchvision::nms",
        "torchvision::qnms",
    ]
    assert len(torchvision_import._schemas) == 1
