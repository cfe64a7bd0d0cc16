"""Models by name, file and package, and what goes wrong with each."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import genbench.baselines
from genbench.ground.errors import BadInput
from genbench.models.find import ModelSpec, baselines, find, source_hash
from genbench.models.moved import MOVED, present_address
from genbench.models.sources import code_of, files_of

MODEL = """
class Mine:
    def __init__(self, scale=1.0):
        self.scale = scale
    def fit(self, train, *, rng):
        return self
    def sample(self, n, *, rng):
        return rng.normal(size=(n, 2))
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "mine.py"
    path.write_text(MODEL)
    return path


def test_a_baseline_is_found_by_its_name():
    assert find("copycat") is baselines()["copycat"]


def test_a_model_is_found_under_the_address_that_it_had(file):
    stands = {spec.target.partition(":")[0] for spec in baselines().values()}

    assert {to for to in MOVED.values() if ".baselines." in to} < stands  # and later ones
    assert find("genbench.baselines.copycat:Copycat") == ModelSpec(
        target="genbench.baselines.controls.copycat:Copycat"
    )
    for there in MOVED.values():
        assert files_of(there)
    for target in ("(real samples)", "copycat", f"{file}:Mine", "my_package.gan:GAN"):
        assert present_address(target) == target


def test_a_file_that_needs_the_packages_around_it_says_how_to_name_it(tmp_path):
    (tmp_path / "mine.py").write_text("from ..training import EMA\nclass Mine: pass\n")

    with pytest.raises(BadInput, match="from the folder above the outermost, as in mine"):
        find(f"{tmp_path / 'mine.py'}:Mine").make()


def test_a_file_is_found_with_and_without_its_only_class_named(file):
    assert find(f"{file}:Mine") == find(str(file))
    assert type(find(str(file)).make()).__name__ == "Mine"


def test_a_class_of_a_package_is_found():
    assert type(find("genbench.baselines.controls.copycat:Copycat").make()).__name__ == "Copycat"


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("gausian", "No model named 'gausian'. Did you mean 'gaussian'"),
        ("nowhere.py:Mine", "There is no file nowhere.py"),
        ("nowhere.py", "There is no file nowhere.py"),
    ],
)
def test_what_is_not_there_is_named(target, message):
    with pytest.raises(BadInput, match=message):
        find(target)


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("no_such_package.module:Mine", "There is no module 'no_such_package.module'"),
        ("genbench.models.find:Nothing", "genbench.models.find defines no 'Nothing'"),
        ("pathlib:PurePath", "must have the methods fit"),
    ],
)
def test_what_cannot_be_made_is_named(target, message):
    with pytest.raises(BadInput, match=message):
        find(target).make()


def test_a_file_of_two_classes_asks_which(file):
    file.write_text(MODEL + "\nclass Other:\n    pass\n")

    with pytest.raises(BadInput, match=r"should define one class, or say which.*Mine, Other"):
        find(str(file))


def test_a_file_that_is_not_python_is_named(file):
    file.write_text("class :")

    with pytest.raises(BadInput, match=r"mine.py is not Python"):
        find(str(file))


def test_a_spec_survives_json(file):
    spec = find(str(file))

    assert ModelSpec(**json.loads(json.dumps(spec.to_json()))) == spec


def test_a_file_may_hold_a_dataclass_and_be_called_as_a_package_is(tmp_path):
    path = tmp_path / "json.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "@dataclass\n"
        "class Mine:\n"
        "    width: float = 1.0\n"
        "    def fit(self, train, *, rng): return self\n"
        "    def sample(self, n, *, rng): return rng.normal(scale=self.width, size=(n, 2))\n"
    )

    assert find(str(path)).make().width == 1
    assert json.dumps([1]) == "[1]"


FUNCTIONS = """
def fit(train, *, rng, power=1):
    return train.mean(axis=0) ** power
def sample(state, n, *, rng):
    return state + rng.normal(size=(n, len(state)))
def draw(state, n, *, rng):
    return sample(state, n, rng=rng) + 100
"""


def fitted_draw(spec, seed=0):
    model = spec.make().fit(np.full((4, 2), 5.0), rng=np.random.default_rng(9))
    return model.sample(3, rng=np.random.default_rng(seed))


def test_two_functions_in_a_file_are_a_model(file):
    file.write_text(FUNCTIONS)

    drawn = fitted_draw(find(str(file)))

    np.testing.assert_array_equal(drawn, 5 + np.random.default_rng(0).normal(size=(3, 2)))
    assert find(str(file)) == find(f"{file}:fit,sample")
    np.testing.assert_array_equal(fitted_draw(find(f"{file}:fit,draw")), drawn + 100)


