"""The code that training reaches, found by its imports: a fingerprint that docstrings, comments and other words leave alone."""

import ast
import hashlib
from collections.abc import Collection, Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path

import nets
import study

ROOTS = (
    "nets.train",
    "study.trained.training",  # which rows, of which table
    "study.asked.networks",  # which networks, of which arms and designs
    "study.asked.scores",
    "study.searched.sampling",
    "study.searched.pruning",
    "study.searched.ranking",
    "study.searched.stopping",
)
ALONE = ("study.loop",)  # which trial is asked for when; what it imports besides keeps and sends, and decides nothing
WORDS = ("study.errors",)  # nothing but what a person is told
FOLDERS = {package.__name__: Path(str(package.__file__)).parent for package in (nets, study)}
SAID = ("meaning", "unit")  # parameters that hold words


def fingerprints(*, also: tuple[str, ...] = ()) -> dict[str, str]:
    """Of the code of each package that training reaches, from the modules ``also`` too."""
    modules = {*reached([*ROOTS, *also]), *ALONE} - {*WORDS}
    return {package: _fingerprint(each for each in modules if _package(each) == package) for package in FOLDERS}


def reached(roots: Collection[str]) -> set[str]:
    """Every module that is loaded with these, or by a function of theirs; not what is imported for types alone."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        module = waiting.pop()
        if module not in found and _path(module) is not None:
            found.add(module)
            waiting += [*_parents(module), *_read(_source(module))[0]]
    return found


def _fingerprint(modules: Iterator[str]) -> str:
    texts = (f"{module}\n{_read(_source(module))[1]}\n" for module in sorted(modules))
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:12]


def _package(module: str) -> str:
    return module.partition(".")[0]


def _path(module: str) -> Path | None:
    """The file of a module of ours."""
    package, *names = module.split(".")
    if package not in FOLDERS:
        return None
    place = FOLDERS[package].joinpath(*names)
    candidates = (place / "__init__.py", place.with_suffix(".py")) if names else (place / "__init__.py",)
    return next((path for path in candidates if path.is_file()), None)


def _source(module: str) -> bytes:
    path = _path(module)
    assert path is not None
    return path.read_bytes()


@cache
def _read(source: bytes) -> tuple[tuple[str, ...], str]:
    """What a module imports, and what it says to the machine."""
    tree = ast.parse(source)
    return tuple(_imported(tree)), ast.unparse(_Silent().visit(tree))


def _parents(module: str) -> Iterator[str]:
    """The packages that Python loads before a module."""
    yield from accumulate(module.split(".")[:-1], "{}.{}".format)


def _imported(tree: ast.AST) -> Iterator[str]:
    """What the imports of a module may mean: modules, and names that may be modules."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from _imported(node)


class _Silent(ast.NodeTransformer):
    """Takes out what only people read: docstrings, what an error says, and arguments for the parameters ``SAID``."""

    def __init__(self) -> None:
        self._said: dict[str, list[int]] = {}  # by function of the module, places of its arguments

    def visit_Module(self, node: ast.Module) -> ast.AST:
        for each in ast.walk(node):
            if isinstance(each, ast.FunctionDef):
                names = [argument.arg for argument in each.args.args]
                self._said[each.name] = [place for place, name in enumerate(names) if name in SAID]
        return self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return None if is_text else self.generic_visit(node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        visited = super().generic_visit(node)
        if isinstance(visited, (ast.FunctionDef, ast.ClassDef)) and not visited.body:
            visited.body = [ast.Pass()]
        return visited

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        if isinstance(node.exc, ast.Call):
            node.exc = node.exc.func
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        places = self._said.get(node.func.id, []) if isinstance(node.func, ast.Name) else []
        node.args = [each for place, each in enumerate(node.args) if place not in places]
        node.keywords = [each for each in node.keywords if each.arg not in SAID]
        return self.generic_visit(node)
