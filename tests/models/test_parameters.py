"""Names with parameters: one form for one model, and one clear sentence for what is none."""

import inspect

import pytest

from genbench.ground.errors import BadInput
from genbench.models.find import baselines, constructor, find, load
from genbench.models.homes import find_at
from genbench.models.parameters import canonical, has_parameters, parse, with_parameter
from genbench.models.signatures import parameters_of

MODEL = """
import dataclasses
from abc import ABC
from typing import ClassVar, Generic, TypeVar
import torch

T = TypeVar("T")


class Base(ABC, Generic[T]):
    def __init__(self, depth=2, *, width=3):
        self.depth, self.width = depth, width
    def fit(self, train, *, rng):
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, self.width))


class Inherits(Base[int]):
    pass


class Has(Base):
    def __init__(self, only=1):
        super().__init__(only)


class Takes(Base):
    def __init__(self, **all_of_them):
        super().__init__(**all_of_them)


class Elsewhere(torch.nn.Module):
    pass


class Nothing:
    fit = Base.fit


@dataclasses.dataclass
class Data(Base):
    size: int = 1
    kinds: ClassVar[int] = 3
    state: list = dataclasses.field(init=False)
    rate: float = 0.5


def make(height=4):
    return Base(depth=height)
"""
FUNCTIONS = """
def fit(train, *, rng, scale=1.0, labels=None):
    return scale
def sample(state, n, *, rng):
    return rng.normal(size=(n, 2)) * state
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MODEL)
    return path


@pytest.mark.parametrize(
    ("name", "model", "params"),
    [
        ("vae", "vae", {}),
        ("vae#width=3", "vae", {"width": 3}),
        ("vae#b=x, a =  .20", "vae", {"a": 0.2, "b": "x"}),
        ("my.py:M#deep=true,wide=false", "my.py:M", {"deep": True, "wide": False}),
        ("a#b/my.py:M#rate=-1e-3", "a#b/my.py:M", {"rate": -0.001}),
        ("a#b/my.py:M", "a#b/my.py:M", {}),
        ("a#b.py", "a#b.py", {}),
    ],
)
def test_a_name_is_parted_into_model_and_parameters(name, model, params):
    found = parse(name)

    assert found == (model, params)
    assert list(found[1]) == sorted(params)
    assert [type(value) for value in found[1].values()] == [type(params[key]) for key in found[1]]
    assert has_parameters(name) == bool(params)


def test_one_model_has_one_name_whatever_the_order_and_the_form_of_numbers():
    names = ("m#a=0.2,b=1", "m#b=1.0, a=.20", "m#b=+1,a=2e-1")

    assert {canonical(name) for name in names} == {"m#a=0.2,b=1"}
    assert canonical("m#on=true,way=fast") == "m#on=true,way=fast"
    assert canonical("genbench.baselines.copycat:Copycat#a=1") == (
        "genbench.baselines.controls.copycat:Copycat#a=1"
    )
    assert with_parameter("m", "b", 0.5) == "m#b=0.5"
    assert with_parameter("m#c=1", "b", True) == "m#b=true,c=1"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("vae#width", "'width' in 'vae#width' must be a parameter and its value"),
        ("vae#", "'' in 'vae#' must be"),
        ("vae#width=", "'width=' in"),
        ("vae#width=1e999", "'width=1e999' in"),
        ("vae#width=a b", "'width=a b' in"),
        ("vae#2=3", "'2=3' in"),
        ("vae#a=1,a=2", "'vae#a=1,a=2' has two values of a"),
    ],
)
def test_what_cannot_be_read_is_said_and_is_no_curve(name, message):
    with pytest.raises(BadInput, match=message):
        find(name)
    assert not has_parameters(name)
    assert canonical(name) == name


def test_parameters_are_handed_to_the_constructor(file):
    plain = baselines()["kernel_density"]

    found = find("kernel_density#bandwidth=0.2")

    assert (found.target, found.family) == (plain.target, plain.family)
    assert found.make().bandwidth == 0.2
    assert find(f"{file}:Base#width=5").make().width == 5
    assert find_at("mine.py:Base#width=5", file.parent).make().width == 5


def test_of_two_functions_they_are_for_fit(tmp_path):
    path = tmp_path / "two.py"
    path.write_text(FUNCTIONS)

    assert find(f"{path}#scale=3").params == {"scale": 3}
    with pytest.raises(BadInput, match=r"named 'labels'.* has scale\."):
        find(f"{path}#labels=3")


def test_a_parameter_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(
        BadInput,
        match=r"No parameter of kernel_density named 'bandwith'. Did you mean 'bandwidth'\? "
        "kernel_density has bandwidth, max_left_out.",
    ):
        find("kernel_density#bandwith=0.2")
    with pytest.raises(BadInput, match=r"copycat has none\."):
        find("copycat#width=3")


def test_an_export_has_no_parameters(tmp_path):
    path = tmp_path / "generator.pt"
    path.touch()

    with pytest.raises(BadInput, match="is an exported generator: it has no parameters"):
        find(f"{path}:64#width=3")


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Base", ("depth", "width")),
        ("Inherits", ("depth", "width")),
        ("Has", ("only",)),
        ("Nothing", ()),
        ("Data", ("depth", "width", "size", "rate")),
        ("make", ("height",)),
        ("Takes", None),  # any
        ("Elsewhere", None),
        ("Absent", None),
    ],
)
def test_parameters_are_read_from_code_that_is_not_run(name, parameters, file):
    assert parameters_of(f"{file}:{name}") == parameters
    assert parameters is not None or find(f"{file}:{name}#any=1").params == {"any": 1}


def test_a_class_that_is_imported_from_beside_is_found_there(file):
    (file.parent / "other.py").write_text("from mine import Base as B\nclass Model(B):\n    pass\n")
    (file.parent / "loop.py").write_text("from loop import Model\nclass A(A):\n    pass\n")

    assert parameters_of(f"{file.parent / 'other.py'}:Model") == ("depth", "width")
    assert parameters_of(f"{file.parent / 'loop.py'}:Model") is None
    assert parameters_of(f"{file.parent / 'loop.py'}:A") is None


def test_a_dataclass_takes_what_all_its_bases_do_and_another_class_what_its_first_does(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(
        "from dataclasses import dataclass\n"
        "@dataclass\nclass A:\n    depth: int = 1\n"
        "@dataclass\nclass B:\n    width: int = 2\n"
        "@dataclass\nclass Both(A, B):\n    rate: float = 0.1\n"
        "class First(A, B):\n    pass\n"
    )

    assert parameters_of(f"{path}:Both") == ("width", "depth", "rate")
    assert parameters_of(f"{path}:First") == ("depth",)


@pytest.mark.parametrize("name", baselines())
def test_what_the_code_of_a_baseline_tells_is_what_its_constructor_takes(name):
    spec = baselines()[name]
    where, _, of_class = spec.target.rpartition(":")

    makes = constructor(load(where), of_class, where=where)

    told = parameters_of(spec.target)
    assert told is not None
    assert sorted(told) == sorted(inspect.signature(makes).parameters)