def test_two_functions_of_a_package_are_a_model(tmp_path, monkeypatch):
    (tmp_path / "package_of_functions").mkdir()
    (tmp_path / "package_of_functions" / "module.py").write_text(FUNCTIONS)
    monkeypatch.syspath_prepend(tmp_path)

    drawn = fitted_draw(find("package_of_functions.module:fit,draw"))

    np.testing.assert_array_equal(drawn, 105 + np.random.default_rng(0).normal(size=(3, 2)))


def test_parameters_of_two_functions_are_for_fit(file):
    file.write_text(FUNCTIONS)
    target = find(str(file)).target

    drawn = fitted_draw(ModelSpec(target=target, params={"power": 2}))

    np.testing.assert_array_equal(drawn, 25 + np.random.default_rng(0).normal(size=(3, 2)))


def test_a_class_beside_two_functions_is_a_helper_unless_it_fits(file):
    file.write_text(FUNCTIONS + "class Network:\n    pass\n")
    assert find(str(file)).target.endswith(":fit,sample")

    file.write_text(FUNCTIONS + MODEL)
    assert find(str(file)).target.endswith(":Mine")


@pytest.mark.parametrize(
    ("code", "name", "message"),
    [
        ("x = 1", "", "should define a class, or the two functions fit and sample; it has neither"),
        ("def fit(train, *, rng): pass", "", "the two functions fit and sample"),
        (FUNCTIONS, ":fit,sampel", "mine.py defines no 'sampel'"),
        (FUNCTIONS, ":fit,sample,draw", "should be followed by :Class or by two functions"),
        (FUNCTIONS, ":", "should be followed by :Class or by two functions"),
        (FUNCTIONS, ":not a name", "should be followed by :Class or by two functions"),
        ("x = 1", ":x", "mine.py:x is 1, not a class"),
        ("x = 1\n" + FUNCTIONS, ":fit,x", "mine.py:x is 1, not a class"),
        (FUNCTIONS + MODEL, ":Mine,sample", r"Mine must be a function, called as fit\(train"),
        (
            "def fit(train): pass\ndef sample(state, n, *, rng): pass",
            "",
            r"The function must be callable as fit\(train, \*, rng\): got an unexpected .*'rng'",
        ),
        (
            "def fit(train, *, rng): pass\ndef draw(n, *, rng): pass",
            ":fit,draw",
            r"The function draw must be callable as sample\(state, n, \*, rng\)",
        ),
    ],
)
def test_functions_that_are_no_model_are_named(code, name, message, file):
    file.write_text(code)

    with pytest.raises(BadInput, match=message):
        find(f"{file}{name}").make()


def test_a_file_in_another_encoding_is_read_as_python_reads_it(file):
    file.write_bytes(("# -*- coding: latin-1 -*-\n# \u00e9\n" + MODEL).encode("latin-1"))

    assert find(str(file)).target.endswith(":Mine")


@pytest.mark.parametrize("name", baselines())
def test_the_source_of_a_baseline_is_its_file_and_what_it_shares_with_its_family(name):
    module = baselines()[name].target.partition(":")[0]
    family = module.rpartition(".")[0]

    found = files_of(module)

    assert module in found
    shared = {
        "genbench.baselines",
        *(f"genbench.baselines.{one}" for one in ("training", "pictures")),
    }
    two = family.endswith(("sequences", "quantization"))
    families = [family, *(["genbench.baselines.autoregressive"] if two else [])]
    others = {
        of for of in found if not any(of == one or of.startswith(f"{one}.") for one in families)
    }
    assert others <= shared
    for of, path in found.items():
        if path.name == "__init__.py":
            assert code_of(path.read_bytes()) == b"", f"{of} holds code, of which every key hangs"


