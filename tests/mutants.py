"""Small faults put into a copy of the packages, one at a time: do the tests notice? `make mutants`, and `--help` for more.

A fault is one of cosmic-ray's, drawn by place and then by kind, so that no kind crowds out another. It meets the tests that
execute its line, those in files that name its module first, and if it survives them, all tests of its package, each as
`make test` has it: without the fault they all pass. Which test executes what is measured once and kept.
What is right to survive stands with its reason in accepted_mutants.json.
"""

import argparse
import ast
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import chdir
from importlib import import_module
from itertools import accumulate, islice
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest

from tests.covering import Covering, covering, run_quietly

ROOT = Path(__file__).parent.parent
PACKAGES = ("nets", "study", "reports")
ACCEPTED = Path(__file__).with_name("accepted_mutants.json")
KINDS = re.compile(  # of cosmic-ray's operators: no "is" for "==", no other type in an annotation, no absurd arithmetic
    r"ReplaceComparisonOperator_((?!Is)\w+)_(?!Is)\w+|ReplaceComparisonOperator_(Is_IsNot|IsNot_Is)"
    r"|ReplaceBinaryOperator_(Add|Sub|Mul|Div)_(Add|Sub|Mul|Div)|ReplaceBinaryOperator_(FloorDiv_Div|Mod_Mul)"
    r"|ReplaceUnaryOperator_(USub_UAdd|Delete_Not)|Replace(TrueWithFalse|FalseWithTrue|AndWithOr|OrWithAnd)"
    r"|Replace(BreakWithContinue|ContinueWithBreak)|AddNot|NumberReplacer|ZeroIterationForLoop"
)
DECLARED = re.compile(r"\b(eq|frozen|hash|kw_only|strict)=(True|False)\b.*→")  # they guard what mypy and reviews see
LOADED_ONCE = ("matplotlib.pyplot", "optuna", "pandas", "scipy.stats", "seaborn")  # what takes seconds
KEPT = ROOT / "runs" / "covering.json"
SECONDS = 300  # after which all tests of a package count as failed
ENOUGH = 60  # seconds of tests that execute a line in files that do not name its module: thousands execute some lines
SWEEPING = {  # of what lies in these folders some is executed where nothing sees it: compiled, or once, where it is declared
    "nets/compiled/": "tests/nets/test_compiled.py",
    "study/trained/guard/": "tests/study/test_executors.py",
    "reports/": "tests/reports/test_registered.py",
}
PATIENCE = 4.0  # times what tests took when they were measured: after that they have failed


class Mutant(NamedTuple):
    """A fault: the module's path, its source with the fault in it, the first line that differs before and after, and the lines of its statement."""

    path: str
    source: str
    change: str
    lines: range

    def __str__(self) -> str:
        return f"{self.path}: {self.change}"


def drawn(seed: int, only: str) -> Iterator[Mutant]:
    """Mutants without end, each of a module drawn by its length, a place in it, and what can go wrong there."""
    random = Random(seed)
    paths = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if only in str(path))
    lengths = [path.stat().st_size for path in paths]
    while True:
        (path,) = random.choices(paths, lengths)
        places = faults(path.read_text())
        if places:
            found = mutant(path, *random.choice(places[random.choice(sorted(places))]))
            if not (DECLARED.search(found.change) or moves_a_star(found.change) or is_the_same(found)):
                yield found


def moves_a_star(change: str) -> bool:
    """The star of a signature, which cosmic-ray takes for a product: who reads it learns that what follows is named."""
    before, after = change.split("  →  ")
    return before.count("*,") != after.count("*,")


def is_the_same(found: Mutant) -> bool:
    """Another spelling of a number, 1e30 and one more."""
    return ast.dump(ast.parse(found.source)) == ast.dump(ast.parse((ROOT / found.path).read_text()))


def faults(source: str) -> dict[tuple[int, int], list[tuple[str, int]]]:
    """By place (line, column): which operators find something there, and as their how manieth."""
    from cosmic_ray.ast import ast_nodes, get_ast  # noqa: PLC0415  it may be absent
    from cosmic_ray.plugins import get_operator, operator_names  # noqa: PLC0415

    nodes = list(ast_nodes(get_ast(source)))
    found = defaultdict(list)
    for name in filter(lambda name: KINDS.fullmatch(name.partition("/")[2]), sorted(operator_names())):
        positions = (start for node in nodes for start, _ in get_operator(name)().mutation_positions(node))
        for occurrence, start in enumerate(positions):
            found[start].append((name, occurrence))
    return found


