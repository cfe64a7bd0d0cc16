"""What may be imported when, held to in fresh interpreters."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_the_worker_imports_neither_scipy_nor_the_command_line():
    assert modules_after("import genbench.runs.worker").isdisjoint({"scipy", "rich", "click"})


def test_every_module_can_be_imported_on_its_own():
    import genbench

    names = [module.name for module in pkgutil.walk_packages(genbench.__path__, "genbench.")]

    assert len(names) > 50
    for name in names:
        if name != "genbench.__main__":
            importlib.import_module(name)


def test_baseline_files_import_nothing_of_ours():
    import genbench.baselines

    folder = Path(genbench.baselines.__file__).parent
    modules = {spec.target.partition(":")[0] for spec in genbench.baselines.CATALOG.values()}
    for module in modules:
        path = folder / f"{module.rpartition('.')[2]}.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            ours = [name for name in imported if name.split(".")[0] in {"genbench", ""}]
            assert not ours, f"{path.name} imports {ours}"
