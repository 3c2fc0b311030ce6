"""Compiles the step once on a machine, and checks it in each process before it trains.

Machine code is kept in the user's cache, in a folder for each version of this package's sources, of numba and of the
processor. numba's own index of such a folder is read, changed and written without a lock, and two processes that began
together left the code of one function under the name of another (numba's issues 4807, 10128): here one process at a
time compiles or loads, and what it loaded it compares with NumPy.
"""

import fcntl
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import llvmlite
import numba
import numpy as np
from llvmlite import binding

from nets.compiled import orders, step, streams
from nets.compiled.training import CompiledTraining
from nets.data import Data, Part
from nets.hyper import Hyper
from nets.layers.activations import ACTIVATIONS
from nets.layers.noise import NOISES
from nets.optimisers import OPTIMISERS
from nets.train import StackTraining

ENTRIES: tuple[Any, ...] = (step.train, step.examine, step.find_finite, streams.draw, orders.sort)
COMPILES = {"compiled", "inlined", "intrinsic"}  # what a module with compiled code knows
TOLERANCE = (
    1e-3  # of the way that parameters have come: float32 rounds to some 1e-6 of it, a wrong formula goes elsewhere
)


@cache
def ready(precision: str) -> None:
    """Raises ``RuntimeError`` where the compiled step is not what NumPy computes."""
    with _folder() as folder:
        for entry in ENTRIES:
            entry.disable_compile(False)
            if folder is not None:
                _keep_in(folder, entry)
        wrong = _difference(precision)
        for entry in ENTRIES:
            entry.disable_compile()  # another type of argument would be compiled by many processes at once
    if wrong:
        raise RuntimeError(
            f"the compiled step computes something else than NumPy for {wrong}: take kernels='numpy', "
            f"or delete {folder} and try again"
        )


def _keep_in(folder: Path, entry: Any) -> None:
    config: Any = numba.config
    before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
    try:
        entry.enable_caching()
    finally:
        config.CACHE_DIR = before


@contextmanager
def _folder() -> Iterator[Path | None]:
    """Where machine code is kept, for this process alone as long as it is in here; None where nothing can be kept."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "dropstep", _version())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError:
        yield None
        return
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def _version() -> str:
    """Of all that decides what the machine code is."""
    parts = [
        numba.__version__,
        llvmlite.__version__,
        np.__version__,
        binding.get_host_cpu_name(),
        binding.get_host_cpu_features().flatten(),
    ]
    package = __name__.rpartition(".")[0]
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith(f"{package}.")]
    parts += [number for module in modules if COMPILES & vars(module).keys() for number in _numbers(module)]
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256("".join(parts).encode() + b"".join(each.read_bytes() for each in sources)).hexdigest()[:16]


def _numbers(module: ModuleType) -> list[str]:
    """Those that a module holds are compiled in, wherever they come from: ``nets.layers`` says some of them."""
    return [
        f"{module.__name__}.{name}={value}" for name, value in vars(module).items() if isinstance(value, int | float)
    ]


def _cases(precision: str) -> Iterator[Hyper]:
    """Small networks that need every kernel between them."""
    common: dict[str, Any] = {
        "seed": 1,
        "width": 19,
        "batch_size": 16,
        "checkpoints": 1,
        "steps": 5,
        "precision": precision,
    }
    sides = ("before", "after")
    for number, activation in enumerate(sorted(ACTIVATIONS)):
        yield Hyper(**common, activation=activation, batch_norm=sides[number % 2], keep_prob=0.7, depth=2)
    for number, noise in enumerate(sorted(NOISES)):
        yield Hyper(
            **common, noise=noise, noise_place=sides[number % 2], keep_prob=0.7, input_keep_prob=0.8, l1=0.01, l2=0.01
        )
    for optimiser in sorted(OPTIMISERS):
        yield Hyper(**common, optimiser=optimiser, max_norm=0.5, warmup=3)
    yield Hyper(**common, batch_norm="after", bn_gradient="detached", bn_noise=0.1, bn_statistics="population")
    yield Hyper(**common, depth=0, output="logit", weight_decay=0.1, optimiser="adamw")


def _difference(precision: str) -> str:
    """The first case in which the two differ, "" where there is none."""
    for hyper in _cases(precision):
        data = _data(2 if hyper.output == "logit" else 5)
        ours, numpys = CompiledTraining([hyper], data), StackTraining([hyper], data)
        start = [array.copy() for array in numpys.stack.state]
        outcomes = [training.run()[0] for training in (ours, numpys)]
        way = max(np.abs(now - then).max() for now, then in zip(numpys.stack.state, start, strict=True))
        apart = max(
            [np.abs(one - other).max() for one, other in zip(ours.stack.state, numpys.stack.state, strict=True)]
            + [abs(getattr(outcomes[0], loss) - getattr(outcomes[1], loss)) for loss in ("train_loss", "valid_loss")]
        )
        if not apart <= TOLERANCE * way:
            return str(hyper)
    return ""


@cache
def _data(classes: int) -> Data:
    generator = np.random.default_rng(0)

    def part(rows: int) -> Part:
        return Part(generator.standard_normal((1, rows, 21)), generator.integers(0, classes, (1, rows)))

    return Data(classes=classes, train=part(43), valid=part(7))