def mutant(path: Path, name: str, occurrence: int) -> Mutant:
    from cosmic_ray.mutating import mutate_code  # noqa: PLC0415
    from cosmic_ray.plugins import get_operator  # noqa: PLC0415

    before = path.read_text()
    after = mutate_code(before, get_operator(name)(), occurrence)
    pairs = enumerate(zip(before.splitlines(), after.splitlines(), strict=False), start=1)
    line, old, new = next((line, old.strip(), new.strip()) for line, (old, new) in pairs if old != new)
    return Mutant(str(path.relative_to(ROOT)), after, f"{old}  →  {new}", statement(before, line))


def statement(source: str, line: int) -> range:
    """The lines of the smallest statement around a line: what is executed counts by the first of them, mostly."""
    spans = [(node.lineno, node.end_lineno) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.stmt)]
    around = [range(first, last + 1) for first, last in spans if last is not None and first <= line <= last]
    return min(around, key=len, default=range(line, line + 1))


def meets(each: Mutant, known: Covering) -> list[str]:
    """The tests that execute its statement, the quickest first, but before them those of files that name its module.

    Last the file that sees all of its folder, if there is one.
    """
    *room, name = Path(each.path).with_suffix("").parts
    place = re.escape(".".join(room))
    named = re.compile(rf"{place}\.{name}\b|from {place} import .*\b{name}\b")
    found = known.of(each.path, each.lines)
    near = [test for test in found if named.search((ROOT / test.partition("::")[0]).read_text())]
    others = [test for test in found if test not in near]
    ends = accumulate(map(known.took, others))
    known_to_see = near + [test for test, end in zip(others, ends, strict=True) if end <= ENOUGH]
    return known_to_see + [
        file for folder, file in SWEEPING.items() if each.path.startswith(folder) and file not in known_to_see
    ]


def fails(copy: Path, tests: list[str], seconds: float = SECONDS) -> bool:
    """Whether these tests notice, in a process of its own."""
    process = multiprocessing.get_context("fork").Process(target=_test, args=(copy, tests))
    process.start()
    process.join(seconds)
    if process.is_alive():
        os.killpg(process.pid, signal.SIGKILL)
        process.join()
    return process.exitcode not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def _test(copy: Path, tests: list[str]) -> None:
    os.setsid()
    with chdir(copy):
        sys.exit(run_quietly(copy, tests))


def tried(copy: Path, each: Mutant, known: Covering, *, wide: bool) -> str:
    """Which tests noticed it, if any did."""
    shutil.copy2(ROOT / each.path, copy / each.path)
    (copy / each.path).write_text(each.source)
    forget(copy / each.path)
    tests = meets(each, known)
    if tests and fails(copy, tests, 30 + PATIENCE * sum(known.took(test) for test in tests)):
        told = "died near"
    else:
        told = "died wide" if wide and fails(copy, [f"tests/{each.path.split('/')[0]}"]) else "survived"
    shutil.copy2(ROOT / each.path, copy / each.path)
    forget(copy / each.path)
    return told


def check_unharmed(copy: Path, package: str) -> None:
    """What fails without a fault would kill all of them: the package's smallest tests are tried first."""
    smallest = min((ROOT / "tests" / package).rglob("test_*.py"), key=lambda test: test.stat().st_size)
    if fails(copy, [str(smallest.relative_to(ROOT))]):
        sys.exit(f"{smallest.relative_to(ROOT)} fails without a fault: run pytest on it first")


def forget(module: Path) -> None:
    """Bytecode is known by a source's length and second, in which two faults may be alike."""
    for compiled in module.parent.glob(f"__pycache__/{module.stem}.*"):
        compiled.unlink()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", default="", help="a part of the paths of the modules")
    parser.add_argument("--near", action="store_true", help="spare survivors the tests of the whole package")
    parser.add_argument(
        "--covering",
        type=Path,
        default=KEPT,
        help="where it is kept which tests execute what: delete it to measure anew",
    )
    arguments = parser.parse_args()
    accepted = {entry["mutant"]: entry["reason"] for entry in json.loads(ACCEPTED.read_text())}
    list(map(import_module, LOADED_ONCE))
    listed = [
        "git",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]  # tests too that are not committed yet
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    results: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for file in filter(None, files.split("\0")):
            (Path(folder) / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, Path(folder) / file)
        for package in PACKAGES:
            check_unharmed(Path(folder), package)
        known = covering(Path(folder), PACKAGES, arguments.covering)
        for each in islice(drawn(arguments.seed, arguments.only), arguments.count):
            told = "accepted" if str(each) in accepted else tried(Path(folder), each, known, wide=not arguments.near)
            results[told] += 1
            print(told, each, sep="\t", flush=True)  # noqa: T201
    print(dict(results))  # noqa: T201


if __name__ == "__main__":
    main()
