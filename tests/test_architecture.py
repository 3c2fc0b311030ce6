"""Imports go one way: study -> nets; reports is handed a table and knows neither."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"nets", "study", "reports"}
ALLOWED = {
    "nets": {"nets", "numpy"},
    "study": {"nets", "study", "cyclopts", "numpy", "optuna", "pandas", "pydantic", "rich", "scipy", "sklearn"}
    | {"sqlalchemy", "threadpoolctl"},
    "reports": {"reports", "jinja2", "markupsafe", "matplotlib", "numpy", "pandas", "scipy", "seaborn"},
}
EXCEPTIONS = {
    ("nets/compiled.py", "numba"),
    ("nets/sklearn/estimator.py", "sklearn"),
    ("nets/sklearn/export.py", "sklearn"),
    ("study/commands.py", "reports"),
    ("study/executors/dask.py", "distributed"),
    ("study/tables.py", "mnist1d"),
}


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: imports are absolute"
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_what_it_may_and_nothing_else(package: str) -> None:
    modules = list((ROOT / package).rglob("*.py"))
    used = {(path.relative_to(ROOT).as_posix(), name) for path in modules for name in imports(path)}
    beyond = {(path, name) for path, name in used if name not in ALLOWED[package] | sys.stdlib_module_names}
    assert modules
    assert beyond <= EXCEPTIONS


def test_only_the_commands_know_the_reports() -> None:
    """Loading the engine does not load the reports: the import stands in the body of a function."""
    tree = ast.parse((ROOT / "study/commands.py").read_text())
    top = {
        name
        for node in tree.body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in ast.unparse(node).split()
    }
    assert not top & {"reports"}
