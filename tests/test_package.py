"""What is installed: typed packages, one version, and a command that is called dropstep wherever it is called."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import metadata, version
from importlib.resources import files
from pathlib import Path

import pytest

import study

ROOT = Path(__file__).parents[1]
PACKAGES = ("nets", "study", "reports")
TEXTS = {".md", ".py", ".toml", ".j2", ".css", ".html", ".yaml", ""}


@pytest.mark.parametrize("package", PACKAGES)
def test_types_are_handed_on(package: str) -> None:
    assert (files(package) / "py.typed").is_file()


def test_the_version_is_stated_once() -> None:
    assert version("dropstep") == study.__version__
    assert f"## {study.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_classifiers_begin_with_the_oldest_python_that_is_taken() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [each.rpartition(" ")[2] for each in project["classifiers"] if "Python :: 3." in each]
    assert f">={named[0]}" == project["requires-python"] == metadata("dropstep")["Requires-Python"]
    assert named == [f"3.{11 + place}" for place in range(len(named))]


def texts() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("no clone: git does not list the files")
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).suffix in TEXTS and (ROOT / name).exists()]


def test_the_command_has_one_name() -> None:
    """``python -m`` takes a file of the working folder for the package; the process that forks trainers is told not to."""
    other = re.compile(r"-m (study|reports)(?!\.trained)")
    found = [path.name for path in texts() if path != Path(__file__) and other.search(path.read_text(encoding="utf-8"))]
    assert found == []


def on_windows(script: str) -> tuple[int, str]:
    """The exit code, and what is said."""
    script = f"import sys\nsys.platform = 'win32'\nsys.modules.update(fcntl=None, resource=None)\n{script}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "start",
    ["from study.__main__ import program; program()", "import runpy; runpy.run_module('study', {}, '__main__')"],
)
def test_a_start_on_windows_ends_in_one_line(start: str) -> None:
    code, said = on_windows(start)
    assert code == 1
    assert said.startswith("error: dropstep needs Linux or macOS")
    assert said.count("\n") == 1


def test_to_import_what_starts_starts_nothing() -> None:
    assert on_windows("import study.__main__") == (0, "")


def test_tests_of_a_group_run_in_one_process(request: pytest.FixtureRequest) -> None:
    """This one is of a group by its name; where that is lost, fixtures that take seconds are made in each process."""
    if request.config.getoption("loadgroup", default=False):
        assert request.node.nodeid.endswith("@processes")
