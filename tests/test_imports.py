"""What may be imported when, held to in fresh interpreters."""

import ast
import importlib
import inspect
import pickle
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import genbench

HEAVY = ("torch", "sklearn", "pandas", "matplotlib", "seaborn", "ot")


def modules_after(code: str) -> set[str]:
    program = f"import sys\n{code}\nprint('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import genbench",
        "import genbench.runs.worker",
        "import genbench.cli.main, genbench.cli.listing",
        "from click.testing import CliRunner; from genbench.cli.main import main;"
        "r = CliRunner().invoke(main, ['list']); assert r.exit_code == 0, r.output;"
        "r = CliRunner().invoke(main, ['--help']); assert r.exit_code == 0, r.output",
    ],
)
def test_the_fast_parts_import_nothing_heavy(code):
    assert modules_after(code).isdisjoint(HEAVY)


def test_help_imports_no_numbers():
    code = "from click.testing import CliRunner; from genbench.cli.main import main;"
    code += "assert CliRunner().invoke(main, ['--help']).exit_code == 0"

    assert modules_after(code).isdisjoint({"numpy", "scipy"})


def test_catalogs_import_no_part_of_scipy():
    parts = {"scipy.special", "scipy.linalg", "scipy.stats", "scipy.optimize", "scipy.spatial"}

    assert modules_after("import genbench.cli.listing").isdisjoint(parts)


def test_the_worker_imports_neither_scipy_nor_the_command_line():
    assert modules_after("import genbench.runs.worker").isdisjoint({"scipy", "rich", "click"})


def test_every_module_can_be_imported_on_its_own():
    names = [module.name for module in pkgutil.walk_packages(genbench.__path__, "genbench.")]

    assert len(names) > 50
    for name in names:
        if name != "genbench.__main__":
            importlib.import_module(name)


def test_baseline_files_import_nothing_of_ours():
    import genbench.baselines

    folder = Path(genbench.baselines.__file__).parent
    files = [path for path in folder.rglob("*.py") if path.name != "catalog.py"]
    assert len(files) > 50
    for path in files:
        family = path.parent.name if path.parent != folder else None
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                absolute, level = [alias.name for alias in node.names], 0
            elif isinstance(node, ast.ImportFrom):
                absolute, level = [node.module or ""], node.level
            else:
                continue
            ours = [name for name in absolute if not level and name.split(".")[0] == "genbench"]
            assert not ours, f"{path} imports {ours}"
            # Beside itself, a family knows only what all share, and two of them another.
            assert level <= (2 if family else 1), f"{path} reaches beyond the baselines"
            another = ["autoregressive"] if family in ("sequences", "quantization") else []
            shared = {"training", "pictures", *another}
            known = {name.partition(".")[0] for name in absolute} <= shared
            assert level < 2 or known, f"{path} imports {absolute}"


PUBLIC = [*genbench.__all__, "__version__"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_there_where_nothing_else_was_imported(name):
    program = f"from genbench import {name}\nassert isinstance({name}, str) or callable({name})"

    assert "genbench" in modules_after(program)


def test_public_names_are_there_where_much_was_imported_before():
    program = "import genbench.cli.main, genbench.check.conformance"
    for name in PUBLIC:
        program += (
            f"\nfrom genbench import {name}\nassert isinstance({name}, str) or callable({name})"
            f"\nassert {name!r} in dir(genbench)"
        )

    assert "genbench" in modules_after(program)


def test_a_name_that_is_not_public_is_no_attribute():
    with pytest.raises(AttributeError, match="module 'genbench' has no attribute 'scroe'"):
        _ = genbench.scroe


def test_the_room_that_checks_can_be_called():
    from genbench import check

    assert {verdict.outcome for verdict in check("copycat")} <= {"pass", "not applicable"}


def test_the_room_that_checks_goes_to_other_processes_by_name_and_tells_what_it_takes():
    from genbench import check
    from genbench.check import check as function

    assert pickle.loads(pickle.dumps(check)) is check
    assert [*inspect.signature(check).parameters] == [*inspect.signature(function).parameters]
    assert "    assert [verdict" in check.__doc__  # what can be pasted


def test_rooms_show_themselves():
    """Few files at the root, none long, and a sentence for every room."""
    root = Path(genbench.__file__).parent

    assert sorted(path.name for path in root.glob("*.py")) == [
        "__init__.py", "__main__.py", "distances.py", "metric.py", "similarity.py"
    ]  # fmt: skip
    shipped = {"baselines", "leaderboards"}  # what an installed package holds beside its rooms
    for path in root.rglob("*.py"):
        if shipped.isdisjoint(path.relative_to(root).parts):
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 320, path
    for room in root.iterdir():
        if room.is_dir() and room.name != "__pycache__":
            assert ast.get_docstring(ast.parse((room / "__init__.py").read_text())), room
