"""Imports go one way: study -> nets; reports is handed a table and knows neither."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {"nets", "study", "reports"}
ALLOWED = {
    "nets": {"nets", "numpy"},
    "study": {"nets", "study", "cyclopts", "numpy", "optuna", "pandas", "rich", "scipy", "sklearn", "skops"}
    | {"sqlalchemy", "threadpoolctl"},
    "reports": {"reports", "jinja2", "markupsafe", "matplotlib", "numpy", "pandas", "scipy"},
}
WITHOUT_A_CIRCLE = ("nets", "study", "reports")
ROOMS_OF_REPORTS = (
    "judging",
    "evidence",
    "drawing",
    "choice",
    "staircase",
    "tuning",
    "experiments",
    "calibration",
    "claims",
    "search",
    "page",
    "across",
)
COMPILED = (
    *((module, "numba") for module in ("elementary", "jit", "ready", "registers", "tiles", "vectors")),
    *((module, "llvmlite") for module in ("elementary", "jit", "ready", "tiles", "vectors")),
)
EXCEPTIONS = {
    *((f"nets/compiled/{module}.py", package) for module, package in COMPILED),
    *(
        (f"nets/sklearn/{module}.py", "sklearn")
        for module in ("asked", "estimator", "examples", "export", "predicting")
    ),
    ("nets/sklearn/study_classifier.py", "sklearn"),
    *((f"study/commands/{module}.py", "reports") for module in ("advise", "best", "calibrate", "pages", "run")),
    ("study/trained/executors/dask.py", "distributed"),
    ("study/data/tables.py", "mnist1d"),
    ("study/own/address.py", "pyarrow"),
    ("study/model/onnx_file.py", "onnx"),
    ("study/model/onnx_file.py", "onnxruntime"),
}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> list[ast.Import | ast.ImportFrom]:
    """The imports of a module, anywhere in it."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, (ast.Import, ast.ImportFrom))]


def imports(path: Path) -> Iterator[str]:
    """The top-level packages that a module imports, anywhere in it."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        else:
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
    for path in (ROOT / "study/commands").glob("*.py"):
        at_the_top = [node for node in tree(path).body if isinstance(node, (ast.Import, ast.ImportFrom))]
        assert not {name for node in at_the_top for name in ast.unparse(node).split()} & {"reports"}


def module_of(path: Path) -> str:
    """The name by which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def edges(package: str) -> Mapping[str, set[str]]:
    """For each module of a package those that its imports load, under ``TYPE_CHECKING`` and in functions too.

    A module of another folder brings that folder's own ``__init__``; one's own folders are loaded already.
    """
    files = {module_of(path): path for path in (ROOT / package).rglob("*.py")}
    loaded: dict[str, set[str]] = {}
    for module, path in files.items():
        names = set(full_names(path)) & files.keys()
        names |= {name[:dot] for name in names for dot in range(len(name)) if name[dot] == "."}
        loaded[module] = {name for name in names if not f"{module}.".startswith(f"{name}.")}
    return loaded


def full_names(path: Path) -> Iterator[str]:
    """All that the imports of a file may mean: modules, and names that may be modules."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("package", WITHOUT_A_CIRCLE)
def test_no_module_is_reached_from_what_it_imports(package: str) -> None:
    """Raises ``CycleError`` with the circle's modules otherwise."""
    assert len(list(TopologicalSorter(edges(package)).static_order())) > 1


def room_of(module: str) -> str:
    """The folder of a package in which a module lies, or the module where it lies in none."""
    return ".".join(module.split(".")[:2])


def test_no_room_of_a_study_is_reached_from_what_it_imports() -> None:
    arrows: dict[str, set[str]] = {}
    for module, used in edges("study").items():
        others = {room_of(each) for each in used} - {room_of(module)}
        arrows.setdefault(room_of(module), set()).update(others)
    assert len(list(TopologicalSorter(arrows).static_order())) > 1


def test_a_room_of_the_reports_knows_those_below_it_alone() -> None:
    found = edges("reports")
    assert {module.split(".")[1] for module in found if module != "reports"} == set(ROOMS_OF_REPORTS)
    for place, room in enumerate(ROOMS_OF_REPORTS):
        below = {f"reports.{name}" for name in ROOMS_OF_REPORTS[: place + 1]}
        used = {each for module, names in found.items() if room_of(module) == f"reports.{room}" for each in names}
        assert {room_of(each) for each in used} <= below


def test_no_two_modules_of_the_tests_have_one_name() -> None:
    """pytest imports them from their folders as they are: two of one name cannot be run together."""
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name not in {"conftest.py", "__main__.py"}]
    assert len(set(names)) == len(names)
