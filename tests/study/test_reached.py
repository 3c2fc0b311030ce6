"""Which code ends a study when it is edited: what training reaches, and none of its words."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from study.kept import numerics, reached

ROOT = Path(__file__).parents[2]
PACKAGES = ("nets", "study")
Edit = Callable[[str], str]


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our sources in a folder of their own, and the fingerprints taken there."""
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(reached, "FOLDERS", {package: tmp_path / package for package in PACKAGES})
    return tmp_path


def ended(copy: Path, name: str, edit: Edit) -> set[str]:
    """The packages whose fingerprints an edit of a file changes."""
    before = reached.fingerprints()
    path = copy / name
    text = path.read_text()
    path.write_text(edit(text))
    assert path.read_text() != text
    after = reached.fingerprints()
    return {package for package in PACKAGES if before[package] != after[package]}


def replacing(pattern: str, by: str) -> Edit:
    return lambda text: re.sub(pattern, by, text, count=1)


def appending(text: str) -> Edit:
    return lambda before: f"{before}\n{text}\n"


CHANGES: dict[str, tuple[str, Edit, str]] = {
    "what a package loads": ("study/__init__.py", appending("A = 1"), "study"),
    "what a folder of a package loads": ("study/data/__init__.py", appending("A = 1"), "study"),
    "a formula of the nets": ("nets/streams.py", appending("SHIFT = 1"), "nets"),
    "a field of Hyper": ("nets/hyper.py", replacing(r"depth: int = shape\(1,", "depth: int = shape(2,"), "nets"),
    "the split of the rows": ("study/data/splits.py", replacing('"split"', '"other split"'), "study"),
    "how a file is read": ("study/own/columns.py", appending("A = 1"), "study"),
    "the points of a design": ("study/asked/designs.py", replacing(r"\+ 0\.5", "+ 0.25"), "study"),
    "an axis": ("study/asked/axes.py", replacing("k / width", "k / (width + 1)"), "study"),
    "a sampler": ("study/searched/sampling.py", replacing(r"2\*\*31", "2**30"), "study"),
    "a rule of pruning": ("study/searched/pruning.py", replacing("FACTOR = 3", "FACTOR = 4"), "study"),
    "patience": ("study/searched/stopping.py", replacing(r"\+ 1", "+ 2"), "study"),
    "what is scored": ("study/asked/scores.py", replacing("DIGITS = 12", "DIGITS = 11"), "study"),
    "which trial is best": ("study/searched/ranking.py", replacing(r"0\.975", "0.95"), "study"),
    "what a worker does": ("study/trained/training.py", replacing(r"ROOM = 2\*\*26", "ROOM = 2**25"), "study"),
    "the seeds": ("study/asked/networks.py", replacing("1000 \\*", "999 *"), "study"),
    "when a trial is asked for": ("study/loop.py", replacing("< self._window", "<= self._window"), "study"),
}
WORDS: dict[str, tuple[str, Edit]] = {
    "a docstring's letter": ("nets/train.py", replacing('"""', '"""X')),
    "a docstring more": ("study/loop.py", replacing(r"(    def _networks\([^\n]*\n)", '\\1        """New."""\n')),
    "a comment": ("nets/stack.py", appending("# a comment")),
    "blank lines": ("nets/passes.py", appending("\n\n")),
    "what an error says": ("nets/hyper.py", replacing(r"raise ValueError\(f?\"", r'raise ValueError("why: " f"')),
    "what a field means": ("nets/hyper.py", replacing("hidden layers; 0: softmax", "hidden layers; none: softmax")),
    "what a result means": ("nets/outcome.py", replacing("mean cross-entropy on the validation rows", "loss")),
    "the classifier": ("nets/sklearn/estimator.py", appending("A = 1")),
    "the compiled kernels, which are not asked for": ("nets/compiled/step.py", appending("A = 1")),
    "how mistakes are told": ("study/errors.py", appending("A = 1")),
    "what the loop asks besides": ("study/budget.py", appending("A = 1")),
    "the bar": ("study/told/progress.py", appending("A = 1")),
    "a command": ("study/commands/run.py", appending("A = 1")),
    "the database": ("study/kept/sqlite.py", appending("A = 1")),
    "an executor": ("study/trained/executors/pool.py", appending("A = 1")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_edit_that_may_change_bits_ends_a_study(copy: Path, change: str) -> None:
    name, edit, package = CHANGES[change]
    assert ended(copy, name, edit) == {package}


@pytest.mark.parametrize("change", WORDS)
def test_an_edit_that_cannot_does_not(copy: Path, change: str) -> None:
    assert ended(copy, *WORDS[change]) == set()


def test_compiled_kernels_count_where_they_are_asked_for() -> None:
    assert reached.fingerprints(also=numerics.COMPILED)["nets"] != reached.fingerprints()["nets"]


def test_a_fingerprint_follows_from_the_sources_alone(request: pytest.FixtureRequest) -> None:
    here = reached.fingerprints()
    request.getfixturevalue("copy")
    assert reached.fingerprints() == here


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Writes modules of a package ``study``, and one outside of it."""
    monkeypatch.setattr(reached, "FOLDERS", {"study": tmp_path / "study"})

    def write(**modules: str) -> Path:
        (tmp_path / "study/deep").mkdir(parents=True, exist_ok=True)
        for name, text in {"__init__": "", "deep/__init__": "", **modules}.items():
            (tmp_path / "study" / f"{name}.py").write_text(text)
        return tmp_path

    return write


IMPORTS = {
    "import study.one": {"study.one"},
    "import json, study.one": {"study.one"},
    "from study import one": {"study.one"},
    "from study.one import A, B": {"study.one"},
    "from study.deep import two": {"study.deep", "study.deep.two"},
    "import study.deep.two": {"study.deep", "study.deep.two"},
    "def late():\n    from study import one": {"study.one"},
    "try:\n    import study.one\nexcept ImportError:\n    import study.deep": {"study.one", "study.deep"},
    "if zebra == 1:\n    import study.one": {"study.one"},
    "if Ape == 1:\n    import study.one": {"study.one"},
    "while TYPE_CHECKING:\n    import study.one": {"study.one"},
    "if TYPE_CHECKING:\n    import study.one": set(),
    "if TYPE_CHECKING:\n    import study.one\nimport study.deep": {"study.deep"},
    "import studying.one": set(),
    "import study.none_such": set(),
}


@pytest.mark.parametrize("text", IMPORTS)
def test_what_is_reached_is_what_is_loaded(made: Callable[..., Path], text: str) -> None:
    made(begin=text, one="import study.begin", **{"deep/two": ""})
    assert reached.reached(["study.begin"]) == {"study", "study.begin", *IMPORTS[text]}


SAYS_THE_SAME = {
    "a docstring": ('def f():\n    """It."""\n    return 1', "def f():\n    return 1"),
    "nothing but a docstring": ('class A:\n    """It."""', "class A:\n    pass"),
    "a function that is words": ('def f():\n    """It."""', "def f():\n    pass"),
    "an error's words": ("raise ValueError('a')", "raise ValueError('b')"),
    "a named meaning": ("def f(x, meaning): ...\nf(1, meaning='a')", "def f(x, meaning): ...\nf(1, meaning='b')"),
    "a meaning by its place": ("def f(x, unit): ...\nf(1, 'a')", "def f(x, unit): ...\nf(1, 'b')"),
}
SAYS_ANOTHER_THING = {
    "a number alone": ("1", "2"),
    "a text that is kept": ("a = 'x'", "a = 'y'"),
    "what is raised": ("raise ValueError('a')", "raise KeyError('a')"),
    "an error that is a name": ("raise error", "raise other"),
    "a name": ("def f(x, name): ...\nf(1, name='a')", "def f(x, name): ...\nf(1, name='b')"),
    "an argument at another place": ("def f(x, unit): ...\nf(1, 'a')", "def f(x, unit): ...\nf(2, 'a')"),
    "an argument of a method": ("def f(x, unit): ...\na.f(1, 'a')", "def f(x, unit): ...\na.f(1, 'b')"),
    "a default": ("def f(x=1): ...", "def f(x=2): ..."),
}


@pytest.mark.parametrize("words", SAYS_THE_SAME)
def test_words_are_said_to_people(words: str) -> None:
    one, other = (reached._read(text.encode())[1] for text in SAYS_THE_SAME[words])
    assert one == other


@pytest.mark.parametrize("words", SAYS_ANOTHER_THING)
def test_anything_else_is_said_to_the_machine(words: str) -> None:
    one, other = (reached._read(text.encode())[1] for text in SAYS_ANOTHER_THING[words])
    assert one != other