@pytest.fixture(scope="module")
def sources_of(tmp_path_factory):
    """A function that says what the source of every baseline is, in a copy of the package.

    It edits files of the copy first, which lies where a clone's or an installed package would.
    """

    def sources(where="clone", **edits):
        place = tmp_path_factory.mktemp("copy") / where
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(Path(genbench.__file__).parent, place / "genbench", ignore=ignored)
        folder = place / "genbench" / "baselines"
        if not folder.exists():  # of an editable install it lies elsewhere
            shutil.copytree(Path(genbench.baselines.__file__).parent, folder, ignore=ignored)
        for name, line in edits.items():
            with next(folder.rglob(f"{name}.py")).open("a", encoding="utf-8") as file:
                file.write(line)
        program = (
            "import json; from genbench.models.find import baselines, source_hash;"
            "print(json.dumps({name: source_hash(spec) for name, spec in baselines().items()}))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | {"PYTHONPATH": str(place)},
            cwd=place,
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    return sources


def test_the_sources_of_baselines_are_the_same_wherever_the_package_is(sources_of):
    here = {name: source_hash(spec) for name, spec in baselines().items()}

    assert sources_of("clone") == here
    assert sources_of("site-packages") == here


def test_what_baselines_share_is_part_of_their_source_and_the_catalog_is_not(sources_of):
    before = sources_of()
    trained = {
        name
        for name, spec in baselines().items()
        if "genbench.baselines.training" in files_of(spec.target.partition(":")[0])
    }

    after = sources_of(training="changed = True\n")

    assert {name for name in before if after[name] != before[name]} == trained
    assert {"gan", "realnvp", "transformer", "vae", "ddpm"} <= trained
    assert not {"copycat", "gaussian", "kernel_density"} & trained
    line = (
        'CATALOG["another"] = ModelSpec(target="genbench.baselines.controls.noise:UniformNoise")\n'
    )
    with_another = sources_of(catalog=line)
    assert with_another.pop("another") == before["noise"]
    assert with_another == before


def test_the_source_of_what_is_no_model_is_empty():
    assert source_hash(ModelSpec(target="(real samples)")) == ""


def test_the_source_of_a_file_on_its_own_has_no_other_in_it(file):
    before = source_hash(find(str(file)))
    (file.parent / "unused.py").write_text("x = 1")

    assert source_hash(find(str(file))) == before


def test_the_source_of_a_file_has_all_that_it_imports_from_beside_it(file):
    folder = file.parent
    (folder / "nets").mkdir()
    files = {
        "mine.py": "import numpy, helper\nraise SystemExit('never run')\n" + MODEL,
        "helper.py": "def late():\n    from nets.unet import Net\n",
        "nets/__init__.py": "",
        "nets/unet.py": "from . import parts\nfrom .. import beyond\n",
        "nets/parts.py": "import mine  # around again\n",
        "nets/unused.py": "",
        "unused.py": "",
    }
    for name, code in files.items():
        (folder / name).write_text(code)
    spec = find(f"{file}:Mine")
    before = source_hash(spec)

    changed = []
    for name, code in files.items():
        (folder / name).write_text(code + "changed = True\n")
        if source_hash(spec) != before:
            changed.append(name)
        (folder / name).write_text(code)

    assert changed == [name for name in files if "unused" not in name]
    assert source_hash(spec) == before


def test_the_source_of_a_file_does_not_depend_on_where_it_is(tmp_path):
    hashes = set()
    for name in ("here", "there"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "mine.py").write_text("import helper\n" + MODEL)
        (folder / "helper.py").write_text("")
        hashes.add(source_hash(find(f"{folder}/mine.py:Mine")))

    assert len(hashes) == 1


def test_the_source_of_a_module_has_what_it_imports_from_its_package(tmp_path, monkeypatch):
    package = tmp_path / "package_with_source"
    (package / "inner").mkdir(parents=True)
    for path in (package, package / "inner"):
        (path / "__init__.py").write_text("raise SystemExit('never run')\n")
    (package / "inner" / "model.py").write_text("from ..other import x\nfrom .near import y\n")
    (package / "inner" / "near.py").write_text("import package_with_source.third as third\n")
    (package / "other.py").write_text("")
    (package / "third.py").write_text("")
    (package / "unused.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    found = files_of("package_with_source.inner.model")

    assert {name.removeprefix("package_with_source") for name in found} == {
        *("", ".inner", ".inner.model", ".inner.near", ".other", ".third")
    }
    assert not any(name.startswith("package_with_source") for name in sys.modules)


def test_the_source_of_an_installed_module_is_its_one_file():
    assert list(files_of("click.core")) == ["click.core"]


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("no_such_package.module", "There is no module 'no_such_package.module'"),
        ("json.nothing", "There is no module 'json.nothing'"),
        ("pathlib.nothing", "There is no module 'pathlib.nothing'"),
        ("sys", "The module 'sys' has no file"),
        ("__main__.x", "There is no module"),
        ("a..b", "is not the name of a module"),
        ("gone.py", "gone.py cannot be read"),
        ("nul\0.py", "cannot be read"),
    ],
)
def test_a_source_that_is_not_there_is_named(where, message):
    with pytest.raises(BadInput, match=message):
        source_hash(ModelSpec(target=f"{where}:Model"))
