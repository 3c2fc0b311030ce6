"""Which tests execute a line: what `make mutants` asks. Measured by coverage.py, each test file in a process of its own."""

import json
import multiprocessing
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import chdir
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from coverage import Coverage


class Covering(NamedTuple):
    """Of each test (``file::function``, or a ``file`` for what is executed outside of its tests) the seconds it took, and of
    each line (``module:line``) the places among them of those that execute it.

    What runs in a process that a test begins is not seen.
    """

    seconds: dict[str, float]
    lines: dict[str, list[int]]

    def of(self, path: str, lines: range) -> list[str]:
        """What executes any of these lines, the quickest first."""
        tests = list(self.seconds)
        found = {tests[place] for line in lines for place in self.lines.get(f"{path}:{line}", [])}
        return sorted((test for test in found if test == _file(test) or _file(test) not in found), key=self.took)

    def took(self, test: str) -> float:
        """Seconds of a test, or of all of a file."""
        return sum(seconds for known, seconds in self.seconds.items() if test in {known, _file(known)})


def _file(test: str) -> str:
    return test.partition("::")[0]


class Contexts:
    """A plugin of pytest that tells coverage.py which test runs; setting up is of the file, whose tests may share it."""

    def __init__(self, watched: "Coverage", file: str) -> None:
        self.watched, self.file = watched, file
        self.seconds: dict[str, float] = {file: 0.0}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        test = f"{self.file}::{item.nodeid.partition('::')[2].partition('[')[0]}"
        begun = perf_counter()
        self.watched.switch_context(test)
        try:
            return (yield)
        finally:
            self.watched.switch_context(self.file)
            self.seconds[test] = self.seconds.get(test, 0.0) + perf_counter() - begun


def covering(copy: Path, packages: tuple[str, ...], kept: Path) -> Covering:
    """Read where it is kept, else measured in the copy, which takes minutes, and kept."""
    if kept.exists():
        return Covering(**json.loads(kept.read_text()))
    found = Covering({}, {})
    for seconds, executed in measured(copy, packages):
        begin = len(found.seconds)
        found.seconds.update(seconds)
        for line, places in executed.items():
            found.lines.setdefault(line, []).extend(begin + place for place in places)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps(found._asdict()))
    return found


def measured(copy: Path, packages: tuple[str, ...]) -> Iterator[tuple[dict[str, float], dict[str, list[int]]]]:
    """Of each test file the seconds of its tests and the lines they execute, as many files at once as there are cores."""
    with TemporaryDirectory() as folder:
        outlets = {
            str(file.relative_to(copy)): Path(folder) / f"{number}.json"
            for number, file in enumerate(
                file for part in packages for file in sorted((copy / "tests" / part).rglob("test_*.py"))
            )
        }
        running: list[BaseProcess] = []
        for file, outlet in outlets.items():
            while len(running) >= (os.cpu_count() or 1):
                wait([process.sentinel for process in running])
                running = [process for process in running if process.is_alive()]
            running.append(
                multiprocessing.get_context("fork").Process(target=_execute, args=(copy, file, packages, outlet))
            )
            running[-1].start()
        for process in running:
            process.join()
        yield from (json.loads(outlet.read_text()) for outlet in outlets.values() if outlet.exists())


def _execute(copy: Path, file: str, packages: tuple[str, ...], outlet: Path) -> None:
    from coverage import Coverage  # noqa: PLC0415  it may be absent

    with chdir(copy):
        watched = Coverage(data_file=None, config_file=False, include=[f"{copy}/{part}/*" for part in packages])
        plugin = Contexts(watched, file)
        begun = perf_counter()
        watched.start()
        watched.switch_context(file)
        run_quietly(copy, [file], plugin)
        watched.stop()
    plugin.seconds[file] = perf_counter() - begun - sum(plugin.seconds.values())
    places = {test: place for place, test in enumerate(plugin.seconds)}
    data = watched.get_data()
    lines = {
        f"{Path(module).relative_to(copy)}:{line}": sorted({places[test] for test in tests if test in places})
        for module in data.measured_files()
        for line, tests in data.contexts_by_lineno(module).items()
    }
    outlet.write_text(json.dumps((plugin.seconds, lines)))


def run_quietly(copy: Path, tests: Sequence[str], *plugins: object) -> int:
    """Pytest's exit code for these tests of the copy, in the process that calls."""
    os.environ["PYTHONPATH"] = str(copy)
    sys.path.insert(0, str(copy))
    with Path(os.devnull).open("w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
        return int(pytest.main(["-qx", "-p", "no:cacheprovider", *tests], plugins=plugins))
