"""One thread for everyone, the level that is asked for, and which tests keep to one process of pytest-xdist (--dist loadgroup)."""

import gc
import os
import sys

import levels
import pytest
from markupsafe import Markup

# a process for each core is what runs: threads of BLAS and OpenMP beside them would wait for each other
os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")

# hundreds of processes of ours begin here, and the tests are rewritten in each: compiled once, whatever the caller's wish
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

BLANK = Markup("<svg viewBox='0 0 1 1' role='img'></svg>")

# tests come to one process with those of their module, so that what is made for a module is made once; in groups of their own
# come those that share more: known by their module, fixture or parameter
GROUPS = {
    "postgresql": ("postgresql",),
    "compiled": ("test_compiled", "[compiled"),  # who compiles keeps the others waiting
    "across": ("test_across", "test_commands_run_one"),  # what is known over tables, which takes seconds
    "processes": ("test_processes", "test_crashes", "test_dask", "in_one_process"),
}
# what takes longest begins first, so that none of it is left at the end
LONG = ("across", "processes", "postgresql", "test_page", "B9", "test_executors", "test_model", "compiled")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="what the tests leave out by default: see tests/levels.py")


def pytest_configure(config: pytest.Config) -> None:
    levels.choose(config)
    config.option.loadscopereorder = False  # xdist would begin with the groups that have most tests


def pytest_collection_finish() -> None:
    """What is loaded stays: to look through it for garbage again and again took a twentieth of the time."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures are composed, and neither fitted nor written, which takes most of the time of a page."""
    monkeypatch.setattr("reports.drawing.plates.fit", lambda ax: None)
    monkeypatch.setattr("reports.drawing.plates.inline", lambda *_, **__: BLANK)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    groups = {item: _group(item) for item in items}
    items.sort(key=lambda item: LONG.index(groups[item]) if groups[item] in LONG else len(LONG))
    for item, group in groups.items():
        item.add_marker(pytest.mark.xdist_group(group))
        if item.config.getoption("loadgroup", default=False) and hasattr(
            item, "id"
        ):  # older ones read what xdist writes
            _name(item, group)


def _group(item: pytest.Item) -> str:
    said = f"{item.nodeid} {getattr(item, 'fixturenames', '')}"
    shared = next((group for group, names in GROUPS.items() if any(name in said for name in names)), _claimed(item))
    return shared or item.path.stem


def _name(item: pytest.Item, group: str) -> None:
    """xdist tells groups by the test's name, and 3.8 writes them where pytest 9.2 no longer reads it: every test was alone."""
    item._id = type(item.id).parse(f"{item.nodeid}@{group}")


def _claimed(item: pytest.Item) -> str | None:
    """What is made of a claim's networks is made once, in the process that has all its tests."""
    claim = item.callspec.params.get("claim") if hasattr(item, "callspec") else None
    return getattr(claim, "networks", None)
